"""How long networks and classical denoisers take for a picture."""

import csv
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint, CheckpointError
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import ALL_DAMAGE, REPORT_CORRUPTION
from dae_core.pictures.samples import load_sample
from dae_core.serving.classical import BASELINES, Parameters, restore
from dae_core.serving.denoiser import Denoiser
from dae_core.serving.sampler import Sampler, load_any

TIMES_FILE = CHECKPOINTS_FOLDER / "times.csv"
TIMES_COLUMNS = ("method", "milliseconds")


def milliseconds(act: Callable[[], object]) -> float:
    """What an action takes on this machine as it is now: the median of 9."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def of_denoiser(denoiser: Denoiser | Sampler) -> float:
    """Milliseconds that a network takes for a picture with the report's damage."""
    return milliseconds(partial(denoiser.reconstruct, corrupt(load_sample("cat-chelsea"), REPORT_CORRUPTION, 0)))


def of_baseline(name: str, parameters: Parameters) -> float:
    """The same of a classical denoiser."""
    picture = corrupt(load_sample("cat-chelsea"), REPORT_CORRUPTION, 0)
    return milliseconds(partial(restore, name, picture, parameters, REPORT_CORRUPTION, 0))


def write_times(
    root: Path, checkpoints: Mapping[str, Checkpoint], parameters: Mapping[str, Mapping[str, Parameters]]
) -> None:
    """Writes `times.csv`: all in one run on one machine, so that they can be compared."""
    times = {name: of_denoiser(load_any(checkpoint)) for name, checkpoint in checkpoints.items()}
    times |= {name: of_baseline(name, parameters[name][ALL_DAMAGE]) for name in BASELINES}
    with (root / TIMES_FILE.name).open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(TIMES_COLUMNS)
        writer.writerows((name, f"{time:.3g}") for name, time in times.items())


def read_times(file: Path = TIMES_FILE) -> dict[str, float]:
    """Milliseconds per picture by checkpoint and classical denoiser, as when all were measured; what is new has none.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    try:
        with file.open(newline="", encoding="utf-8") as table:
            return {row["method"]: float(row["milliseconds"]) for row in csv.DictReader(table)}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CheckpointError(
            f"The times of networks and classical denoisers, {file.name}, are missing or broken: "
            "restore the file, or run `python train_models.py --evaluate`."
        ) from error
