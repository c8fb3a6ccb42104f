"""What the draws of a sampler are like, alone and averaged, as rows."""

from collections.abc import Iterator

import numpy as np

from dae_core.checkpoints import Checkpoint, CheckpointError, read_verified
from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import CUTOUT, REPORT_CORRUPTION, Corruption
from dae_core.pictures.arrays import Doubles, Flags, Floats
from dae_core.pictures.dataset import Split, as_float
from dae_core.scores.metrics import mse, rank_correlation
from dae_core.scores.rows import Row, parse_rows
from dae_core.serving.frequencies import radial_power, sharpness
from dae_core.serving.sampling import STEPS, Solver, Velocity, draws

DRAWS_FILE = "draws.csv"
DRAW_COLUMNS = ("solver", "steps", "averaged", "metric", "mean", "n")
DRAWN = 16  # Draws of each picture, of the seeds from 0.
AVERAGED = (1, 2, 4, 8, 16)
METRICS_OF_DRAWS = ("mse", "sharpness", "spectrum")
METRICS_OF_SPREAD = ("spread_hidden", "spread_elsewhere", "rank_correlation")
EVERY = 8  # One test picture in so many is measured.
FEWER = 4  # And one in so many of those with other steps, too.
OTHER_STEPS: tuple[tuple[Solver, int], ...] = (("euler", 4), ("euler", 8), ("euler", 32), ("heun", 4), ("heun", 8))


Drawn = dict[tuple[Solver, int, int, str], float]
"""By solver, steps, draws averaged and metric, the mean over some pictures, the same ones for all."""


def read_draws(checkpoint: Checkpoint) -> dict[int, Drawn]:
    """What was measured of a sampler, by the number of test pictures: many the usual way, fewer in other ways, too.

    Raises:
        CheckpointError: The file is not what the manifest says, or from before something was measured.
    """
    measured: dict[int, Drawn] = {}
    for row in parse_rows(read_verified(checkpoint, DRAWS_FILE).decode()):
        *key, mean, pictures = (row[column] for column in DRAW_COLUMNS)
        measured.setdefault(int(pictures), {})[tuple(key)] = float(mean)  # type: ignore[index]
    usual = [("euler", STEPS, averaged, metric) for averaged in AVERAGED for metric in METRICS_OF_DRAWS]
    usual += [("euler", STEPS, DRAWN, metric) for metric in METRICS_OF_SPREAD]
    others = [(*way, averaged, metric) for way in OTHER_STEPS for averaged in AVERAGED for metric in METRICS_OF_DRAWS]
    if (
        not measured
        or not {*usual} <= measured[max(measured)].keys()
        or not {*others} <= measured[min(measured)].keys()
    ):
        raise CheckpointError(
            f"The scores of {checkpoint.name} lack some of its draws: run `python train_models.py --evaluate`."
        )
    return measured


def measure_draws(velocity: Velocity, test_split: Split) -> list[Row]:
    """Rows of `DRAW_COLUMNS`, of test pictures with the report's damage, each with the draw it has in all scores.

    By the solver, its steps, how many draws were averaged, and of how many pictures: `mse`, `sharpness` (fine detail,
    as a part of the original's) and `spectrum` (the mean distance, in powers of ten, of the radial power spectrum to
    that of the originals). Of all 16 draws: `spread_hidden` and `spread_elsewhere`, the standard deviation under the
    squares and elsewhere, in [0, 1], and `rank_correlation`, of the standard deviation with the mean's error over the
    values of a picture.
    """
    seeds = np.arange(0, len(test_split.pictures), EVERY)
    few = slice(None, None, FEWER)
    usual = _draw(velocity, test_split, seeds, "euler", STEPS)
    rows = list(_rows(usual, test_split, seeds, "euler", STEPS))
    rows += _rows(usual[few], test_split, seeds[few], "euler", STEPS)
    for solver, steps in OTHER_STEPS:
        drawn = _draw(velocity, test_split, seeds[few], solver, steps)
        rows += _rows(drawn, test_split, seeds[few], solver, steps)
    return rows


def _draw(velocity: Velocity, split: Split, seeds: np.ndarray, solver: Solver, steps: int) -> Floats:
    """(N, DRAWN, 64, 64, 3)."""
    damaged = corrupt_batch(as_float(split.pictures[seeds]), REPORT_CORRUPTION, seeds)
    return np.stack([draws(velocity, one, range(DRAWN), steps, solver) for one in damaged])


def _rows(drawn: Floats, split: Split, seeds: np.ndarray, solver: Solver, steps: int) -> Iterator[Row]:
    clean = as_float(split.pictures[seeds])

    def row(averaged: int, metric: str, value: float) -> Row:
        return dict(zip(DRAW_COLUMNS, (solver, steps, averaged, metric, float(value), len(clean)), strict=True))

    for averaged in AVERAGED:
        means = drawn.reshape(len(clean), -1, averaged, *clean.shape[1:]).mean(axis=2)  # (N, 16 / averaged, ...)
        pairs = [(mean, original) for several, original in zip(means, clean, strict=True) for mean in several]
        yield row(
            averaged, "mse", mse(np.stack([mean for mean, _ in pairs]), np.stack([one for _, one in pairs])).mean()
        )
        yield row(averaged, "sharpness", float(np.mean([sharpness(*pair) for pair in pairs])))
        yield row(averaged, "spectrum", _distance([mean for mean, _ in pairs], clean))
    spread, error = drawn.std(axis=1), np.abs(drawn.mean(axis=1) - clean)
    hidden = np.stack([hidden_part(REPORT_CORRUPTION, int(seed)) for seed in seeds])
    yield row(DRAWN, "spread_hidden", spread[hidden].mean())
    yield row(DRAWN, "spread_elsewhere", spread[~hidden].mean())
    ranks = [rank_correlation(one, other) for one, other in zip(spread, error, strict=True)]
    yield row(DRAWN, "rank_correlation", float(np.mean(ranks)))


def hidden_part(corruption: Corruption, seed: int) -> Flags:
    """Which values of a picture the squares of a seed hide: (64, 64, 3)."""
    hidden: Flags = corrupt(np.ones((64, 64, 3), np.float32), corruption.only(CUTOUT), seed) == 0
    return hidden


def _distance(pictures: list[Floats], originals: Floats) -> float:
    def spectrum(several: list[Floats] | Floats) -> Doubles:
        powers: Doubles = np.stack([radial_power(one) for one in several])
        logarithms: Doubles = np.log10(powers.mean(axis=0))
        return logarithms

    return float(np.abs(spectrum(pictures) - spectrum(originals)).mean())
