"""The tables and figures that stand on more than one page."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import CORRUPTIONS, REPORT_CORRUPTION
from dae_core.pictures.samples import SAMPLES
from dae_core.telling import cards, tables
from ui.charts import diagram
from ui.frame import page
from ui.parts.bottleneck import bottleneck
from ui.parts.decoders import error_histogram, loss_curves, table_1
from ui.parts.table_2 import second_table
from ui.parts.trained import trained
from ui.shelf import networks, pictures, scores
from ui.widgets import tiles
from ui.widgets.chart.chart import chart
from ui.widgets.tables import show_table


def samples() -> None:
    """Figure 1."""
    tiles.film_strip([np.stack([pictures.sample(name) for name in SAMPLES])], list(SAMPLES.values()))


def architecture(name: str) -> None:
    """Figures 5 and 8."""
    if trained([name]):
        shapes = networks.denoiser(networks.checkpoint(name)).shapes()
        chart(diagram.architecture(shapes), key=f"architecture_{name}", alt=diagram.in_words(shapes))


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


@st.fragment
def cards_of_all(unfold: bool) -> None:
    """A card for each network, which comes when it is opened: all of them are more than the rest of the report."""
    for checkpoint in networks.found()[0].values():
        with st.expander(checkpoint.experiment.title, expanded=unfold, on_change="rerun") as card, page.part():
            if card.open:
                st.markdown(cards.card(checkpoint))
                show_table(cards.score_table(checkpoint, scores.metric_rows()))


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


# An exhibit's counterpart is on this page, where that is not the Report itself.
PAGES = {
    "Figure 1": "app.py",
    "Figure 2": "pages/1_Decoders.py",
    "Table 1": "pages/1_Decoders.py",
    "Figure 3": "pages/1_Decoders.py",
    "Figure 4": "pages/2_Bottleneck.py",
    "Figure 6": "app.py",
    "Table 2": "pages/3_Distortions.py",
    "Figure 7": "app.py",
    "Figure 9": "app.py",
}


def downloads() -> dict[str, Sequence[Mapping[str, object]]]:
    """Everything that was measured, by what to call it."""
    usable, _ = networks.checkpoints()
    return {
        "Table 1": tables.table_1(usable, scores.repeats()),
        "Table 2": tables.table_2(usable, scores.metric_rows(), scores.repeats()),
        "All scores": scores.metric_rows(),
        "All histories": [{"experiment": name, **row} for name in usable for row in networks.history(name)],
    }


def print_style() -> None:
    """What the browser's print dialog makes of the page: everything on white paper, no controls."""
    st.html(Path(__file__).parent / "print.css")
