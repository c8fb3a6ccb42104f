"""Presenter mode: large type, and a key for everything that one does in front of a class."""

import random
from collections.abc import Callable

import streamlit as st

from dae_core.distortions.strengths import KINDS
from dae_core.pictures.samples import SAMPLES
from ui.component import component
from ui.controls import address
from ui.frame import share

_presenter = component(__file__)


def presenting() -> bool:
    """Whether the address asks for presenter mode, `?present=1`, or its key was pressed."""
    address.keep("present", False, address.flag, lambda on: str(int(on)))
    return bool(st.session_state.present)


def listen(page: str) -> None:
    """Listens to the keys on a page, given by its file; to all but the first one only in presenter mode."""
    on = presenting()
    keys = tuple(KEYS) if on else ("P",)
    _presenter(
        key="presenter",
        data={"presenting": on, "keys": keys},
        on_key_change=lambda: _press(st.session_state.presenter.key),
    )
    if st.session_state.pop("show_keys", False):
        _show_keys()
    if st.session_state.pop("show_link", False):
        share.show_link(page)


def _press(key: str | None) -> None:
    if key in KEYS:
        KEYS[key][1]()


@st.dialog("Keys of the presenter mode")
def _show_keys() -> None:
    for key, (title, _) in KEYS.items():
        st.markdown(f"`{key}` {title}")


def _toggle_mode() -> None:
    st.session_state.present = not st.session_state.present


def _toggle(name: str) -> Callable[[], None]:
    def press() -> None:
        st.session_state[name] = not st.session_state.get(name, True)

    return press


def _shuffle() -> None:
    st.session_state.seed = random.randrange(1_000_000)


def _picture(by: int) -> Callable[[], None]:
    def press() -> None:
        names = list(SAMPLES)
        now = st.session_state.get("image")
        st.session_state.image = names[(names.index(now) + by) % len(names)] if now in names else names[0]

    return press


def _step(by: int) -> Callable[[], None]:
    def press() -> None:
        if "step" in st.session_state:  # The page Lesson is on, which also knows how many there are.
            st.session_state.step = max(1, min(st.session_state.get("steps", 10), st.session_state.step + by))

    return press


def ask_for_link() -> None:
    """Has the link shown by the run that follows."""
    st.session_state.show_link = True


def _ask_for_keys() -> None:
    st.session_state.show_keys = True


KEYS: dict[str, tuple[str, Callable[[], None]]] = {
    "P": ("presenter mode on and off", _toggle_mode),
    **{str(key): (f"{KINDS[name].title} on and off", _toggle(name)) for key, name in enumerate(KINDS, start=1)},
    "s": ("shuffle the draw", _shuffle),
    "n": ("next picture", _picture(1)),
    "b": ("picture before", _picture(-1)),
    ".": ("next step of the lesson", _step(1)),
    ",": ("step before", _step(-1)),
    "q": ("QR code and link for the class", ask_for_link),
    "?": ("these keys", _ask_for_keys),
}
