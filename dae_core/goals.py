"""How far the steps beyond the report were meant to get, and how far each got."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dae_core.baselines import BASELINES
from dae_core.checkpoints import Checkpoint
from dae_core.evaluation import CORRUPTIONS, Row
from dae_core.ladder import ALL_DAMAGE, BOTTLENECK, BOTTLENECK_RIVALS, LADDER
from dae_core.metrics import psnr_of
from dae_core.repeats import Repeat, reseeded
from dae_core.tables import Table, damage_title, mean_of

ERROR, CLASSICAL, UNDAMAGED = "Error, of Convolution's", "Ahead of all classical", "Undamaged, worst picture"
PARAMETERS, MILLISECONDS = "Parameters", "Milliseconds"
# As they were set before anything was trained.
GOALS = {ERROR: "≤ 0.6", CLASSICAL: "7 of 7", UNDAMAGED: "≥ 40 dB", PARAMETERS: "≤ 2,000,000", MILLISECONDS: "≤ 25"}
BOTTLENECK_GOAL = 0.75


def goals(
    names: Iterable[str],
    checkpoints: Mapping[str, Checkpoint],
    rows: Sequence[Row],
    repeats: Sequence[Repeat],
    milliseconds: Mapping[str, float],
    clean_errors: Mapping[str, np.ndarray],
) -> Table:
    """What the recommended network was to reach, and what each of the named ones did; ✓ where that is enough.

    Args:
        names: Of trained steps.
        checkpoints: With theirs.
        rows: The scores of checkpoints and classical denoisers.
        repeats: With another seed; where there is one, both have to reach the goal for the error.
        milliseconds: What each takes for a picture.
        clean_errors: (N,) the MSE of each on test pictures that were not damaged; empty where nobody measured it.
    """
    table = [{"": "Goal", **GOALS}]
    again = reseeded(repeats, checkpoints)
    for name in names:
        others = [one.test_mse for one in again if one.experiment == name]
        line = {"": LADDER[name].title, ERROR: _error(rows, name, others), CLASSICAL: _ahead(rows, name)}
        line[UNDAMAGED] = _undamaged(clean_errors[name])
        parameters = checkpoints[name].parameters
        line[PARAMETERS] = _judged(f"{parameters:,}", parameters <= 2_000_000)
        line[MILLISECONDS] = _judged(f"{milliseconds[name]:.1f}", milliseconds[name] <= 25)
        table.append(line)
    return table


def of_network_1(rows: Sequence[Row], damage: str) -> str:
    """The error of `BOTTLENECK` as a part of that of network 1 with as many numbers; empty if one is not trained."""
    own, other = mean_of(rows, BOTTLENECK, damage), mean_of(rows, BOTTLENECK_RIVALS[damage], damage)
    return _judged(f"{own / other:.3f}", own <= BOTTLENECK_GOAL * other) if own is not None and other else ""


def _judged(measured: str, reached: bool) -> str:
    return f"{measured} ✓" if reached else measured


def _error(rows: Sequence[Row], name: str, others: list[float]) -> str:
    own, other = mean_of(rows, name, ALL_DAMAGE), mean_of(rows, "convolutional-all", ALL_DAMAGE)
    if own is None or not other:
        return ""
    parts = [error / other for error in (own, *others)]
    reached = max(parts) <= 0.6
    return _judged(", ".join(f"{part:.3f}" for part in parts), reached) + (
        " (one seed)" if reached and not others else ""
    )


def _ahead(rows: Sequence[Row], name: str) -> str:
    best = {damage: _lowest(rows, BASELINES, damage) for damage in CORRUPTIONS if damage != "clean"}
    lost = [damage for damage, error in best.items() if not (mean_of(rows, name, damage) or np.inf) < error]
    without = f" (not {', '.join(map(damage_title, lost))})" if len(lost) in (1, 2) else ""
    return _judged(f"{len(best) - len(lost)} of {len(best)}{without}", not lost)


def _undamaged(errors: np.ndarray) -> str:
    if not len(errors):
        return ""
    psnr = psnr_of(errors)
    return _judged(f"{psnr.min():.2f} dB; {np.sum(psnr >= 40)} of {len(psnr)}", psnr.min() >= 40)


def _lowest(rows: Sequence[Row], names: Iterable[str], damage: str) -> float:
    found = (mean_of(rows, name, damage) for name in names)
    return min((error for error in found if error is not None), default=np.nan)
