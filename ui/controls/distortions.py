"""Which distortions, how strong, and the seed of the draw."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dae_core.distortions.strengths import CUTOUT, GAUSSIAN, KINDS, REPORT_CORRUPTION, SALT_PEPPER, Corruption, Kind
from dae_core.telling.placeholders import show
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
    """`off`, `standard deviation 0.1`, `1 square`, `5 % of the values`."""
    return show(KINDS[name].form, strength) if strength else "off"


def undamaged() -> None:
    """Switches all three distortions off."""
    for name in KINDS:
        st.session_state[name] = False


def set_strength(name: str, strength: float) -> None:
    """Puts a distortion's toggle and slider where they belong for a strength; 0 is off."""
    st.session_state[name] = strength > 0
    if strength > 0:
        st.session_state[SLIDERS[name].key] = strength


def stepped(name: str, by: int) -> float:
    """The strength that is so many tenths of the slider from the present one; 0, which is off, below its lowest."""
    low, high = KINDS[name].bounds
    step = max(round((high - low) / 10, 2), 1 if isinstance(low, int) else 0.01)
    now = st.session_state.get(SLIDERS[name].key, KINDS[name].preset) if st.session_state.get(name, True) else 0
    strength = round(now + by * step, 2)
    return type(low)(min(strength, high)) if strength >= low else 0


def touch(name: str) -> None:
    """Remembers the distortion that somebody changed last."""
    st.session_state.touched = name


def touched() -> str:
    """The distortion that somebody changed last; the first one before that."""
    name: str = st.session_state.get("touched", next(iter(KINDS)))
    return name


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


def choose_strengths(badge: str = "") -> Corruption:
    """A toggle and a strength for each distortion, beside each other where there is room.

    Args:
        badge: On the stage of presenter mode, what stands beside the toggles, which are all that is seen there.
    """
    strengths: dict[str, Any] = {}
    on_stage: dict[str, Any] = {"horizontal": True, "horizontal_alignment": "center", "vertical_alignment": "center"}
    # In less than 280 pixels, a slider beside its toggle is too short.
    with st.container(**on_stage) if badge else st.grid(len(KINDS), min_column_width=280, gap="small"):
        for name, kind in KINDS.items():
            strengths[name] = _distortion(name, kind, on_stage=bool(badge))
        if badge:
            st.badge(badge, color="gray")
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


def _distortion(name: str, kind: Kind, narrow: bool = False, on_stage: bool = False) -> Any:
    in_the_report = name in REPORT_CORRUPTION.active
    row: dict[str, Any] = {"horizontal": True, "wrap": False, "vertical_alignment": "center"}
    row |= {"width": "content"} if on_stage else {}
    with st.container(**{"gap": "xxsmall"} if narrow else row):
        on = toggle(kind.title, in_the_report, key=name, width="content", on_change=touch, args=(name,))
        value: float = slider(
            f"{kind.title}: strength",
            *kind.bounds,
            kind.preset,
            0.01 if isinstance(kind.preset, float) else 1,
            SLIDERS[name].form,
            key=SLIDERS[name].key,
            disabled=not on,
            label_visibility="collapsed",
            on_change=touch,
            args=(name,),
        )
    return value if on else 0


def _shuffle() -> None:
    st.session_state.seed = random.randrange(1_000_000)
