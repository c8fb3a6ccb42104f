"""Which distortions, how strong, and the seed of the draw."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dae_core.distortions.strengths import CUTOUT, GAUSSIAN, KINDS, REPORT_CORRUPTION, SALT_PEPPER, Corruption, Kind
from ui.controls.choice import slider, toggle, whole_number
from ui.shelf.texts import say


@dataclass(frozen=True)
class Slider:
    """How the strength of a distortion stands on the page.

    Attributes:
        key: Of the slider, and its name in an address.
        form: How it writes a strength: a printf format, or `percent`.
    """

    key: str
    form: str


SLIDERS = {
    GAUSSIAN: Slider("gaussian_noise_std", "std %.2f"),
    CUTOUT: Slider("cutout_squares", "squares: %d"),
    SALT_PEPPER: Slider("salt_and_pepper_amount", "percent"),
}


def in_words(name: str, strength: float) -> str:
    """`off`, `std 0.10`, `squares: 3`, `5 %`."""
    if not strength:
        return "off"
    form = SLIDERS[name].form
    return f"{strength * 100:.0f}\u00a0%" if form == "percent" else form % strength


def undamaged() -> None:
    """Switches all three distortions off."""
    for name in KINDS:
        st.session_state[name] = False


def set_strength(name: str, strength: float) -> None:
    """Puts a distortion's toggle and slider where they belong for a strength; 0 is off."""
    st.session_state[name] = strength > 0
    if strength > 0:
        st.session_state[SLIDERS[name].key] = strength


def set_preset(names: Iterable[str]) -> None:
    """Switches the named distortions on, at the report's strength, and the others off."""
    for name, kind in KINDS.items():
        st.session_state[name] = name in names
        st.session_state[SLIDERS[name].key] = kind.preset


def choose_distortions() -> tuple[Corruption, int]:
    """A toggle and a strength for each distortion, one below the other; and the seed."""
    with st.container(gap="xsmall"):
        corruption = Corruption(**{name: _distortion(name, kind, narrow=True) for name, kind in KINDS.items()})
    return corruption, choose_seed()


def choose_strengths() -> Corruption:
    """A toggle and a strength for each distortion, beside each other where there is room."""
    strengths: dict[str, Any] = {}
    with st.grid(len(KINDS), min_column_width=280, gap="small"):  # In less, a slider beside its toggle is too short.
        for name, kind in KINDS.items():
            strengths[name] = _distortion(name, kind)
    return Corruption(**strengths)


def choose_seed(compact: bool = False) -> int:
    """The seed of the draw, and a button that takes another one; compact, in one line."""
    row: dict[str, Any] = (
        {"label_visibility": "collapsed", "icon": ":material/casino:", "width": 160} if compact else {}
    )
    with st.container(horizontal=True, vertical_alignment="bottom", width="content" if compact else "stretch"):
        seed = whole_number("Seed of the draw", 0, 999_999, 0, key="seed", help=say("frame", "seed"), **row)
        st.button(
            "Shuffle", icon=":material/shuffle:", on_click=_shuffle, help=say("frame", "seed") if compact else None
        )
    return seed


def _distortion(name: str, kind: Kind, narrow: bool = False) -> Any:
    in_the_report = name in REPORT_CORRUPTION.active
    row: dict[str, Any] = {"horizontal": True, "wrap": False, "vertical_alignment": "center"}
    with st.container(**{"gap": "xxsmall"} if narrow else row):
        on = toggle(kind.title, in_the_report, key=name, width=_toggle_width())
        value: float = slider(
            f"{kind.title}: strength",
            *kind.bounds,
            kind.preset,
            0.01 if isinstance(kind.preset, float) else 1,
            SLIDERS[name].form,
            key=SLIDERS[name].key,
            disabled=not on,
            label_visibility="collapsed",
        )
    return value if on else 0


def _toggle_width() -> int:
    return 180 if st.session_state.get("present") else 145  # The type of presenter mode is larger.


def _shuffle() -> None:
    st.session_state.seed = random.randrange(1_000_000)
