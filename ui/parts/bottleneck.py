"""What Bottleneck shows: figure 4, where it flattens, and what a linear network does."""

from collections.abc import Mapping
from itertools import pairwise
from math import log2

import streamlit as st

from dae_core.experiments import EXPERIMENTS
from dae_core.telling import report_numbers
from dae_core.telling.placeholders import show
from ui.charts import figures
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.chart.chart import chart
from ui.widgets.tables import show_table

# These experiments are in figure 4, by latent size.
BOTTLENECKS = {
    e.model.latent_size: e.name
    for e in sorted(EXPERIMENTS, key=lambda e: e.model.latent_size)
    if e.group == "bottleneck" or e.name == "decoder-1"
}


def validation_curve() -> dict[int, float]:
    """Figure 4 in numbers: the validation MSE by size of the latent."""
    usable, _ = networks.checkpoints()
    return {size: usable[name].manifest["val_loss"] for size, name in BOTTLENECKS.items() if name in usable}


def bottleneck_curve(live: dict[int, float], size: int) -> None:
    """Figure 4, and the same curve for one picture; a click on a point picks its size."""
    curves = {"Validation set, clean": validation_curve()} | ({"This picture": live} if live else {})
    chart(
        figures.bottleneck_curve(curves, REFERENCE, size, scores.component_errors()),
        on_select=size_clicked,
        selection_mode="points",
        key="bottleneck_curve",
        alt="Error against the latent size, on the validation set and for this picture",
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
    enough = [count for count, error in linear.items() if 1000 in curve and error < curve[1000]]
    st.markdown(say("bottleneck", "linear", fewest=min(enough, default=None), linear=linear.get(1000)))


REFERENCE = {1000: report_numbers.VALIDATION["bottleneck-1000"], 4096: report_numbers.TABLE_1["decoder-1"].val_loss}


VALUES = 64 * 64 * 3


def compression(size: int) -> None:
    """What a picture of 12,288 values costs as a latent."""
    with st.container(horizontal=True):
        st.metric("Values: picture to latent", f"{VALUES / size:.1f} : 1")
        st.metric("The picture, a byte a value", f"{VALUES:,} bytes")
        st.metric("The latent, four bytes a number", f"{4 * size:,} bytes")
    if 4 * size > VALUES:
        st.caption("Fewer numbers, but more bytes: a number takes four bytes, a pixel value one.")


DIMINISHED = 0.1


def returns(curve: Mapping[int, float]) -> None:
    """Where the returns of a larger latent diminish: from the error at each size."""
    steps = list(pairwise(sorted(curve)))
    gains = {step: 1 - (curve[step[1]] / curve[step[0]]) ** (1 / log2(step[1] / step[0])) for step in steps}
    if not gains:
        return
    small = [step for index, step in enumerate(steps) if all(gains[later] < DIMINISHED for later in steps[index:])]
    flat_from = small[0][0] if small else None
    st.markdown(say("bottleneck", "returns", flat_from=flat_from, largest=steps[-1][1], little=DIMINISHED))
    lines = [
        {"From": f"{a:,}", "To": f"{b:,}", "Less error per doubling": show("{:.1%}", gain)}
        for (a, b), gain in gains.items()
    ]
    show_table(lines)


def bottleneck() -> None:
    """Figure 4."""
    bottleneck_curve({}, 1000)
    returns(validation_curve())
    linear_networks()
