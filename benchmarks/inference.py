"""How fast the shipped checkpoints answer on ONNX Runtime, against the same networks in Keras on TensorFlow."""

import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

from dae_core.checkpoints import CHECKPOINTS_FOLDER, open_checkpoint

NAMES = ("convolutional-all", "distortion-all")
GOAL = 2.5  # It holds for one picture, which is what a click asks for.
ROUNDS, CALLS = 4, 20
ENGINES = ("onnx", "tf.function", "predict")

_prepared: dict[tuple[str, str], object] = {}


def main() -> None:
    """A line per checkpoint and size of batch: medians over turns in which each engine runs alone."""
    print(f"{'milliseconds, medians':34}{'ONNX':>9}{'tf.function':>13}{'predict':>9}{'ratio':>8}  goal")
    spawn = get_context("spawn")
    # Each has a process of its own, as the app does not share its processor with TensorFlow's threads.
    workers = {engine: ProcessPoolExecutor(1, mp_context=spawn) for engine in ENGINES}
    for name in NAMES:
        for size in (1, 16):
            times: dict[str, list[float]] = {engine: [] for engine in ENGINES}
            for _ in range(ROUNDS):
                for engine, worker in workers.items():
                    times[engine] += worker.submit(turn, engine, name, size).result()
            onnx, compiled, predict = (1000 * statistics.median(times[engine]) for engine in ENGINES)
            what = f"{name}, {size} picture{'s' * (size > 1)}"
            goal = f"at least {GOAL} x the tf.function" if size == 1 else "none"
            print(f"{what:34}{onnx:9.1f}{compiled:13.1f}{predict:9.1f}{compiled / onnx:8.2f}  {goal}", flush=True)
    for worker in workers.values():
        worker.shutdown()


def turn(engine: str, name: str, size: int) -> list[float]:
    """Seconds of each of `CALLS` calls; the first two calls of a turn only warm up."""
    if (engine, name) not in _prepared:
        _prepared[engine, name] = prepare(engine, name)
    call = _prepared[engine, name]
    assert callable(call)
    pictures = np.random.default_rng(0).random((size, 64, 64, 3), np.float32)
    times = []
    for _ in range(2 + CALLS):
        start = time.perf_counter()
        call(pictures)
        times.append(time.perf_counter() - start)
    return times[2:]


def prepare(engine: str, name: str):
    """A function from pictures (N, 64, 64, 3) to reconstructions."""
    checkpoint = open_checkpoint(CHECKPOINTS_FOLDER / name)
    if engine == "onnx":
        from dae_core.serving.sampler import load_any

        return load_any(checkpoint).reconstruct
    import tensorflow as tf

    from dae_core.networks.report import build

    # Only the ONNX files are shipped. The weights are fresh ones: the speed does not depend on them.
    model = build(checkpoint.experiment.model)
    if engine == "predict":
        return lambda pictures: model.predict(pictures, verbose=0)
    function = tf.function(lambda pictures: model(pictures, training=False))
    return lambda pictures: function(pictures).numpy()


if __name__ == "__main__":
    main()
