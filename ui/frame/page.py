"""The frame of every page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dae_core.distortions.strengths import KINDS
from dae_core.errors import UserError
from dae_core.pictures.samples import load_sample
from dae_core.pictures.writing import data_url
from dae_core.telling.classes import list_classes
from ui.controls import address
from ui.controls.distortions import SLIDERS
from ui.frame import presenter, sessions, share
from ui.frame.numbers import keep_numbers
from ui.frame.pinned import pinned
from ui.frame.reconnect import reconnect
from ui.shelf import networks
from ui.shelf.texts import say

# Streamlit would fetch a named icon from the internet, and decode a picture file on every rerun.
ICON = data_url(load_sample("cat-tabby"), scale=1)
BLUR = "pages/9_Blur.py"
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
    BLUR: ("Blur", ":material/blur_circular:"),
}
NEED = {BLUR: "sampler"}  # Without it, such a page has nothing to show.
GROUPS = {
    "Play": ("Playground", "Lesson", "Training"),
    "Understand": ("Decoders", "Bottleneck", "Distortions", "Inside", "Blur"),
    "Evidence": ("Report", "Beyond"),
}


# What goes with a visitor from page to page.
SHARED = ("image", "test_picture", "model", "seed", "present", *KINDS, *(slider.key for slider in SLIDERS.values()))


def start(
    title: str,
    question: str,
    layout: Literal["wide", "centered"] = "wide",
    links_later: bool = False,
    sentence: str = "",
) -> Callable[[], None]:
    """Configures the page and draws navigation and heading; the first thing every page does.

    Args:
        title: Its name in the navigation.
        question: Its heading.
        layout: See `st.set_page_config`.
        sentence: What stands beside the heading.
        links_later: Whether the page draws the navigation itself: when it has set controls, after which the links lead
            elsewhere, or when its pictures, which somebody waits for, are there.

    Returns:
        What draws the navigation, for such a page to call.
    """
    here = next(page for page, (name, _) in PAGES.items() if name == title)
    address.begin(here, SHARED)
    st.set_page_config(
        page_title=f"{title} · Denoising lab",
        page_icon=ICON,
        layout=layout,
        initial_sidebar_state="collapsed" if presenter.presenting() else 220,
    )
    sessions.end_when_gone()
    share.follow_link()
    if not links_later:
        _draw_navigation()
    with st.container(gap=None):  # With a gap, parts that show nothing would push the page down.
        reconnect(key="reconnect", on_again_change=lambda: None)
        presenter.listen(here)
        keep_numbers(key="numbers")
        pinned(key="pinned")
    with st.container(key="heading", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(question, anchor=False, width="content")
        if sentence:
            st.markdown(sentence, width="content")
    usable, broken = networks.found()
    for sentence in broken:
        st.warning(sentence)
    if classes := sorted({name for checkpoint in usable.values() for name in checkpoint.other_classes}):
        st.info(say("frame", "other_pictures", classes=list_classes(classes)))
    return _draw_navigation


def linked() -> dict[str, tuple[str, str]]:
    """Those of `PAGES` that can show something: not those of `NEED` whose only network nobody has trained."""
    usable, _ = networks.found()
    return {page: entry for page, entry in PAGES.items() if NEED.get(page) in (None, *usable)}


def _draw_navigation() -> None:
    """A link to every page in its group, each with what is on the screen."""
    files = {name: (page, icon) for page, (name, icon) in linked().items()}
    with st.sidebar:
        for group, names in GROUPS.items():
            with st.container(gap="xxsmall"):  # With larger gaps, a small laptop would not show what stands below.
                st.caption(group)
                for name in filter(files.get, names):
                    page, icon = files[name]
                    st.page_link(page, label=name, icon=icon, query_params=address.params_of(page))
        st.caption(say("frame", "about"))
        st.button("Link for the class", icon=":material/qr_code:", on_click=presenter.ask_for_link)
        st.caption("Presenting? Press Shift\u00a0and\u00a0P.")


def with_side(name: str = "") -> tuple[DeltaGenerator, DeltaGenerator]:
    """A wide place and a narrow one beside it; below it where there is no room for sliders of 190 pixels.

    Args:
        name: Of a further pair on a page.
    """
    grid = st.grid(4, min_column_width=190, gap="medium")
    return grid.cell(column_span=3).container(key=f"exhibit{name}"), grid.cell().container(key=f"controls{name}")


@contextmanager
def part() -> Iterator[None]:
    """A part of a page: what goes wrong in it is said in its place, and the other parts go on."""
    try:
        yield
    except UserError as error:
        st.error(str(error))
