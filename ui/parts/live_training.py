"""Training live: the settings of a tiny network, and what can be seen of it while it trains."""

import numpy as np
import streamlit as st

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import KINDS
from dae_core.pictures.arrays import Floats
from dae_core.scores.metrics import mse
from dae_core.training.live import BOUNDS, PATCH, PATCHES_PER_EPOCH, SECONDS, LiveSettings
from dae_core.training.live_queue import LiveTraining
from ui.controls.choice import one_of, slider
from ui.controls.scene import Scene
from ui.shelf import server
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.chart.chart import draw

REFRESH_SECONDS = 0.5


def settings(scene: Scene) -> LiveSettings:
    """The controls of the network and its training, and a sentence that says what they add up to.

    Raises:
        LiveError: One of them is out of bounds.
    """
    with st.container(horizontal=True):
        filters = _pick("Filters", (4, 8, 16), 8, "filters")
        channels = _pick("Latent channels", (2, 4, 8, 16), 8, "latent_channels")
        rate = _pick("Learning rate", (0.0003, 0.001, 0.003, 0.01), 0.003, "learning_rate")
    low, high = (int(bound) for bound in BOUNDS["epochs"])
    epochs = slider("Epochs", low, high, 30, 5, key="epochs")
    chosen = LiveSettings(scene.corruption, int(filters), int(channels), rate, epochs, scene.seed)
    st.caption(_describe(chosen))
    return chosen


def _pick(label: str, options: tuple[float, ...], default: float, key: str) -> float:
    return one_of(label, options, default, key)


def _describe(chosen: LiveSettings) -> str:
    distortions = ", ".join(KINDS[name].noun for name in chosen.corruption.active)
    return say(
        "training",
        "live_settings",
        parameters=chosen.parameters,
        channels=chosen.latent_channels,
        numbers=256 * chosen.latent_channels,
        distortions=distortions or None,
        epochs=chosen.epochs,
        patches=PATCHES_PER_EPOCH,
        patch=PATCH,
        rate=chosen.learning_rate,
    )


def train(scene: Scene, chosen: LiveSettings) -> None:
    """The button, and the training that this visitor started last.

    Raises:
        LiveError: Too many are waiting.
    """
    training: LiveTraining | None = st.session_state.get("live_training")
    running = training is not None and not training.over
    if training is not None and running:
        st.button("Stop", icon=":material/stop:", on_click=training.stop)
    elif st.button("Train", icon=":material/play_arrow:"):
        st.session_state.live_training = server.live_queue().ask(chosen, scene.original)
        st.rerun()
    if training is None:
        _show_pictures(scene.distorted, scene.original)
        st.caption(say("training", "live_before", seconds=SECONDS))
    else:
        if training.settings != chosen or not np.array_equal(training.held_out, scene.original):
            st.caption(":material/info: This training has other settings than the ones on screen now.")
        st.fragment(_progress, run_every=REFRESH_SECONDS if running else None)(training, running)


def _progress(training: LiveTraining, running: bool) -> None:
    """What there is to see of a training; while it runs, asking for it keeps it alive."""
    training.watch()
    if running and training.over:
        st.rerun()
    _status(training)
    distorted = corrupt(training.held_out, training.settings.corruption, training.settings.seed)
    _show_pictures(distorted, training.held_out, training.rebuilt, training.when)
    from ui.charts.figures import live_curve  # Plotly takes longer to import than everything else here.

    # It is there before the first epoch, so that what stands below does not move when that ends.
    nothing, last = float(mse(distorted, training.held_out)), training.history[-1:]
    draw(
        live_curve(list(training.history), training.settings.epochs, nothing),
        key="live_curve",
        alt=f"Loss by epoch, {training.when}" + "".join(f": {row['loss']:.4f} in training" for row in last),
    )
    st.caption(say("training", "live_curve"))


def _status(training: LiveTraining) -> None:
    """One line and a bar while it runs: the page keeps its height from the waiting room to the last epoch."""
    epoch, epochs = training.history[-1]["epoch"] if training.history else 0, training.settings.epochs
    if training.over:
        show = st.error if training.failed else st.success
        show(training.ended or training.given_up)
    elif not training.started:
        place = server.live_queue().before(training) + 1
        st.progress(0, f"You are number {place} in line: one training runs at a time.")
    elif not training.history:
        st.progress(0, "Importing TensorFlow: this takes ten seconds or more, then it learns.")
    else:
        st.progress(epoch / epochs, f"Epoch {epoch} of {epochs}")


def _show_pictures(distorted: Floats, original: Floats, rebuilt: Floats | None = None, when: str = "") -> None:
    if rebuilt is None:
        middle = ("Reconstructed", np.full_like(original, 0.5), "nothing yet")
    else:
        middle = (f"Reconstructed {when}", rebuilt, tiles.mse_line(rebuilt, original))
    first = ("Distorted", distorted, tiles.mse_line(distorted, original))
    tiles.strip([first, middle, ("Original", original, "never trained on")], scale=4)
