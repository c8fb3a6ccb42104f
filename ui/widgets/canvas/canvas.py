"""The three tiles, whose first one is a canvas, and whose pictures follow what is painted and dragged."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.brush import COLOURS, NOTHING, paint
from dae_core.distortions.strengths import KINDS
from ui.component import component
from ui.controls import hidden
from ui.controls.distortions import SLIDERS
from ui.controls.scene import Scene
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles

_canvas = component(__file__)
BRUSHES = tuple({"digit": digit, "title": colour.title, "rgb": colour.rgb} for digit, colour in COLOURS.items())


@st.fragment
def canvas(checkpoint: Checkpoint, scene: Scene) -> Scene:
    """The three tiles, and below them what the first one is painted on with.

    What is painted stays in the session; a link does not carry it. Strokes, and a strength while it is dragged, come to
    this part of the page alone.

    Returns:
        The scene with what is painted on the distorted picture.
    """
    scene = _painted(scene)
    with st.grid(3, min_column_width=90, wrap=False, gap="small"):
        tiles.show(compare(checkpoint, scene), hidden=hidden.is_hidden())
    _paint_on()
    return scene


@st.fragment
def paper(scene: Scene) -> Scene:
    """The distorted picture, to be painted on, and the original, where the answer takes longer than a stroke."""
    scene = _painted(scene)
    comparison = tiles.Comparison(scene.distorted, scene.distorted, scene.original, scene.title)
    with st.grid(2, min_column_width=110, gap="small"):
        tiles.distorted(comparison)
        tiles.original(comparison)
    _paint_on()
    return scene


def _painted(scene: Scene) -> Scene:
    scene = _dragged(scene)
    strokes = st.session_state.setdefault("strokes", NOTHING)
    return replace(scene, distorted=paint(scene.distorted, strokes, scene.seed))


def _paint_on() -> None:
    """What the first tile is painted on with; when the visitor rests, the page as a whole follows."""
    result = _canvas(
        key="canvas",
        data={
            "strokes": st.session_state.strokes,
            "colours": BRUSHES,
            "sliders": tuple((name, slider.key) for name, slider in SLIDERS.items()),
            "label": say("playground", "canvas"),
            "tools": not st.session_state.get("present"),
            "answer": time.monotonic_ns(),  # Without something new, the browser would not hear of an answer.
            "behind": not st.session_state.get("whole_page"),
        },
        on_strokes_change=_take_strokes,
        on_dragged_change=lambda: None,
        on_settled_change=lambda: None,
    )
    if result.settled:
        st.rerun()


def compare(checkpoint: Checkpoint, scene: Scene) -> tiles.Comparison:
    """What a network makes of a scene."""
    rebuilt = networks.reconstruction(checkpoint, scene.distorted)
    return tiles.Comparison(scene.distorted, rebuilt, scene.original, scene.title)


@contextmanager
def whole_page() -> Iterator[None]:
    """Around what runs whenever the page as a whole does: within it, nothing is behind."""
    st.session_state.whole_page = True
    try:
        yield
    finally:
        st.session_state.whole_page = False


def _dragged(scene: Scene) -> Scene:
    """The scene with the strength at which a slider is being held, if one is."""
    name, strength = st.session_state.get("canvas", {}).get("dragged") or (None, 0)
    if name not in KINDS or not scene.corruption.only(name).active:
        return scene
    low, high = KINDS[name].bounds
    change: dict[str, Any] = {name: type(low)(min(max(strength, low), high))}
    corruption = replace(scene.corruption, **change)
    return replace(scene, corruption=corruption, distorted=corrupt(scene.original, corruption, scene.seed))


def _take_strokes() -> None:
    st.session_state.strokes = str(st.session_state.canvas.strokes)
