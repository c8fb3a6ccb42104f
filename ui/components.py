"""Components that run in the browser: a name, and the files of that name beside this one."""

from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent


def component(name: str):
    """What mounts the component of `name.html`, `name.css` and `name.js`, as far as they are there."""
    files = {kind: _FOLDER / f"{name}.{kind}" for kind in ("html", "css", "js")}
    texts: dict[str, Any] = {kind: file.read_text(encoding="utf-8") for kind, file in files.items() if file.exists()}
    return st.components.v2.component(name, **texts)
