"""Training: an experiment and the data in, the best weights, the history and a replay out."""

import importlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tqdm import tqdm

from dae_core.distortions.apply import corrupt_batch
from dae_core.errors import UserError
from dae_core.experiments import PICTURE_SHAPE, Experiment, training_corruption, training_damage
from dae_core.networks.beyond import set_principal_components
from dae_core.networks.report import build
from dae_core.pictures.arrays import Bytes, Floats
from dae_core.pictures.dataset import Split, as_float
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.serving.sampling import STEPS, draws
from dae_core.training.batches import Batches, CorruptedPictures, prefetch
from dae_core.training.fast_layers import optimizer, trainable, without_xla
from dae_core.training.flow import Flow
from dae_core.training.history import HISTORY_COLUMNS, best_epoch, finished, read_history, write_history
from dae_core.training.locks import label
from dae_core.training.losses import LOSSES


class TrainingError(UserError):
    """Training cannot go on; the message says what to do."""


@dataclass(frozen=True)
class TrainingRun:
    """What a finished training leaves.

    Attributes:
        model: With the weights of the epoch that had the lowest validation loss.
        history: One dict per epoch; its keys are `HISTORY_COLUMNS`. Losses are MSE, of pictures in [0, 1]; those of
            a sampler, of velocities. In bfloat16, they are those of the network as it trains, not of the exact one
            that is exported.
        replay: (epochs, samples, 64, 64, 3) uint8: the sample pictures, distorted as in training and reconstructed
            after every epoch.
        data: SHA-256 of the training and the validation set.
        trained_with: Versions of Keras and its backend.
    """

    model: keras.Model
    history: list[dict[str, float]]
    replay: Bytes
    data: dict[str, str]
    trained_with: dict[str, str]


def run_epoch(step: Callable[..., Any], batches: Iterable[tuple[Any, Floats]], bar: tqdm | None = None) -> float:
    """Calls a model's `train_on_batch` or `test_on_batch` on every batch; the mean over all pictures.

    The mean is of the loss, or of the last metric if the model has any: the MSE, whatever the loss is.

    Not `fit`: what it does at the end of an epoch, TensorFlow 2.21 with its pipelines, often waits half a minute for
    nothing, a third of the training on two cores.
    """
    total = pictures = 0.0
    for question, answer in batches:
        total += len(answer) * float(np.ravel(step(question, answer))[-1])
        pictures += len(answer)
        if bar is not None:
            bar.set_postfix(loss=f"{total / pictures:.5f}", refresh=False)
            bar.update(len(answer))
    return total / pictures


def train(
    experiment: Experiment, train_split: Split, val_split: Split, folder: Path, save_every: float = 0
) -> TrainingRun:
    """Trains an experiment, or goes on where an earlier call on the same folder was cut off.

    Early stopping and best weights are the report's (section 3.1); validation pictures keep one fixed draw of the
    distortions. After each epoch the whole state is in `folder`; the one of the epoch before is removed only then.

    Args:
        experiment: What to train.
        train_split: The pictures to learn from.
        val_split: The pictures that decide when to stop.
        folder: Where the state lives; made if missing.
        save_every: Seconds that have to pass before the state is saved again, for epochs that take no longer than
            saving does, 600 MB of the largest networks; the last one is saved in any case.

    Raises:
        TrainingError: The folder holds a run with other settings or other data, or the state could not be written.
    """
    run = _claim(folder, experiment, train_split, val_split)
    validation = _validation(experiment, val_split)
    samples = np.stack([load_sample(name) for name in SAMPLES])
    distorted_samples = corrupt_batch(samples, training_corruption(experiment), np.arange(len(samples)))
    keras.utils.set_random_seed(experiment.seed)
    state = _last_state(folder)
    progress = _go_on(state) if state else _begin(experiment, train_split)
    without_xla(progress.model)
    saved = time.monotonic()
    while not finished(progress.history, experiment):
        _train_epoch(experiment, progress, train_split.pictures, validation, distorted_samples)
        print(_summary(experiment, progress.history), flush=True)
        if finished(progress.history, experiment) or time.monotonic() - saved >= save_every:
            state = _save_state(folder, state, progress)
            saved = time.monotonic()

    assert state is not None
    return read_run(experiment, run, state)


@dataclass
class _Progress:
    """How far a training has come: the network as it trains, its history and replay, and its best weights so far."""

    model: keras.Model
    history: list[dict[str, float]]
    replay: Bytes
    best: list[Floats]


def _begin(experiment: Experiment, train_split: Split) -> _Progress:
    model = trainable(experiment.model, experiment.precision)
    if experiment.model.architecture == "linear-bottleneck":
        set_principal_components(model, train_split.pictures)
    # What a first step would have to make before it can compute, TensorFlow traces twice: a second each.
    mean_squared_error = keras.metrics.MeanSquaredError("mse")
    chosen = optimizer(experiment.optimizer, experiment.weight_average)
    model.compile(chosen, LOSSES[experiment.loss], metrics=[mean_squared_error])
    chosen.build(model.trainable_variables)
    return _Progress(model, [], np.zeros((0, len(SAMPLES), *PICTURE_SHAPE), np.uint8), [])


def _go_on(state: Path) -> _Progress:
    model, history = keras.saving.load_model(state / "model.keras"), read_history(state / "history.csv")
    return _Progress(model, history, np.load(state / "replay.npy"), read_weights(state))


def _batches(experiment: Experiment, pictures: Bytes, epoch: int) -> Batches:
    """What the network sees in an epoch, counted from 1."""
    damage = training_damage(experiment)
    pairs = CorruptedPictures(pictures, damage, experiment.batch_size, experiment.seed, epoch)
    return Flow(pairs, experiment.seed, epoch) if experiment.is_sampler else pairs


def _validation(experiment: Experiment, split: Split) -> list[tuple[Any, Floats]]:
    """The validation pictures in batches, each picture with one fixed draw of the distortions, whatever the seed."""
    if experiment.is_sampler:
        flow = _batches(replace(experiment, seed=0), split.pictures, epoch=0)
        return [flow[index] for index in range(len(flow))]
    clean = as_float(split.pictures)
    distorted = corrupt_batch(clean, training_damage(experiment), np.arange(len(clean)))
    parts = [slice(start, start + experiment.batch_size) for start in range(0, len(clean), experiment.batch_size)]
    return [(distorted[part], clean[part]) for part in parts]


def _train_epoch(
    experiment: Experiment,
    progress: _Progress,
    pictures: Bytes,
    validation: list[tuple[Any, Floats]],
    samples: Floats,
) -> None:
    """One epoch: a line more in the history, a row more in the replay, and the weights if they are the best so far."""
    model, epoch, start = progress.model, len(progress.history) + 1, time.monotonic()
    model.optimizer.learning_rate = experiment.learning_rate_in(epoch)
    with _progress_bar(experiment, epoch, len(pictures)) as bar:
        loss = run_epoch(model.train_on_batch, prefetch(_batches(experiment, pictures, epoch)), bar)
    with _averaged(model, experiment):
        val_loss = run_epoch(model.test_on_batch, validation)
        reconstructions = _reconstruct(experiment, model, samples)
        progress.replay = np.concatenate([progress.replay, np.rint(reconstructions[None] * 255).astype(np.uint8)])
        row = (epoch, experiment.learning_rate_in(epoch), loss, val_loss, round(time.monotonic() - start, 1))
        progress.history.append(dict(zip(HISTORY_COLUMNS, row, strict=True)))
        if best_epoch(progress.history) == epoch:
            progress.best = model.get_weights()


@contextmanager
def _averaged(model: keras.Model, experiment: Experiment) -> Iterator[None]:
    """The model with the moving average of its weights in place of the weights, if the experiment has one."""
    if not experiment.weight_average:
        yield
        return
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)
    swap.on_test_begin()
    yield
    swap.on_test_end()


def _reconstruct(experiment: Experiment, model: keras.Model, distorted: Floats) -> Floats:
    """(N, 64, 64, 3) in [0, 1] of distorted pictures of this shape; of a sampler, one draw each, always the same."""
    if not experiment.is_sampler:
        return np.asarray(model.predict_on_batch(distorted))

    def velocity(*question: Floats) -> Floats:
        return np.asarray(model.predict_on_batch(list(question)))

    return draws(velocity, distorted, range(len(distorted)), STEPS)


def read_run(experiment: Experiment, run: dict[str, Any], folder: Path) -> TrainingRun:
    """What a training left in a folder, `best.npz`, `history.csv` and `replay.npy`; `run` is its `run.json`.

    Raises:
        OSError, ValueError, KeyError: A file is missing, broken, or of another network.
    """
    model = build(experiment.model)  # Nothing of how it was trained remains in it.
    model.set_weights(read_weights(folder))
    history, replay = read_history(folder / "history.csv"), np.load(folder / "replay.npy")
    return TrainingRun(model, history, replay, run["data"], run["trained_with"])


def read_weights(folder: Path) -> list[Floats]:
    """The best weights in a folder, float32, in the order of the network's `get_weights`."""
    with np.load(folder / "best.npz") as best:
        return [weights.astype(np.float32) for weights in best.values()]


def forget() -> None:
    """Frees what Keras keeps of the networks that were built, so that the next one begins as if it were the first."""
    keras.backend.clear_session()


def _progress_bar(experiment: Experiment, epoch: int, pictures: int) -> tqdm:
    """One epoch's pictures, loss, pictures per second and time left; silent where nobody watches."""
    title = f"{label(experiment)}, epoch {epoch}/{experiment.epochs}"
    return tqdm(total=pictures, desc=title, unit=" pictures", leave=False, disable=None)


def _summary(experiment: Experiment, history: list[dict[str, float]]) -> str:
    row = history[-1]
    return (
        f"{label(experiment)}, epoch {row['epoch']}/{experiment.epochs}: loss {row['loss']:.5f}, validation "
        f"{row['val_loss']:.5f}, best in epoch {best_epoch(history)}, {row['seconds']:.0f} s"
    )


def _claim(folder: Path, experiment: Experiment, train_split: Split, val_split: Split) -> dict[str, Any]:
    """Makes the folder this run's own, or makes sure that it is; what is known of the run."""
    run = {
        "experiment": asdict(experiment) | {"trained_on": list(experiment.trained_on)},
        "data": {"train": train_split.digest, "val": val_split.digest},
    }
    claim = folder / "run.json"
    backend = keras.backend.backend()
    if not claim.exists():
        versions = {"keras": keras.__version__, backend: importlib.import_module(backend).__version__}
        folder.mkdir(parents=True, exist_ok=True)
        partial = claim.with_suffix(".partial")
        partial.write_text(json.dumps(run | {"trained_with": versions}, indent=2), encoding="utf-8")
        partial.rename(claim)
    known: dict[str, Any] = json.loads(claim.read_text(encoding="utf-8"))
    if not run.items() <= known.items():
        raise TrainingError(
            f"{folder} holds an unfinished run of {experiment.name} with other settings or other data: repeat the "
            "command that started it, or add --force to throw that run away."
        )
    if backend not in known["trained_with"]:  # No backend can read another one's state.
        (begun_with,) = known["trained_with"].keys() - {"keras"}
        raise TrainingError(
            f"{folder} holds an unfinished run of {experiment.name} that was begun with {begun_with}, and this one "
            f"computes with {backend}: set KERAS_BACKEND={begun_with}, or add --force to throw that run away."
        )
    return known


def _last_state(folder: Path) -> Path | None:
    return max(folder.glob("epoch-[0-9]*"), default=None)


def _save_state(folder: Path, previous: Path | None, progress: _Progress) -> Path:
    """Writes the state beside the previous one and renames it when complete: a kill leaves one of the two."""
    unfinished = folder / "unfinished"
    state = folder / f"epoch-{len(progress.history):04d}"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        progress.model.save(unfinished / "model.keras")
        np.savez(unfinished / "best.npz", *progress.best)
        np.save(unfinished / "replay.npy", progress.replay)
        write_history(unfinished / "history.csv", progress.history)
        unfinished.rename(state)
    except OSError as error:
        raise TrainingError(
            f"The state after epoch {len(progress.history)} could not be written ({error}). The epochs before it are "
            "safe: make room, then run the same command to go on."
        ) from error
    if previous:
        shutil.rmtree(previous)
    return state
