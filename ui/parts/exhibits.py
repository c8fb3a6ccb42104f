"""The tables and figures that stand on more than one page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from math import log2
from pathlib import Path

import numpy as np
import streamlit as st

from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import CORRUPTIONS, REPORT_CORRUPTION
from dae_core.experiments import EXPERIMENTS
from dae_core.pictures.samples import SAMPLES
from dae_core.scores.evaluate import DAMAGED_INPUT
from dae_core.scores.repeats import reseeded
from dae_core.serving.classical import BASELINES
from dae_core.telling import report_numbers, tables
from ui.charts import diagram, figures
from ui.parts import seeds
from ui.shelf import networks, pictures, scores
from ui.widgets import tiles

DECODERS = ("decoder-1", "decoder-2", "decoder-3")
NETWORK_TITLES = {"decoder-1": "Network 1", "decoder-2": "Network 2", "decoder-3": "Network 3"}
# By size: the experiments of figure 4.
BOTTLENECKS = {
    e.model.latent_size: e.name
    for e in sorted(EXPERIMENTS, key=lambda e: e.model.latent_size)
    if e.group == "bottleneck" or e.name == "decoder-1"
}


def show_table(lines: tables.Table) -> None:
    """A table that can be pushed sideways where it is too wide, unlike one in Markdown."""
    st.table(lines, border="horizontal", hide_index=True, width="content")


def trained(names) -> list[str]:
    """Those of the names that have a usable checkpoint; a sentence on the page names the others."""
    usable, _ = networks.checkpoints()
    if missing := [name for name in names if name not in usable]:
        st.caption(f"Missing here: {', '.join(missing)}.")
    return [name for name in names if name in usable]


def loss_curves() -> None:
    """Figure 2."""
    names = trained(DECODERS)
    if names:
        histories = {NETWORK_TITLES[name]: networks.history(name) for name in names}
        best = {NETWORK_TITLES[name]: networks.checkpoint(name).manifest["best_epoch"] for name in names}
        st.plotly_chart(
            figures.loss_curves(histories, best),
            key="loss_curves",
            alt="Loss of each network by epoch, in training and in validation",
        )


def table_1() -> None:
    """Table 1."""
    usable, _ = networks.checkpoints()
    show_table(tables.table_1(usable))
    ours = {NETWORK_TITLES[name]: usable[name].manifest["val_loss"] for name in DECODERS if name in usable}
    further = reseeded(seeds.repeats(usable, DECODERS), usable)
    again = [(one.seed, NETWORK_TITLES[one.experiment], one.val_loss) for one in further]
    seeds.rankings({NETWORK_TITLES[name]: line.val_loss for name, line in report_numbers.TABLE_1.items()}, ours, again)


def error_histogram() -> None:
    """Figure 3."""
    names = trained(DECODERS)
    if names:
        st.plotly_chart(
            figures.error_histogram({NETWORK_TITLES[name]: scores.errors(name, "val") for name in names}),
            key="error_histogram",
            alt="How many of the 1000 validation pictures have which error, for each network",
        )


def validation_curve() -> dict[int, float]:
    """Figure 4 in numbers: the validation MSE by size of the latent."""
    usable, _ = networks.checkpoints()
    return {size: usable[name].manifest["val_loss"] for size, name in BOTTLENECKS.items() if name in usable}


def bottleneck_curve(live: dict[int, float], size: int) -> None:
    """Figure 4, and the same curve for one picture; a click on a point picks its size."""
    curves = {"Validation set, clean": validation_curve()} | ({"This picture, as it is": live} if live else {})
    st.plotly_chart(
        figures.bottleneck_curve(curves, REFERENCE, size, scores.component_errors()),
        on_select=size_clicked,
        selection_mode="points",
        key="bottleneck_curve",
        alt="Error against the size of the latent, on the validation set and for this picture",
    )


def size_clicked() -> None:
    """Picks the size of the point of `bottleneck_curve` that was clicked."""
    for point in st.session_state.bottleneck_curve.selection.points[:1]:
        if point["x"] in BOTTLENECKS:  # The others are on the line of the principal components.
            st.session_state.bottleneck = int(point["x"])


def linear_networks() -> None:
    """What the best linear network does with as many numbers, and what that says of the others."""
    linear, curve = scores.component_errors(), validation_curve()
    if not linear:
        st.caption("Not measured here yet: run `python train_models.py --evaluate`.")
        return
    text = (
        "**Principal components** (dashed) are what the best network without any nonlinearity would do with so many "
        "numbers: every picture is a mean face plus so many fixed ones, mixed."
    )
    enough = [count for count, error in linear.items() if 1000 in curve and error < curve[1000]]
    if enough and enough[0] < 1000:
        text += (
            f" With {enough[0]:,} numbers they are already better than network 1 with 1000, whose MSE on the "
            f"validation set is {curve[1000]:.4f}; with 1000, they reach {linear[1000]:.4f}. So its pictures are not "
            "blurry because 1000 numbers could not hold more: it has not learned to use them. On clean pictures, that "
            "is: of damage, a linear method cannot tell what to leave out, and carries it along."
        )
    st.markdown(text)


REFERENCE = {1000: report_numbers.VALIDATION["bottleneck-1000"], 4096: report_numbers.TABLE_1["decoder-1"].val_loss}


def table_2() -> None:
    """Table 2."""
    show_table(tables.table_2(scores.metric_rows()))


def table_2_bars() -> None:
    """Table 2 as a chart, with what doing nothing and the best classical denoiser of each line leave."""
    rows = scores.metric_rows()
    groups: dict[str, dict[str, float]] = {figures.NOTHING: {}, "Report": {}, "Ours": {}, "Best classical": {}}
    for name, published in report_numbers.TABLE_2.items():
        damage = tables.own_corruption(name)
        title = tables.damage_title(damage)
        groups["Report"][title] = published
        classical = [tables.mean_of(rows, method, damage) for method in BASELINES if not BASELINES[method].has_help]
        found = {
            figures.NOTHING: tables.mean_of(rows, DAMAGED_INPUT, damage),
            "Ours": tables.mean_of(rows, name, damage),
            "Best classical": min((error for error in classical if error is not None), default=None),
        }
        for group, error in found.items():
            if error is not None:
                groups[group][title] = error
    st.plotly_chart(
        figures.table_2_bars(groups),
        key="table_2_bars",
        alt="Test error for each distortion: doing nothing, the report's network, ours, the best classical denoiser",
    )


def costs(names: list[str]) -> None:
    """Size and speed of networks."""
    table = []
    for name in names:
        checkpoint = networks.checkpoint(name)
        table.append(
            {
                "Network": NETWORK_TITLES.get(name, name),
                "Parameters": f"{checkpoint.parameters:,}",
                "File": f"{checkpoint.model_bytes / 1e6:.1f} MB",
                "One picture": f"{scores.milliseconds(name):.1f} ms",
                "Grid": f"{scores.grid(name):.2f}",
            }
        )
    if table:
        show_table(table)
        st.caption(
            "Times as measured on this server just now. Grid: how much a pattern that repeats every two pixels stands "
            f"out, in the mean spectrum of the nine shipped pictures; of the originals it is {scores.grid(None):.2f}."
        )


VALUES = 64 * 64 * 3


def compression(size: int) -> None:
    """What a picture of 12,288 values costs as a latent."""
    with st.container(horizontal=True):
        st.metric("Values: picture to latent", f"{VALUES / size:.1f} : 1")
        st.metric("The picture, a byte a value", f"{VALUES:,} bytes")
        st.metric("The latent, four bytes a number", f"{4 * size:,} bytes")
    if 4 * size > VALUES:
        st.caption("Fewer numbers, but more bytes: a float takes four, a pixel value one.")


DIMINISHED = 0.1


def returns(curve: Mapping[int, float]) -> None:
    """Where the returns of a larger latent diminish: from the error at each size."""
    steps = list(pairwise(sorted(curve)))
    gains = {step: 1 - (curve[step[1]] / curve[step[0]]) ** (1 / log2(step[1] / step[0])) for step in steps}
    if not gains:
        return
    small = [step for index, step in enumerate(steps) if all(gains[later] < DIMINISHED for later in steps[index:])]
    if small:
        st.markdown(f"**From {small[0][0]:,} numbers on, a doubling gains less than {DIMINISHED:.0%} of the error.**")
    else:
        st.markdown(
            f"**Up to {steps[-1][1]:,} numbers, a doubling still gains at least {DIMINISHED:.0%} of the error.**"
        )
    lines = [
        {"From": f"{a:,}", "To": f"{b:,}", "Gain per doubling": f"{gain:.1%}".replace("-", "−")}
        for (a, b), gain in gains.items()
    ]
    show_table(lines)


def samples() -> None:
    """Figure 1."""
    tiles.film_strip([np.stack([pictures.sample(name) for name in SAMPLES])], list(SAMPLES.values()))


def architecture(name: str) -> None:
    """Figures 5 and 8."""
    if trained([name]):
        shapes = networks.denoiser(networks.checkpoint(name)).shapes()
        sizes = ", ".join(f"{block} {shape}" for block, shape in shapes.items())
        st.plotly_chart(diagram.architecture(shapes), key=f"architecture_{name}", alt=f"Blocks and shapes: {sizes}")


def perturbations() -> None:
    """Figure 6."""
    picture = pictures.sample("cat-chelsea")
    pairs = [(tables.damage_title(name), corrupt(picture, corruption, 0)) for name, corruption in CORRUPTIONS.items()]
    tiles.strip([(title, damaged, tiles.mse_line(damaged, picture)) for title, damaged in pairs])


def reconstructions(name: str) -> None:
    """Figures 7 and 9."""
    if trained([name]):
        originals = np.stack([pictures.sample(sample) for sample in SAMPLES])
        damaged = corrupt_batch(originals, REPORT_CORRUPTION, np.arange(len(originals)))
        rebuilt = networks.denoiser(networks.checkpoint(name)).reconstruct(damaged)
        tiles.film_strip([damaged, rebuilt, originals], list(SAMPLES.values()))


def bottleneck() -> None:
    """Figure 4."""
    bottleneck_curve({}, 1000)
    returns(validation_curve())
    linear_networks()


def second_table() -> None:
    """Table 2, in numbers and as a chart."""
    table_2()
    rows = scores.metric_rows()
    found = {name: tables.mean_of(rows, name, tables.own_corruption(name)) for name in report_numbers.TABLE_2}
    damage = {name: tables.damage_title(tables.own_corruption(name)) for name in report_numbers.TABLE_2}
    titles = {name: title.lower().replace("gaussian", "Gaussian") for name, title in damage.items()}
    usable, _ = networks.checkpoints()
    further = reseeded(seeds.repeats(usable, found), usable)
    seeds.rankings(
        {titles[name]: error for name, error in report_numbers.TABLE_2.items()},
        {titles[name]: error for name, error in found.items() if error is not None},
        [(one.seed, titles[one.experiment], one.test_mse) for one in further],
    )
    table_2_bars()


SHOW: dict[str, Callable[[], None]] = {
    "Figure 1": samples,
    "Figure 2": loss_curves,
    "Table 1": table_1,
    "Figure 3": error_histogram,
    "Figure 4": bottleneck,
    "Figure 5": partial(architecture, "bottleneck-1000"),
    "Figure 6": perturbations,
    "Table 2": second_table,
    "Figure 7": partial(reconstructions, "distortion-all"),
    "Figure 8": partial(architecture, "convolutional-all"),
    "Figure 9": partial(reconstructions, "convolutional-all"),
}


def downloads() -> dict[str, Sequence[Mapping[str, object]]]:
    """Everything that was measured, by what to call it."""
    usable, _ = networks.checkpoints()
    return {
        "Table 1": tables.table_1(usable),
        "Table 2": tables.table_2(scores.metric_rows()),
        "All scores": scores.metric_rows(),
        "All histories": [{"experiment": name, **row} for name in usable for row in networks.history(name)],
    }


def print_style() -> None:
    """What the browser's print dialog makes of the page: everything on white paper, no controls."""
    st.html(Path(__file__).parent / "print.css")
