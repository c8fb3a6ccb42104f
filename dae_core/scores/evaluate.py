"""Scores of checkpoints and classical denoisers, as rows: what stands in the tables is read from these files."""

import json
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from dae_core.checkpoints import Checkpoint, write_checkpoint
from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import ALL_DAMAGE, CORRUPTIONS, Corruption
from dae_core.experiments import Experiment, training_corruption
from dae_core.pictures.arrays import Doubles, Floats, Seeds
from dae_core.pictures.dataset import RESERVED, Split, as_float, samples_as_split
from dae_core.scores.curves import BASELINE_CURVES_FILE, CURVES_FILE, measure_curves
from dae_core.scores.draws import DRAWS_FILE, measure_draws
from dae_core.scores.metrics import METRICS, mse, scores
from dae_core.scores.rows import BASELINE_METRICS_FILE, DAMAGED_INPUT, ERROR_COLUMNS, METRIC_COLUMNS, Row, write_rows
from dae_core.serving.classical import BASELINES, PARAMETERS_FILE, Parameters, restore
from dae_core.serving.denoiser import Denoiser, both_ways
from dae_core.serving.sampler import Sampler, load_any
from dae_core.serving.sampling import one_draw

BATCH = 82


Restore = Callable[[Floats, str], Floats]
"""Damaged pictures (N, 64, 64, 3) and the name of what damaged them, in `CORRUPTIONS` -> rebuilt ones."""


def evaluate(name: str, restore: Restore, test_split: Split, damages: Collection[str] = CORRUPTIONS) -> list[Row]:
    """Rows of `METRIC_COLUMNS`: one way of restoring pictures, under each of `CORRUPTIONS`, or some of them.

    Every picture keeps one fixed draw of the distortions, its index in the split being the seed. Means and standard
    deviations are over pictures: `all` test pictures, each class among them apart, and the nine `samples`
    that are shipped, which anybody can check without the data set.
    """
    rows: list[Row] = []
    for split, groups in ((test_split, ("all", *test_split.class_names)), (samples_as_split(), ("samples",))):
        clean = as_float(split.pictures)
        for corruption_name in damages:
            damaged = corrupt_batch(clean, CORRUPTIONS[corruption_name], np.arange(len(clean)))
            rebuilt = restore(damaged, corruption_name)
            table = [scores(picture, reference) for picture, reference in zip(rebuilt, clean, strict=True)]
            for animals in groups:
                chosen = np.ones(len(clean), bool) if animals in RESERVED else split.classes == animals
                for metric in METRICS:
                    values = np.array([row[metric] for row in table])[chosen]
                    cells = (name, corruption_name, animals, metric, *_mean_and_std(values), len(values))
                    rows.append(dict(zip(METRIC_COLUMNS, cells, strict=True)))
    return rows


def evaluate_checkpoint(
    name: str, denoiser: Denoiser | Sampler, test_split: Split, damages: Collection[str] = CORRUPTIONS
) -> list[Row]:
    """The rows of a checkpoint, and those of the damaged input."""
    rebuilt = evaluate(name, lambda damaged, _: reconstruct_all(denoiser, damaged), test_split, damages)
    return rebuilt + evaluate(DAMAGED_INPUT, lambda damaged, _: damaged, test_split, damages)


def evaluate_baselines(parameters: dict[str, dict[str, Parameters]], test_split: Split) -> list[Row]:
    """The rows of each classical denoiser, with the parameters that `choose_parameters` found."""
    rows: list[Row] = []
    for method in BASELINES:

        def restore_all(damaged: Floats, corruption: str, method: str = method) -> Floats:
            settings = (parameters[method][corruption], CORRUPTIONS[corruption])
            return np.stack([restore(method, picture, *settings, seed) for seed, picture in enumerate(damaged)])

        rows += evaluate(method, restore_all, test_split)
    return rows


def baseline_curves(parameters: dict[str, dict[str, Parameters]], test_split: Split) -> list[Row]:
    """The error of each classical denoiser, and of the damaged pictures, against the strength of each distortion."""
    rows = measure_curves(DAMAGED_INPUT, lambda damaged, *_: damaged, test_split)
    for method in BASELINES:

        def restore_all(damaged: Floats, corruption: Corruption, seeds: Seeds, method: str = method) -> Floats:
            chosen = parameters[method]["+".join(corruption.active)]
            pairs = zip(seeds, damaged, strict=True)
            return np.stack([restore(method, picture, chosen, corruption, int(seed)) for seed, picture in pairs])

        rows += measure_curves(method, restore_all, test_split)
    return rows


def picture_errors(experiment: Experiment, denoiser: Denoiser, splits: dict[str, Split]) -> list[Row]:
    """Rows of `ERROR_COLUMNS`: the MSE of every picture of these splits, damaged as in the experiment's training."""
    rows: list[Row] = []
    for name, split in splits.items():
        errors = own_errors(experiment, partial(reconstruct_all, denoiser), split)
        for index, (animals, error) in enumerate(zip(split.classes, errors, strict=True)):
            cells = (name, index, str(animals), float(error))
            rows.append(dict(zip(ERROR_COLUMNS, cells, strict=True)))
    return rows


def own_errors(experiment: Experiment, reconstruct: Callable[[Floats], Floats], split: Split) -> Doubles:
    """The MSE (N,) of every picture of a split, damaged as in the experiment's training and reconstructed."""
    clean = as_float(split.pictures)
    damaged = corrupt_batch(clean, training_corruption(experiment), np.arange(len(clean)))
    return mse(reconstruct(damaged), clean)


def asked(experiment: Experiment, predict: Callable[..., Floats]) -> Callable[[Floats], Floats]:
    """A Keras model's `predict` as its checkpoint is going to be used: silently, `both_ways` or for draws."""
    if experiment.is_sampler:
        return one_draw(lambda *question: predict(list(question), verbose=0))
    reconstruct = partial(predict, verbose=0)
    return both_ways(reconstruct) if experiment.self_ensemble else reconstruct


def write_scores(
    folder: Path, experiment: Experiment, denoiser: Denoiser | Sampler, val_split: Split, test_split: Split
) -> tuple[str, ...]:
    """Writes what is measured of a checkpoint into its folder; the names of the files.

    Of a sampler, these are the metrics, of one draw of each picture, undamaged and with all that the report does to it,
    and what its draws are like: a draw takes many times as long as an answer, and no page asks for more.
    """
    if isinstance(denoiser, Sampler):
        metrics = evaluate_checkpoint(experiment.name, denoiser, test_split, ("clean", ALL_DAMAGE))
        write_rows(folder / "metrics.csv", metrics)
        write_rows(folder / DRAWS_FILE, measure_draws(denoiser.velocity, test_split))
        return "metrics.csv", DRAWS_FILE
    write_rows(folder / "metrics.csv", evaluate_checkpoint(experiment.name, denoiser, test_split))
    errors = picture_errors(experiment, denoiser, {"val": val_split, "test": test_split})
    if experiment.blind:  # Such a network should leave alone what is not damaged.
        errors += picture_errors(replace(experiment, trained_on=()), denoiser, {"clean": test_split})
    if experiment.self_ensemble:  # This shows what the second answer buys.
        errors += picture_errors(experiment, denoiser.asked_once(), {"once": test_split})
    write_rows(folder / "errors.csv", errors)
    curves = measure_curves(experiment.name, lambda damaged, *_: reconstruct_all(denoiser, damaged), test_split)
    write_rows(folder / CURVES_FILE, curves)
    return "metrics.csv", "errors.csv", CURVES_FILE


def rescore(checkpoint: Checkpoint, val_split: Split, test_split: Split) -> Checkpoint:
    """The same checkpoint with its scores measured again.

    Raises:
        CheckpointError: One of its files is not what the manifest says.
    """
    denoiser = load_any(checkpoint)
    work = checkpoint.folder.with_name(f".{checkpoint.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(checkpoint.folder, work)
    scored = write_scores(work, checkpoint.experiment, denoiser, val_split, test_split)
    manifest: dict[str, Any] = {key: value for key, value in checkpoint.manifest.items() if key != "files"}
    return write_checkpoint(checkpoint.folder, work, dict.fromkeys([*checkpoint.manifest["files"], *scored]), manifest)


def write_baselines(root: Path, val_split: Split, test_split: Split) -> None:
    """Writes the classical denoisers' parameters, chosen on 200 validation pictures, and their scores with them."""
    chosen = choose_parameters(as_float(val_split.pictures[:: max(1, len(val_split.pictures) // 200)]), CORRUPTIONS)
    (root / PARAMETERS_FILE.name).write_text(json.dumps(chosen, indent=2) + "\n", encoding="utf-8")
    write_rows(root / BASELINE_METRICS_FILE.name, evaluate_baselines(chosen, test_split))
    write_rows(root / BASELINE_CURVES_FILE.name, baseline_curves(chosen, test_split))


def reconstruct_all(denoiser: Denoiser | Sampler, pictures: Floats) -> Floats:
    """`Denoiser.reconstruct` in batches, for any number of pictures."""
    return np.concatenate([denoiser.reconstruct(batch) for batch in _batches(pictures)])


def _batches(pictures: Floats) -> Iterator[Floats]:
    return (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))


def _mean_and_std(values: Doubles) -> tuple[float, float]:
    if np.isinf(values).any():  # This is the PSNR of a picture that was not damaged; it has no spread to speak of.
        return float("inf"), 0.0
    return float(values.mean()), float(values.std())


def choose_parameters(
    pictures: Floats, corruptions: dict[str, Corruption], progress: Callable[[str], None] = print
) -> dict[str, dict[str, Parameters]]:
    """For each denoiser and each kind of damage, the parameters of its grid with the lowest mean MSE.

    Args:
        pictures: (N, 64, 64, 3) float32 in [0, 1], of the validation set.
        corruptions: The kinds of damage by name.
        progress: Is told what has been found.
    """
    chosen: dict[str, dict[str, Parameters]] = {name: {} for name in BASELINES}
    for damage, corruption in corruptions.items():
        damaged = corrupt_batch(pictures, corruption, np.arange(len(pictures)))
        for name, baseline in BASELINES.items():
            candidates = [dict(zip(baseline.grid, values, strict=True)) for values in product(*baseline.grid.values())]
            errors = []
            for candidate in candidates:
                restored = [restore(name, one, candidate, corruption, seed) for seed, one in enumerate(damaged)]
                errors.append(float(mse(np.stack(restored), pictures).mean()))
            chosen[name][damage] = candidates[int(np.argmin(errors))]
            progress(f"{damage}, {name}: {chosen[name][damage]}, MSE {min(errors):.5f}")
    return chosen
