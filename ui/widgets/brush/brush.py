"""A picture to paint on, and what the network makes of it, stroke by stroke."""

import streamlit as st

from dae_core.distortions.brush import NOTHING, brush_noise, paint
from dae_core.pictures.writing import data_url
from dae_core.serving.denoiser import Denoiser
from ui.component import component
from ui.controls.scene import Scene
from ui.widgets.tiles import mse_line

_brush = component(__file__)


@st.fragment
def brush(denoiser: Denoiser, scene: Scene) -> None:
    """Paint on the distorted picture. What is painted stays in the session; a link does not carry it."""
    strokes = st.session_state.setdefault("strokes", NOTHING)
    painted = paint(scene.distorted, strokes, scene.seed)
    rebuilt = denoiser.reconstruct(painted)
    _brush(
        key="brush",
        data={
            "picture": data_url(scene.distorted, scale=1),
            "noise": data_url(brush_noise(scene.seed), scale=1),
            "rebuilt": data_url(rebuilt, scale=1),
            "strokes": strokes,
            "before": mse_line(painted, scene.original),
            "after": mse_line(rebuilt, scene.original),
        },
        on_strokes_change=_take_strokes,
    )


def _take_strokes() -> None:
    st.session_state.strokes = str(st.session_state.brush.strokes)
