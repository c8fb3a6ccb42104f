"""What the process keeps besides: its log line, short links."""

import platform
from importlib.metadata import version

import streamlit as st
from streamlit.web.server.server_util import get_url

from dae_core.events import log
from ui.shelf import networks


@st.cache_resource(show_spinner=False)
def log_start() -> None:
    """Says once per process what is running here."""
    names = ("streamlit", "onnxruntime", "numpy", "pillow", "albumentations")
    log(
        "start",
        address=get_url(st.get_option("server.address") or "localhost"),
        checkpoints=list(networks.checkpoints()[0]),
        versions={"python": platform.python_version()} | {name: version(name) for name in names},
    )


@st.cache_resource(show_spinner=False)
def links() -> dict[str, tuple[str, dict[str, str]]]:
    """What short links mean, see `share.remember`."""
    return {}
