"""The parts of the page Blur: sixteen draws, their average, the way to one of them, and where they differ."""

import random

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import TITLES
from dae_core.pictures.arrays import Floats
from dae_core.pictures.writing import data_url
from dae_core.scores.metrics import mse, rank_correlation
from dae_core.serving.frequencies import sharpness
from dae_core.serving.sampling import STEPS
from dae_core.telling.placeholders import show
from dae_core.telling.steps import RECOMMENDED
from ui.charts import figures
from ui.controls import address
from ui.controls.scene import Scene
from ui.parts.trained import there, trained
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.canvas import canvas
from ui.widgets.chart.chart import chart
from ui.widgets.scrubber.scrubber import Strip, scrub, strip

DRAWS = 16
CHUNKS = (1, 3, 6, 6)  # The first one is there soon; after that, several at once take less time each.


def choose_draws() -> int:
    """The seed of the first draw; the others have those after it."""
    address.keep("draws", 0, address.number(0, 999_999))
    st.button(
        "Draw again",
        type="primary",
        icon=":material/casino:",
        on_click=lambda: st.session_state.update(draws=random.randrange(1_000_000)),
    )
    return int(st.session_state.draws)


def sampler() -> Checkpoint:
    """The sampler; if it is not there, the page says so and ends."""
    checkpoint = networks.sampler_checkpoint()
    if checkpoint is None:
        trained(["sampler"])
        st.stop()
    return checkpoint


def sixteen(checkpoint: Checkpoint, scene: Scene, seed: int) -> tuple[Scene, Floats]:
    """The distorted picture, what is painted on it included, and sixteen draws, as they come.

    Returns:
        The scene with what is painted on it, and the draws, (16, 64, 64, 3).
    """
    left, right = st.columns([2, 5], gap="medium")
    with left, canvas.whole_page():
        scene = canvas.paper(scene)
    with right, st.grid(4, min_column_width=70, gap="xsmall"):
        places = [st.empty() for _ in range(DRAWS)]
    for number, place in enumerate(places, start=1):
        place.image(data_url(tiles.question_mark(), 3), width="stretch", alt=f"Draw {number} is not there yet")
    st.markdown(say("blur", "sixteen"))
    drawn: list[Floats] = []
    for count in CHUNKS:
        seeds = tuple(range(seed + len(drawn), seed + len(drawn) + count))
        for picture in networks.some_draws(checkpoint, scene.distorted, seeds):
            alt = f"{scene.title}, draw {len(drawn) + 1}: {tiles.mse_line(picture, scene.original)}"
            places[len(drawn)].image(data_url(picture, 3), width="stretch", alt=alt)
            drawn.append(picture)
    return scene, np.stack(drawn)


def averages(scene: Scene, drawn: Floats) -> None:
    """The mean of the first one to all draws, beside the answer of the best network for the MSE."""
    means = np.cumsum(drawn, axis=0) / np.arange(1, DRAWS + 1, dtype=np.float32)[:, None, None, None]
    strips = [strip("Mean of the draws", list(means), scene.original)]
    detail = [sharpness(mean, scene.original) for mean in means]
    errors = [float(mse(mean, scene.original)) for mean in means]
    others = {}
    if there(RECOMMENDED):
        answer = networks.reconstructed(RECOMMENDED, scene.distorted)
        others[TITLES[RECOMMENDED]] = (float(mse(answer, scene.original)), sharpness(answer, scene.original))
        strips.append(Strip(TITLES[RECOMMENDED], [answer] * DRAWS, [tiles.mse_line(answer, scene.original)] * DRAWS))
    pictures, words = st.columns([3, 2], gap="medium")
    with pictures:
        scrub(
            "blur_average",
            "Draws averaged",
            [str(number) for number in range(1, DRAWS + 1)],
            strips,
            st.session_state.get("averaged", DRAWS) - 1,
            lambda index: st.session_state.update(averaged=index + 1),
        )
    with words:
        points = dict(zip(range(1, DRAWS + 1), zip(errors, detail, strict=True), strict=True))
        figure = figures.sharp_or_right(points, others)
        ends = " to ".join(f"{fine:.0%} at {error:.4f}" for fine, error in (points[1][::-1], points[DRAWS][::-1]))
        alt = f"Fine detail against error: from {ends}"
        chart(figure, key="figure_blur", alt=alt)
    best, fine_best = others.get(TITLES[RECOMMENDED], (None, None))
    st.markdown(
        say(
            "blur",
            "averages",
            one=float(np.mean([mse(picture, scene.original) for picture in drawn])),
            all=errors[-1],
            fine_one=float(np.mean([sharpness(picture, scene.original) for picture in drawn])),
            fine_all=detail[-1],
            best=best,
            fine_best=fine_best,
        )
    )


def way(checkpoint: Checkpoint, scene: Scene, seed: int) -> None:
    """The first draw, step by step, and where each step is heading; of the picture, or of nothing at all."""
    nothing = st.toggle("Hide the whole picture", key="hide_all")
    distorted = np.zeros_like(scene.distorted) if nothing else scene.distorted
    states = networks.way(checkpoint, distorted, seed)
    times = np.arange(STEPS) / STEPS
    heading = states[:-1] + (1 - times[:, None, None, None]) * np.diff(states, axis=0) * STEPS
    percent = [show("{:.0%}", time) for time in (*times, 1.0)]
    scrub(
        "blur_way",
        "Of the way from noise to picture",
        percent,
        [
            Strip("What it has", [_shown(state) for state in states], percent),
            strip("What it is heading for", [_shown(state) for state in (*heading, states[-1])], scene.original),
        ],
        st.session_state.get("way_at", 0),
        lambda index: st.session_state.update(way_at=index),
    )
    st.markdown(say("blur", "way_of_nothing") if nothing else say("blur", "way"))
    if nothing:
        faces = networks.some_draws(checkpoint, distorted, tuple(range(seed, seed + 8)))
        tiles.strip([(f"Draw {number}", face, "") for number, face in enumerate(faces, start=1)])


def unsure(scene: Scene, drawn: Floats) -> None:
    """Where the draws differ, and where their mean is wrong."""
    spread = drawn.std(axis=0).mean(axis=-1)
    error = np.abs(drawn.mean(axis=0) - scene.original).mean(axis=-1)
    maps = {"How much the draws differ": spread, "How wrong their mean is": error}
    chart(figures.two_maps(maps, "0 to 1"), key="figure_unsure", alt="; ".join(maps))
    st.markdown(say("blur", "unsure", agreement=rank_correlation(spread, error)))


def _shown(state: Floats) -> Floats:
    picture: Floats = np.clip((state + 1) / 2, 0, 1).astype(np.float32)
    return picture
