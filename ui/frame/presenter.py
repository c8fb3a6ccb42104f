"""Presenter mode: large type, and a key for everything that one does in front of a class."""

import random
from collections.abc import Callable

import streamlit as st

from dae_core.distortions.strengths import KINDS
from dae_core.pictures.samples import SAMPLES
from ui.component import component
from ui.controls import address, distortions, hidden
from ui.frame import share
from ui.shelf import networks

_presenter = component(__file__)


def presenting() -> bool:
    """Whether the address asks for presenter mode, `?present=1`, or its key was pressed."""
    address.keep("present", False, address.flag, lambda on: str(int(on)))
    return bool(st.session_state.present)


def listen(page: str) -> None:
    """Listens to the keys on a page, given by its file; to all but the first one only in presenter mode."""
    if st.session_state.get("heard_on") != page:  # What was hidden on another page is none of this one's business.
        st.session_state.heard_on = page
        hidden.forget()
    on = presenting()
    keys = tuple(KEYS) if on else ("P",)
    _presenter(
        key="presenter",
        data={"presenting": on, "keys": keys, "page": page, "said": st.session_state.get("said")},
        on_key_change=lambda: _press(st.session_state.presenter.key),
    )
    if st.session_state.pop("show_keys", False):
        _show_keys()
    if st.session_state.pop("show_link", False):
        share.show_link(page)


def _press(key: str | None) -> None:
    """Does what a key is for, and has the words for it shown."""
    if key in KEYS and (words := KEYS[key][1]()):
        number, _ = st.session_state.get("said", (0, ""))
        st.session_state.said = (number + 1, words)


@st.dialog("Keys of the presenter mode")
def _show_keys() -> None:
    for key, (title, _) in (KEYS | {"f": ("full screen on and off", None)}).items():
        st.markdown(f"`{SHOWN_KEYS.get(key, key)}` {title}")


SHOWN_KEYS = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", " ": "Space"}


def _toggle_mode() -> str:
    st.session_state.present = not st.session_state.present
    hidden.forget()
    return "Presenter mode: press ? for its keys" if st.session_state.present else ""


def _toggle(name: str) -> Callable[[], str]:
    def press() -> str:
        st.session_state[name] = not st.session_state.get(name, True)
        distortions.touch(name)
        return f"{KINDS[name].title} {'on' if st.session_state[name] else 'off'}"

    return press


def _strengthen(by: int) -> Callable[[], str]:
    """A tenth of the slider more or less of the distortion that was touched last; below its lowest value, it is off."""

    def press() -> str:
        name = distortions.touched()
        strength = distortions.stepped(name, by)
        distortions.set_strength(name, strength)
        return f"{KINDS[name].title}: {distortions.in_words(name, strength)}"

    return press


def _shuffle() -> str:
    st.session_state.seed = random.randrange(1_000_000)
    return "Another draw"


def _picture(by: int) -> Callable[[], str]:
    def press() -> str:
        st.session_state.image = _neighbour(list(SAMPLES), st.session_state.get("image"), by)
        return SAMPLES[st.session_state.image]

    return press


def _network(by: int) -> Callable[[], str]:
    def press() -> str:
        usable, _ = networks.checkpoints()
        if not usable:
            return ""
        st.session_state.model = _neighbour(list(usable), st.session_state.get("model"), by)
        return usable[st.session_state.model].experiment.title

    return press


def _neighbour(names: list[str], now: str | None, by: int) -> str:
    """The name so many places on; the first one if the present one is not among them."""
    return names[(names.index(now) + by) % len(names)] if now in names else names[0]


def _reveal() -> str:
    return "What do you expect?" if hidden.toggle() else "Revealed"


def _step(by: int) -> Callable[[], str]:
    def press() -> str:
        if "step" not in st.session_state:  # Only the page Lesson has it, and knows how many there are.
            return ""
        st.session_state.step = max(1, min(st.session_state.get("steps", 10), st.session_state.step + by))
        return f"Step {st.session_state.step}"

    return press


def ask_for_link() -> None:
    """Has the link shown by the run that follows."""
    st.session_state.show_link = True


def _ask_for_keys() -> None:
    st.session_state.show_keys = True


KEYS: dict[str, tuple[str, Callable[[], str | None]]] = {
    "P": ("presenter mode on and off", _toggle_mode),
    **{str(key): (f"{KINDS[name].title} on and off", _toggle(name)) for key, name in enumerate(KINDS, start=1)},
    "ArrowUp": ("more of the distortion touched last", _strengthen(1)),
    "ArrowDown": ("less of it", _strengthen(-1)),
    "ArrowLeft": ("network before", _network(-1)),
    "ArrowRight": ("next network", _network(1)),
    " ": ("hide and reveal the reconstruction", _reveal),
    "s": ("shuffle the draw", _shuffle),
    "n": ("next picture", _picture(1)),
    "b": ("picture before", _picture(-1)),
    ".": ("next step of the lesson", _step(1)),
    ",": ("step before", _step(-1)),
    "q": ("QR code and link for the class", ask_for_link),
    "?": ("these keys", _ask_for_keys),
}
