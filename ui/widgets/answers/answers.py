"""What every network makes of the same picture, in one strip."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.strengths import KINDS
from dae_core.experiments import NUMBERED, Experiment
from dae_core.pictures.writing import sheet_url
from dae_core.scores.metrics import METRICS, mse
from dae_core.telling.choices import ANY_STRENGTH, CLEAN, choice_of
from ui.component import component
from ui.controls.scene import Scene
from ui.shelf import networks

_answers = component(__file__)
COLUMNS = 8  # The sheet that travels has so many; the page breaks the strip where its width ends.
GROUPS = (
    "The report's decoders, trained on distorted pictures of any strength",
    "Fully convolutional, and beyond the report",
    "Decoder 1 through 1,000 numbers, trained on one mix of the report's distortions",
    "The report's decoders, trained on clean pictures",
)


def answers(checkpoints: Mapping[str, Checkpoint], name: str, scene: Scene, pick: Callable[[str], None]) -> None:
    """All networks' answers to a distorted picture; a click picks a network.

    The strip asks for them when somebody looks at it, since they cost as much as everything else on the page, twice.
    Until they are there, those to the last picture are shown, pale. It is no fragment: what the browser asks for by
    itself may go along with what the visitor does meanwhile, and then a fragment alone would run and the rest be lost.

    Args:
        checkpoints: The networks, by name.
        name: The one that is on.
        scene: The picture.
        pick: Is told the name of the one that a visitor picks.
    """
    found = groups({one: checkpoint.experiment for one, checkpoint in checkpoints.items()}, name)
    order = [answer["name"] for group in found for answer in group["answers"]]
    data: dict[str, Any] = {"scene": _identity(scene), "columns": COLUMNS, "groups": found}
    if st.session_state.get("strip", {}).get("asked") == data["scene"]:
        rebuilt = np.stack([networks.reconstruction(checkpoints[one], scene.distorted) for one in order])
        errors = (f"MSE\u00a0{METRICS['mse'].write(error)}" for error in mse(rebuilt, scene.original))
        data |= {"sheet": sheet_url(rebuilt, COLUMNS), "errors": dict(zip(order, errors, strict=True))}
    pick_one = partial(_picked, checkpoints, pick)
    _answers(key="strip", data=data, on_asked_change=lambda: None, on_picked_change=pick_one)


def groups(experiments: Mapping[str, Experiment], name: str = "") -> tuple[dict[str, Any], ...]:
    """The strip's parts, each with its label and its answers' titles, in order.

    Args:
        experiments: Of all networks, by name.
        name: The one that is on.
    """
    found: list[dict[str, Any]] = [{"label": label, "answers": []} for label in GROUPS]
    for one in sorted(experiments, key=lambda one: _place(experiments[one])):
        found[_place(experiments[one])[0]]["answers"].append(_entry(experiments[one], one == name))
    return tuple(group for group in found if group["answers"])


def _identity(scene: Scene) -> str:
    """What tells one question from another."""
    return hashlib.sha256(scene.distorted.tobytes() + scene.original.tobytes()).hexdigest()


def _place(experiment: Experiment) -> tuple[int, str, int]:
    """Where a network stands in the strip: its group, then decoders in their order, small latents first."""
    choice = choice_of(experiment)
    if experiment.model.architecture not in NUMBERED:
        return 1, "", 0
    group = {ANY_STRENGTH: 0, CLEAN: 3}.get(choice.trained_on, 2)
    return group, choice.decoder, choice.latent_size


def _entry(experiment: Experiment, on: bool) -> dict[str, Any]:
    group = _place(experiment)[0]
    title = experiment.title
    if group == 2:
        title = " + ".join(KINDS[kind].title for kind in experiment.trained_on)
    elif group == 3:
        title = title.partition(", trained on")[0]
    return {"name": experiment.name, "title": title, "whole": experiment.title, "on": on}


def _picked(checkpoints: Mapping[str, Checkpoint], pick: Callable[[str], None]) -> None:
    if (picked := st.session_state.strip.picked) in checkpoints:
        pick(picked)
