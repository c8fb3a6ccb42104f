"""The frame of every page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from dae_core.errors import UserError
from dae_core.pictures.samples import load_sample
from dae_core.pictures.writing import data_url
from ui.frame import presenter, sessions, share
from ui.frame.reconnect import reconnect
from ui.shelf import networks, server
from ui.shelf.texts import say

# Streamlit would fetch a named icon from the internet, and decode a picture file on every rerun.
ICON = data_url(load_sample("cat-tabby"), scale=1)
PAGES = {
    "app.py": ("Playground", ":material/auto_fix_high:"),
    "pages/1_Decoders.py": ("Decoders", ":material/grid_on:"),
    "pages/2_Bottleneck.py": ("Bottleneck", ":material/compress:"),
    "pages/3_Distortions.py": ("Distortions", ":material/blur_on:"),
    "pages/4_Inside.py": ("Inside", ":material/search:"),
    "pages/5_Training.py": ("Training", ":material/model_training:"),
    "pages/6_Lesson.py": ("Lesson", ":material/school:"),
    "pages/7_Report.py": ("Report", ":material/description:"),
    "pages/8_Beyond.py": ("Beyond", ":material/trending_down:"),
}


def start(title: str, question: str, layout: Literal["wide", "centered"] = "wide") -> None:
    """Configures the page and draws navigation and heading; the first thing every page does."""
    st.set_page_config(
        page_title=f"{title} · Denoising lab",
        page_icon=ICON,
        layout=layout,
        initial_sidebar_state="collapsed" if presenter.presenting() else 220,
    )
    server.log_start()
    sessions.end_when_gone()
    share.follow_link()
    share.without_infinities()
    with st.sidebar:
        for page, (name, icon) in PAGES.items():
            st.page_link(page, label=name, icon=icon)
        st.caption(say("frame", "about"))
        st.button("Link for the class", icon=":material/qr_code:", on_click=presenter.ask_for_link)
        st.caption("Presenting? Press Shift and P.")
    with st.container(gap=None):  # Two parts that show nothing: each would push the page down.
        reconnect(key="reconnect", on_again_change=lambda: None)
        presenter.listen(next(page for page, (name, _) in PAGES.items() if name == title))
    st.markdown(f"#### {question}")
    for sentence in networks.checkpoints()[1]:
        st.warning(sentence)


@contextmanager
def part() -> Iterator[None]:
    """A part of a page: what goes wrong in it is said in its place, and the other parts go on."""
    try:
        yield
    except UserError as error:
        st.error(str(error))
