"""The pictures of a step of the lesson, and the controls with which to break them once its question is answered."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.arrays import Floats
from dae_core.pictures.samples import SAMPLES
from dae_core.serving.classical import BASELINES
from dae_core.telling.lessons import State, Step
from dae_core.telling.placeholders import BEST_CLASSICAL, Facts
from ui.controls import held
from ui.controls.distortions import choose_distortions
from ui.controls.network.network import choose_network
from ui.controls.picture import Choice, choose_picture
from ui.controls.scene import Scene
from ui.parts import denoisers
from ui.shelf import networks, pictures
from ui.widgets import tiles


def choose(state: State, answered: bool, reset: Callable[[State], None]) -> tuple[Scene, Checkpoint]:
    """What is shown, and by which network; there are controls after the answer, before it only for one's own picture.

    Args:
        state: What the step sets.
        answered: Whether its question is.
        reset: Draws the way back to the state.
    """
    asks_for_own = state.image not in SAMPLES
    if not answered:
        name = held.picture()
        is_held = name in SAMPLES and not asks_for_own
        with st.container(horizontal=True, vertical_alignment="bottom"):
            choice = Choice(pictures.sample(name), SAMPLES[name]) if is_held else choose_picture()
        return _scene(choice, *held.distortions()), held.network()
    with st.expander("Now try to break it", expanded=asks_for_own, icon=":material/tune:", key="controls_lesson"):
        halves = st.grid(2, min_column_width=200)
        with halves.cell():
            corruption, seed = choose_distortions()
        with halves.cell():
            choice = choose_picture()
            checkpoint = choose_network()
            reset(state)
    return _scene(choice, corruption, seed), checkpoint


def _scene(choice: Choice, corruption: Corruption, seed: int) -> Scene:
    return Scene(choice.picture, choice.title, corruption, seed, corrupt(choice.picture, corruption, seed))


def show(step: Step, scene: Scene, checkpoint: Checkpoint, facts: Facts, hidden: bool) -> None:
    """The reconstruction, large, and what it is compared with; or several, side by side.

    Args:
        step: The step.
        scene: What is shown.
        checkpoint: The network that is on.
        facts: What says which classical denoiser is the best.
        hidden: Whether question marks stand where the reconstructions will.
    """
    by_network = networks.denoiser(checkpoint).reconstruct(scene.distorted)
    comparison = tiles.Comparison(scene.distorted, by_network, scene.original, scene.title)
    others = [name for name in _named(step, scene, facts) if name != checkpoint.name]
    if not others:
        _one(comparison, hidden)
        return
    with st.grid(len(others) + 1, min_column_width=60, wrap=False, gap="small"):
        tiles.reconstructed(comparison, by=_title(checkpoint.name), hidden=hidden)
        for name in others:
            rival = replace(comparison, reconstructed=_by(name, scene))
            tiles.reconstructed(rival, f"reconstructed_{name}", _title(name), hidden)
        tiles.distorted(comparison)
        tiles.original(comparison)


def _one(comparison: tiles.Comparison, hidden: bool) -> None:
    """One reconstruction, twice as large as what it was made from and what it should be."""
    thirds = st.grid(3, min_column_width=60, wrap=False, gap="small")
    with thirds.cell():
        tiles.distorted(comparison)
        tiles.original(comparison)
    with thirds.cell(column_span=2):
        tiles.reconstructed(comparison, hidden=hidden)


def _named(step: Step, scene: Scene, facts: Facts) -> list[str]:
    """The model of the step and what stands beside it, with the name of the best classical denoiser in its place."""
    if not step.beside:
        return []
    known = [name for name in scene.corruption.active if name in REPORT_CORRUPTION.active]
    best = facts.best_classical("+".join(known) or "clean") if BEST_CLASSICAL in step.beside else ""
    return [step.state.model, *(best if name == BEST_CLASSICAL else name for name in step.beside)]


def _title(name: str) -> str:
    title = denoisers.method_title(name)
    return f"{title}, a classical filter" if name in BASELINES else title


def _by(name: str, scene: Scene) -> Floats:
    if name in networks.checkpoints()[0]:
        return networks.reconstructed(name, scene.distorted)
    return denoisers.restore_classically(name, scene)
