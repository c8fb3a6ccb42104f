"""The replay of a training: its loss curve and what it made of the shipped pictures, epoch by epoch."""

from typing import Any

import numpy as np

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt_batch
from dae_core.experiments import training_corruption
from dae_core.pictures.samples import SAMPLES
from dae_core.pictures.writing import data_url
from ui.component import component
from ui.shelf import networks, pictures
from ui.shelf.texts import say

_replay = component(__file__)


def show(checkpoint: Checkpoint) -> None:
    """The replay of a checkpoint's training; runs in the browser.

    Raises:
        CheckpointError: Its history or its replay is missing or not what the manifest says.
    """
    _replay(data=told(checkpoint), key="replay")


def told(checkpoint: Checkpoint) -> dict[str, Any]:
    """What the widget is told of a checkpoint.

    Raises:
        CheckpointError: Its history or its replay is missing or not what the manifest says.
    """
    originals = np.stack([pictures.sample(name) for name in SAMPLES])
    distorted = corrupt_batch(originals, training_corruption(checkpoint.experiment), np.arange(len(originals)))
    return {
        "name": checkpoint.name,
        "history": networks.history(checkpoint.name),
        "best": checkpoint.manifest["best_epoch"],
        "patience": checkpoint.experiment.patience,
        "titles": list(SAMPLES.values()),
        "inputs": data_url(np.vstack([np.hstack(list(distorted)), np.hstack(list(originals))]), scale=1),
        "sheet": networks.replay(checkpoint.name),
    }


def what_happened(epochs_run: int, best: int, patience: int) -> str:
    """How a training ended, in words.

    Args:
        epochs_run: Number of epochs.
        best: The one with the lowest validation loss, counted from 1.
        patience: After so many epochs without a lower one, training stops.
    """
    return say("training", "how_it_ended", waited=epochs_run - best, patience=patience, best=best, last=epochs_run)
