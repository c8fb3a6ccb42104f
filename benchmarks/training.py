"""What a training step costs: with Keras's own layers, with those of `fused`, and with these in bfloat16."""

import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).parent.parent))

import keras
import numpy as np

from dae_core.experiments import PRECISIONS, ModelSpec
from dae_core.networks.report import build
from dae_core.training.fast_layers import optimizer, trainable

SPECS = (ModelSpec("convolutional", 4096), ModelSpec("network-1", 1000), ModelSpec("restorer", 0))
BATCH_SIZE = 64
STEPS = 10
PICTURES_PER_EPOCH = 8743


def main() -> None:
    """A line per network: milliseconds per step, and the seconds that the steps of an epoch take the fastest way."""
    print(f"{'ms a step, medians':22}{'Keras':>8}{'fused':>8}{'bfloat16':>10}{'an epoch':>11}")
    for spec in SPECS:
        models = [build(spec), *(trainable(spec, precision) for precision in PRECISIONS)]
        times = [statistics.median(column) for column in zip(*steps(models), strict=True)]
        seconds = min(times) * PICTURES_PER_EPOCH / BATCH_SIZE
        print(
            f"{spec.architecture:22}"
            + "{:8.0f}{:8.0f}{:10.0f}".format(*(1000 * t for t in times))
            + f"{seconds:9.0f} s"
        )


def steps(models: list[keras.Model]) -> list[list[float]]:
    """Seconds of steps, the models in turn."""
    pictures = np.random.default_rng(0).random((BATCH_SIZE, 64, 64, 3), np.float32)
    for model in models:
        model.compile(optimizer("adam"), "mse")
        model.train_on_batch(pictures, pictures)  # This compiles the step.
    seconds = []
    for _ in range(STEPS):
        seconds.append([])
        for model in models:
            start = time.perf_counter()
            model.train_on_batch(pictures, pictures)
            seconds[-1].append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    main()
