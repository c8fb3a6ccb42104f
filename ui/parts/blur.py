"""The parts of the page Blur: sixteen draws, their average, the way to one of them, and where they differ."""

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import GAUSSIAN, KINDS, Corruption
from dae_core.experiments import TITLES
from dae_core.pictures.arrays import Floats
from dae_core.pictures.writing import data_url
from dae_core.scores.draws import hidden_part
from dae_core.scores.metrics import mse, rank_correlation
from dae_core.serving.frequencies import sharpness
from dae_core.serving.sampling import STEPS, headings, times
from dae_core.telling.placeholders import show
from dae_core.telling.steps import RECOMMENDED
from ui.charts import figures
from ui.controls import address
from ui.controls.choice import toggle, whole_number
from ui.controls.scene import Scene
from ui.parts.trained import trained
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.canvas import canvas
from ui.widgets.chart.chart import chart
from ui.widgets.scrubber.scrubber import Strip, scrub, strip

CHUNKS = (1, 3, 6, 6)  # The first one is there soon; after that, several at once take less time each.
DRAWS = sum(CHUNKS)
GROUPS = (1, 2, 4, 8, 16)  # So many draws are averaged in the chart, as in the scores.
LAST_SEED = 999_999
NOTHING_LEFT = Corruption(salt_and_pepper=1.0)  # An all-black picture would be one that it need not change.


def choose_draws() -> int:
    """The seed of the first draw; the others have those after it, and the next sixteen those after these."""
    first = whole_number("First draw", 0, LAST_SEED, 0, key="draws", help=say("blur", "first_draw"))
    others = (first + DRAWS) % (LAST_SEED + 1)
    st.button("Draw again", icon=":material/casino:", on_click=lambda: st.session_state.update(draws=others))
    return first


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
    words = st.empty()
    drawn: list[Floats] = []
    for count in CHUNKS:
        for picture in _drawn(checkpoint, scene.distorted, seed + len(drawn), count):
            alt = f"{scene.title}, draw {len(drawn) + 1}: {tiles.mse_line(picture, scene.original)}"
            places[len(drawn)].image(data_url(picture, 3), width="stretch", alt=alt)
            drawn.append(picture)
    errors = mse(np.stack(drawn), scene.original)
    words.markdown(
        say(
            "blur",
            "sixteen",
            squares=scene.corruption.cutout,
            ratio=_ratio(np.std(drawn, axis=0), scene),
            changed=float(np.abs(scene.distorted - scene.original).mean()),
            lowest=float(errors.min()),
            highest=float(errors.max()),
        )
    )
    return scene, np.stack(drawn)


def _drawn(checkpoint: Checkpoint, distorted: Floats, seed: int, count: int) -> Floats:
    """So many draws from this seed on; a first one alone is the end of its way, which the page shows, too."""
    if count == 1:
        return _shown(networks.way(checkpoint, distorted, seed)[-1:])
    return networks.some_draws(checkpoint, distorted, tuple(range(seed, seed + count)))


def _ratio(spread: Floats, scene: Scene) -> float | None:
    """How many times as much the draws differ under the squares as elsewhere; None where there are no squares."""
    hidden = hidden_part(scene.corruption, scene.seed)
    return float(spread[hidden].mean() / max(spread[~hidden].mean(), 1e-6)) if hidden.any() else None


def averages(checkpoint: Checkpoint, scene: Scene, drawn: Floats) -> None:
    """The mean of the first one to all draws, beside the answer of the best network for the MSE."""
    means = np.cumsum(drawn, axis=0) / np.arange(1, DRAWS + 1, dtype=np.float32)[:, None, None, None]
    points = {}
    for size in GROUPS:
        groups = drawn.reshape(-1, size, *drawn.shape[1:]).mean(axis=1)
        detail = float(np.mean([sharpness(group, scene.original) for group in groups]))
        points[size] = (float(mse(groups, scene.original).mean()), detail)
    strips, others, apart = [strip("Mean of the draws", list(means), scene.original)], {}, None
    for name in trained([RECOMMENDED]):
        answer = networks.reconstruction(networks.checkpoint(name), scene.distorted)
        others[TITLES[name]] = (float(mse(answer, scene.original)), sharpness(answer, scene.original))
        strips.append(Strip(TITLES[name], [answer] * DRAWS, [tiles.mse_line(answer, scene.original)] * DRAWS))
        if _same_pictures(checkpoint, networks.checkpoint(name)):
            apart = float(mse(means[-1], answer))
    pictures, words = st.columns([3, 2], gap="medium")
    with pictures:
        address.keep("averaged", DRAWS, address.number(1, DRAWS))
        scrub(
            "blur_average",
            "Draws averaged",
            [str(number) for number in range(1, DRAWS + 1)],
            strips,
            st.session_state.averaged - 1,
            lambda index: st.session_state.update(averaged=index + 1),
        )
    with words:
        ends = [f"mean of {size}, " + show("{:.0%}", points[size][1]) + f" at {points[size][0]:.4f}" for size in GROUPS]
        ends += [f"{title}, " + show("{:.0%}", fine) + f" at {error:.4f}" for title, (error, fine) in others.items()]
        alt = f"Fine detail against error: {'; '.join(ends)}"
        if np.isnan(points[1][1]):
            st.markdown(say("blur", "no_detail"))
        else:
            chart(figures.sharp_or_right(points, others), key="figure_blur", alt=alt)
    (one, fine_one), (every, fine_all) = points[1], points[DRAWS]
    best, fine_best = others.get(TITLES[RECOMMENDED], (None, None))
    st.markdown(
        say(
            "blur",
            "averages",
            one=one,
            all=every,
            fine_one=fine_one,
            fine_all=fine_all,
            best=best,
            fine_best=fine_best,
            apart=apart,
        )
    )


def _same_pictures(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether both networks have learned from the same pictures."""
    learned, too = (each.manifest["data"]["train"] for each in (one, other))
    return bool(learned == too)


def way(checkpoint: Checkpoint, scene: Scene, seed: int) -> None:
    """The first draw, step by step, and where each step is heading; of the picture, or of nothing at all."""
    nothing = toggle("Hide the whole picture", False, key="hide_all")
    distorted = corrupt(scene.original, NOTHING_LEFT, scene.seed) if nothing else scene.distorted
    states = networks.way(checkpoint, distorted, seed)
    pictures = [_shown(state) for state in (*headings(states), states[-1])]
    steps = [f"after {step} of {STEPS} steps" for step in range(STEPS + 1)]
    address.keep("way_at", 0, address.number(0, STEPS))
    scrub(
        "blur_way",
        "From noise to picture",
        [show("{:.0%}", time) for time in times(STEPS)],
        [
            Strip("What it has", [_shown(state) for state in states], steps),
            Strip("Where it is heading", pictures, steps)
            if nothing
            else strip("Where it is heading", pictures, scene.original),
        ],
        st.session_state.way_at,
        lambda index: st.session_state.update(way_at=index),
    )
    if nothing:
        st.markdown(say("blur", "way_of_nothing", most=KINDS[GAUSSIAN].bounds[1]))
        faces = [picture for first in (seed + 1, seed + 5) for picture in _drawn(checkpoint, distorted, first, 4)]
        tiles.strip([(f"Draw {number}", face, "made up") for number, face in enumerate(faces, start=2)])
    else:
        first, last = (float(mse(pictures[at], scene.original)) for at in (0, -1))
        fine_first, fine_last = (sharpness(pictures[at], scene.original) for at in (0, -1))
        st.markdown(say("blur", "way", first=first, last=last, fine_first=fine_first, fine_last=fine_last))


def unsure(scene: Scene, drawn: Floats) -> None:
    """Where the draws differ, and where their mean is wrong."""
    spread = drawn.std(axis=0).mean(axis=-1)
    error = np.abs(drawn.mean(axis=0) - scene.original).mean(axis=-1)
    agreement = rank_correlation(spread, error)
    maps = {"Where draws differ": spread, "Error of their mean": error}
    alt = f"{'; '.join(maps)}: {show('{:.2f}', agreement)} is their rank correlation"
    chart(figures.two_maps(maps, "Values of the pictures run from 0 to 1"), key="figure_unsure", alt=alt)
    st.markdown(say("blur", "unsure", agreement=agreement))


def _shown(state: Floats) -> Floats:
    picture: Floats = np.clip((state + 1) / 2, 0, 1).astype(np.float32)
    return picture
