"""A slider that answers while it is dragged: the browser has every frame before the drag begins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dae_core.distortions.strengths import KINDS
from dae_core.pictures.arrays import Floats
from dae_core.pictures.writing import data_url
from dae_core.serving.denoiser import Denoiser
from dae_core.serving.sweeps import strength_sweep
from ui.component import component
from ui.controls.choice import one_of
from ui.controls.distortions import in_words, set_strength
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


def strength(denoiser: Denoiser, scene: Scene) -> None:
    """Leaf through the strengths of one distortion; letting go sets the slider of that name."""
    kinds = {kind.title: name for name, kind in KINDS.items()}
    picked = one_of("Which distortion", list(kinds), next(iter(kinds)), "drag")
    kind = kinds[picked]
    sweep = strength_sweep(denoiser, scene.original, scene.corruption, kind, scene.seed)
    now = getattr(scene.corruption, kind)
    scrub(
        "strength_scrubber",
        f"Strength of {picked}",
        [in_words(kind, strength) for strength in sweep.strengths],
        [
            strip("Distorted", list(sweep.distorted), scene.original),
            strip("Reconstructed", list(sweep.reconstructed), scene.original),
        ],
        min(range(len(sweep.strengths)), key=lambda index: abs(sweep.strengths[index] - now)),
        partial(_set_strength, kind, sweep.strengths),
    )


def bottleneck(scene: Scene, rebuilt: Mapping[int, Floats], size: int) -> None:
    """Leaf through the sizes of the latent; letting go picks that size."""
    sizes, frames = list(rebuilt), list(rebuilt.values())
    scrub(
        "bottleneck_scrubber",
        "Numbers in the latent",
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


def _set_strength(kind: str, strengths: Sequence[float], index: int) -> None:
    set_strength(kind, strengths[index])
