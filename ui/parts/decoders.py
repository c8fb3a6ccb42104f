"""What Decoders shows: Table 1, figures 2 and 3, and what the networks cost."""

import streamlit as st

from dae_core.telling import tables
from dae_core.telling.tables import BY_NAME
from ui.charts import figures
from ui.parts.trained import trained
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.chart.chart import chart
from ui.widgets.tables import show_table

DECODERS = ("decoder-1", "decoder-2", "decoder-3")
SHORT_TITLES = {name: BY_NAME[name].short_title for name in DECODERS}


def loss_curves() -> None:
    """Figure 2."""
    names = trained(DECODERS)
    if names:
        histories = {SHORT_TITLES[name]: networks.history(name) for name in names}
        best = {SHORT_TITLES[name]: networks.checkpoint(name).manifest["best_epoch"] for name in names}
        chart(
            figures.loss_curves(histories, best),
            key="loss_curves",
            alt="Loss of each network by epoch, in training and in validation",
        )


def table_1(all_seeds: bool = True) -> None:
    """Table 1; what all seeds give is for those who check."""
    usable, _ = networks.checkpoints()
    show_table(tables.table_1(usable, scores.repeats()), hidden="" if all_seeds else tables.ALL_SEEDS)


def error_histogram() -> None:
    """Figure 3."""
    names = trained(DECODERS)
    if names:
        chart(
            figures.error_histogram({SHORT_TITLES[name]: scores.errors(name, "val") for name in names}),
            key="error_histogram",
            alt="How many of the 1,000 validation pictures have which error, for each network",
        )


def costs(names: list[str]) -> None:
    """Size and speed of networks."""
    table = []
    for name in names:
        checkpoint = networks.checkpoint(name)
        table.append(
            {
                "Network": checkpoint.experiment.short_title,
                "Parameters": f"{checkpoint.parameters:,}",
                "File": f"{checkpoint.model_bytes / 1e6:.1f} MB",
                "One picture": f"{scores.milliseconds(checkpoint):.1f} ms",
                "Grid": f"{scores.grid(name):.2f}",
            }
        )
    if table:
        show_table(table)
        st.caption(say("decoders", "costs", grid=scores.grid(None)))
