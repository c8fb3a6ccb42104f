"""What the process keeps besides: its log line, short links, the queue of live training."""

import platform
from importlib.metadata import version

import streamlit as st
from streamlit.web.server.server_util import get_url

from dae_core.events import log
from dae_core.training.live_queue import LiveQueue, unavailable
from ui.shelf import networks


@st.cache_resource(show_spinner=False)
def log_start() -> None:
    """Says once per process what is running here."""
    names = ("streamlit", "onnxruntime", "numpy", "pillow", "albumentations")
    log(
        "start",
        address=get_url(st.get_option("server.address") or "localhost"),
        checkpoints=list(networks.checkpoints()[0]),
        live_training=unavailable() or "offered",
        versions={"python": platform.python_version()} | {name: version(name) for name in names},
    )


@st.cache_resource(show_spinner=False)
def links() -> dict[str, tuple[str, dict[str, str]]]:
    """What short links mean, see `share.remember`."""
    return {}


@st.cache_resource(show_spinner=False)
def live_queue() -> LiveQueue:
    """The one line in which all visitors of this server wait for their live training."""
    return LiveQueue()
