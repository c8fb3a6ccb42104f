"""A slider that answers while it is dragged: the browser has every frame before the drag begins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dae_core.pictures.arrays import Floats
from dae_core.pictures.writing import data_url
from ui.component import component
from ui.controls.scene import Scene
from ui.widgets.tiles import mse_line

_scrubber = component(__file__)


@dataclass(frozen=True)
class Strip:
    """Frames (N, 64, 64, 3) float32 in [0, 1] under one title, and a line on each."""

    title: str
    frames: Sequence[Floats]
    lines: Sequence[str]


def strip(title: str, frames: Sequence[Floats], original: Floats) -> Strip:
    """A strip whose lines are the MSE of its frames."""
    return Strip(title, frames, [mse_line(frame, original) for frame in frames])


def scrub(
    key: str,
    label: str,
    values: Sequence[str],
    strips: Sequence[Strip],
    index: int,
    picked: Callable[[int], None],
) -> None:
    """Film strips that a slider leafs through.

    Args:
        key: Of the component.
        label: What the slider changes.
        values: What it is at each frame, in words.
        strips: Shown beside each other, all with as many frames as there are values.
        index: The frame to begin with.
        picked: Is told the frame at which the visitor lets go.
    """
    sources = [
        {"title": strip.title, "src": data_url(np.hstack(strip.frames), scale=1), "lines": strip.lines}
        for strip in strips
    ]
    _scrubber(
        key=key,
        data={"label": label, "values": list(values), "strips": sources, "index": index},
        on_picked_change=lambda: picked(int(st.session_state[key].picked)),
    )


def bottleneck(scene: Scene, rebuilt: Mapping[int, Floats], size: int) -> None:
    """Leaf through the sizes of the latent; letting go picks that size."""
    sizes, frames = list(rebuilt), list(rebuilt.values())
    scrub(
        "bottleneck_scrubber",
        "Latent size",
        [f"{size:,}" for size in sizes],
        [
            strip("Reconstructed", frames, scene.original),
            Strip(
                "What is missing",
                [np.clip(0.5 + 2 * (scene.original - frame), 0, 1) for frame in frames],
                ["twice enlarged"] * len(frames),
            ),
        ],
        sizes.index(size),
        partial(_set_bottleneck, sizes),
    )


def _set_bottleneck(sizes: Sequence[int], index: int) -> None:
    st.session_state.bottleneck = sizes[index]
