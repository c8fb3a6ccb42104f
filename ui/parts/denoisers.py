"""Networks and classical denoisers against each other."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from dae_core.distortions.strengths import CORRUPTIONS, KINDS
from dae_core.experiments import Experiment, training_corruption
from dae_core.pictures.arrays import Floats
from dae_core.scores.curves import EVERY, curve
from dae_core.scores.rows import DAMAGED_INPUT
from dae_core.serving.classical import BASELINES, restore
from dae_core.telling.placeholders import show
from dae_core.telling.report_numbers import TABLE_2
from dae_core.telling.steps import RECOMMENDED
from ui.charts import figures
from ui.controls.choice import one_of
from ui.controls.distortions import set_preset
from ui.controls.scene import Scene
from ui.parts.trained import trained
from ui.shelf import networks, scores
from ui.shelf.texts import say
from ui.widgets.chart.chart import chart

# The rows of the matrix are decoder 1 with 1,000 numbers by what it was trained on, then the fully convolutional one.
MATRIX = ("bottleneck-1000", *TABLE_2, "convolutional-all")


def matrix() -> None:
    """Trained on against tested on: the gain in dB over leaving the picture distorted."""
    rows = scores.metric_rows()
    recommended = [RECOMMENDED] if RECOMMENDED in networks.checkpoints()[0] else []
    names = [*trained(MATRIX), *recommended, *BASELINES]
    damages = list(CORRUPTIONS)
    gains = np.full((len(names), len(damages)), np.nan)
    text = [["" for _ in damages] for _ in names]
    for i, name in enumerate(names):
        for j, damage in enumerate(damages):
            error, nothing = rows.mean(name, damage), rows.mean(DAMAGED_INPUT, damage)
            psnr = rows.mean(name, damage, metric="psnr")
            if damage == "clean" and psnr is not None:
                text[i][j] = show("{:.0f}", psnr)
            elif error and nothing:
                gains[i, j] = 10 * np.log10(nothing / error)
                text[i][j] = "0.0" if abs(gains[i, j]) < 0.05 else show("{:.1f}", gains[i, j])
    chart(
        figures.gain_matrix([_row_title(name) for name in names], [_short(damage) for damage in damages], gains, text),
        on_select=partial(_matrix_clicked, names, damages),
        selection_mode="points",
        key="matrix",
        alt="Gain over doing nothing in dB, of every network and classical denoiser on every distortion",
    )


def _matrix_clicked(names: list[str], damages: list[str]) -> None:
    """Opens the method and the distortion of the cell that was clicked."""
    for point in st.session_state.matrix.selection.points[:1]:
        row, column = divmod(point["point_index"], len(damages))
        st.session_state["classical" if names[row] in BASELINES else "model"] = names[row]
        set_preset(CORRUPTIONS[damages[column]].active)


def _short(damage: str) -> str:
    """A key of `CORRUPTIONS` as the head of a narrow column."""
    return " + ".join(KINDS[name].short if name in KINDS else name for name in damage.split("+"))


def _row_title(name: str) -> str:
    if name in BASELINES:
        return method_title(name).replace(" (", "<br>(")
    experiment = networks.checkpoint(name).experiment
    known = training_corruption(experiment).active
    trained_on = " + ".join(KINDS[kind].short for kind in known) or "clean"
    if len(known) == len(KINDS):
        trained_on = "any strength" if experiment.blind else "all three"
    return f"{experiment.short_title}:<br>{trained_on}"


def method_title(name: str) -> str:
    """What people read: the title of a checkpoint's experiment or of a classical denoiser."""
    if name not in BASELINES:
        return networks.checkpoint(name).experiment.title
    return BASELINES[name].title + (" (told where)" if BASELINES[name].has_help else "")


def restore_classically(name: str, scene: Scene) -> Floats:
    """What a classical denoiser makes of the distorted picture, with the parameters for what is switched on."""
    parameters = scores.baseline_parameters(name, scene.corruption.active)
    return restore(name, scene.distorted, parameters, scene.corruption, scene.seed)


def strength(methods: Mapping[str, str], known: Experiment, key: str = "against", others: str = "none") -> None:
    """Error against the strength of one distortion.

    Args:
        methods: Names of checkpoints, of classical denoisers, or `DAMAGED_INPUT`, by title.
        known: The experiment whose training strength is marked, unless it had many.
        key: Of the choice of the distortion.
        others: What else is done to the pictures, see `curves.OTHERS`.
    """
    picked = one_of("Distortion", [kind.title for kind in KINDS.values()], KINDS["gaussian_noise"].title, key)
    kind = next(name for name in KINDS if KINDS[name].title == picked)
    usable, _ = networks.checkpoints()
    measured = {
        title: curve(scores.curves(usable.get(method, method)), method, kind, others)
        for title, method in methods.items()
    }
    trained = None if known.blind else getattr(training_corruption(known), kind) or None
    title = KINDS[kind].strength
    chart(
        figures.strength_curves({name: errors for name, errors in measured.items() if errors}, title, trained),
        key="strength",
        alt=f"Error against {title.lower()}: {', '.join(methods)}",
    )
    missing = ", ".join(name for name, errors in measured.items() if not errors)
    st.caption(say("distortions", "strength", every=EVERY, others=int(others != "none"), missing=missing or None))
