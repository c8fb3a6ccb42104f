"""What each step beyond the report reaches on the test pictures, what it costs, and how far it got."""

from collections.abc import Mapping

import streamlit as st

from dae_core.experiments import TITLES
from dae_core.scores.repeats import recomputed
from dae_core.serving.classical import BASELINES
from dae_core.telling import tables
from dae_core.telling.comparison import Compared, compare, comparison_table
from dae_core.telling.steps import COMPARED, LADDER, RECOMMENDED
from dae_core.telling.targets import goals
from ui.charts import scatters
from ui.controls.choice import one_of
from ui.parts import denoisers
from ui.parts.trained import there
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.chart.chart import chart
from ui.widgets.tables import show_table


def gains() -> None:
    """Error and cost of every step, of the report's network 1, and of the classical denoisers."""
    st.header("What each idea brings, and what it costs")
    usable, _ = networks.checkpoints()
    titles = {name: TITLES[name] for name in COMPARED if name in usable}
    titles |= {name: denoisers.method_title(name) for name in BASELINES}
    compared = compare(titles, usable, scores.metric_rows(), scores.repeats())
    cost = one_of("Beside the error", ("Milliseconds", "Parameters"), "Milliseconds", key="cost")
    times = scores.times()
    dots = []
    for name, one in compared.items():
        parameters = float(one.checkpoint.parameters) if one.checkpoint else None
        spent = times.get(name) if cost == "Milliseconds" else parameters
        dots.append(scatters.Dot(one.title, _kind(name), one.scores["mse"], spent))
    chart(
        scatters.error_and_cost(dots, cost),
        key="costs",
        alt=f"Test error of every way of denoising, the lowest first, and its {cost.lower()}",
    )
    table = comparison_table(compared.values())
    for name, line in zip(compared, table, strict=True):
        line["Milliseconds"] = f"{times[name]:.3g}" if name in times else ""
    show_table(table)
    errors = {one.title: one.scores["mse"] for one in compared.values() if one.checkpoint}
    order = tables.ranking(errors) or None
    st.caption(" ".join([say("beyond", "gains", order=order, coarser=_coarser(compared)), *_tried()]))


def _kind(name: str) -> str:
    """What a way of denoising is coloured by."""
    return "Classical" if name in BASELINES else "Beyond" if name.startswith("beyond-") else "The report's"


def _coarser(compared: Mapping[str, Compared]) -> str | None:
    """Titles of what was trained in less than float32."""
    rough = (
        one.title for one in compared.values() if one.checkpoint and one.checkpoint.experiment.precision != "float32"
    )
    return ", ".join(rough) or None


def _tried() -> list[str]:
    """What the precision changed, a sentence for each step that was trained in both."""
    usable, _ = networks.checkpoints()
    return [
        say(
            "beyond",
            "other_precision",
            title=TITLES[one.experiment],
            precision=one.precision.removeprefix("mixed_"),
            precision_before=usable[one.experiment].experiment.precision.removeprefix("mixed_"),
            error=one.test_mse,
        )
        for one in recomputed(scores.repeats(), usable)
        if one.experiment in COMPARED
    ]


def aims() -> None:
    """The goals that were set before, and how far each step got."""
    names = there(*(name for name in LADDER if name != "convolutional-all"))
    if names:
        st.header("The goals, and how far each got")
        clean = {name: scores.errors(name, "clean") for name in names}
        usable, _ = networks.checkpoints()
        show_table(goals(names, usable, scores.metric_rows(), scores.repeats(), scores.times(), clean))
        st.caption(say("beyond", "goals", title=TITLES[RECOMMENDED]))
        with st.expander("Tried and left"):
            st.markdown(say("beyond", "tried"))
            st.caption(say("beyond", "told_from_notes"))
