"""Widgets that run in the browser: a Python module, and the files of its name beside it."""

import json
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SHARED = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")


def component(module: str, **constants: str) -> ComponentRenderer:
    """What mounts the widget of a module, given by its `__file__`; its html, css and js are the files beside it.

    Its js can call what stands in component.js, and knows the constants.

    In the data of a widget that the first page shows, lists are tuples: Streamlit would look for tables in any other
    collection, and import pandas for it, half a second before the first picture.
    """
    files = {kind: Path(module).with_suffix(f".{kind}") for kind in ("html", "css", "js")}
    texts: dict[str, Any] = {kind: file.read_text(encoding="utf-8") for kind, file in files.items() if file.exists()}
    if "js" in texts:
        texts["js"] = script(files["js"], **constants)
    return st.components.v2.component(Path(module).stem, **texts)


def script(file: Path, **constants: str) -> str:
    """The script of a widget, with all that it calls and knows before it."""
    known = "".join(f"const {name} = {json.dumps(value)}\n" for name, value in constants.items())
    return _SHARED + known + file.read_text(encoding="utf-8")
