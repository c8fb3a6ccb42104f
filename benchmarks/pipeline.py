"""Whether training waits for its pictures: distorted as it goes, against the same steps on arrays made before."""

import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).parent.parent))

import keras
import numpy as np

from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.experiments import ModelSpec
from dae_core.pictures.dataset import samples_as_split
from dae_core.training.batches import Batch, CorruptedPictures, prefetch
from dae_core.training.fast_layers import optimizer, trainable
from dae_core.training.run import run_epoch

SPECS = (ModelSpec("convolutional", 4096), ModelSpec("network-1", 1000))
BATCH_SIZE = 64
STEPS = 24
EPOCHS = 5
GOAL = 0.95


def main() -> None:
    """A line per network."""
    samples = samples_as_split().pictures
    pictures = np.resize(samples, (STEPS * BATCH_SIZE, *samples.shape[1:]))  # They are the samples, over and over.

    def corrupted(epoch: int) -> Iterator[Batch]:
        return prefetch(CorruptedPictures(pictures, REPORT_CORRUPTION, BATCH_SIZE, seed=0, epoch=epoch))

    before = list(corrupted(0))
    print(f"{'pictures per second, medians':30}{'distorted now':>15}{'before':>9}{'ratio':>8}  goal")
    for spec in SPECS:
        model = trainable(spec)  # It is built as it is trained.
        model.compile(optimizer("adam"), "mse")
        speed(model, before)  # This compiles the step.
        pairs = [(speed(model, corrupted(epoch)), speed(model, before)) for epoch in range(EPOCHS)]
        now, ready = (statistics.median(column) for column in zip(*pairs, strict=True))
        name = f"{spec.architecture}, latent {spec.latent_size}"
        print(f"{name:30}{now:15.0f}{ready:9.0f}{now / ready:8.3f}  at least {GOAL}")


def speed(model: keras.Model, batches: Iterable[Batch]) -> float:
    """Pictures per second of one epoch."""
    start = time.perf_counter()
    run_epoch(model.train_on_batch, batches)
    return STEPS * BATCH_SIZE / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
