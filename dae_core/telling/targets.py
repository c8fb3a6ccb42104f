"""How far the steps beyond the report were meant to get, and how far each got."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.strengths import ALL_DAMAGE, CORRUPTIONS
from dae_core.experiments import TITLES
from dae_core.scores.metrics import psnr_of
from dae_core.scores.repeats import Repeat, reseeded
from dae_core.scores.rows import Rows
from dae_core.serving.classical import BASELINES
from dae_core.telling.steps import BOTTLENECK, BOTTLENECK_RIVALS
from dae_core.telling.tables import CLOSE, Table, damage_title

ERROR, CLASSICAL, CLEAN = (
    "Error as a part of Fully convolutional's",
    "Ahead of all classical",
    "Clean, worst picture",
)
PARAMETERS, MILLISECONDS = "Parameters", "Milliseconds"
# These targets were set before any of these networks was trained to its end.
MOST_ERROR, LEAST_PSNR, MOST_PARAMETERS, MOST_MILLISECONDS = 0.6, 40, 2_000_000, 25
GOALS = {
    ERROR: f"≤ {MOST_ERROR}",
    CLASSICAL: "7 of 7",
    CLEAN: f"≥ {LEAST_PSNR} dB",
    PARAMETERS: f"≤ {MOST_PARAMETERS:,}",
    MILLISECONDS: f"≤ {MOST_MILLISECONDS}",
}
BOTTLENECK_GOAL = 0.75
NOT_MEASURED, ONE_SEED = "not measured", " (one seed)"


def goals(
    names: Iterable[str],
    checkpoints: Mapping[str, Checkpoint],
    rows: Rows,
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
        milliseconds: What each takes for a picture, as far as it was measured.
        clean_errors: (N,) the MSE of each on clean test pictures; empty where nobody measured it.
    """
    table = [{"Network": "Goal", **GOALS}]
    again = reseeded(repeats, checkpoints)
    for name in names:
        others = [one.test_mse for one in again if one.experiment == name]
        line = {"Network": TITLES[name], ERROR: _error(rows, name, others), CLASSICAL: _ahead(rows, name)}
        line[CLEAN] = _clean(clean_errors[name])
        parameters = checkpoints[name].parameters
        line[PARAMETERS] = _judged(f"{parameters:,}", parameters <= MOST_PARAMETERS)
        line[MILLISECONDS] = NOT_MEASURED
        if name in milliseconds:
            line[MILLISECONDS] = _judged(f"{milliseconds[name]:.1f}", milliseconds[name] <= MOST_MILLISECONDS)
        table.append(line)
    return table


def of_network_1(rows: Rows, damage: str) -> float | None:
    """The error of `BOTTLENECK` as a part of that of decoder 1 with as many numbers; None if one is not trained."""
    own, other = rows.mean(BOTTLENECK, damage), rows.mean(BOTTLENECK_RIVALS[damage], damage)
    return own / other if own is not None and other else None


def _judged(measured: str, reached: bool) -> str:
    return f"{measured} ✓" if reached else measured


def _error(rows: Rows, name: str, others: list[float]) -> str:
    own, other = rows.mean(name, ALL_DAMAGE), rows.mean("convolutional-all", ALL_DAMAGE)
    if own is None or not other:
        return NOT_MEASURED
    parts = [error / other for error in (own, *others)]
    reached = max(parts) <= MOST_ERROR
    return _judged(", ".join(f"{part:.3f}" for part in parts), reached) + (ONE_SEED if reached and not others else "")


def _ahead(rows: Rows, name: str) -> str:
    best = {damage: _lowest(rows, BASELINES, damage) for damage in CORRUPTIONS if damage != "clean"}
    own = {damage: rows.mean(name, damage) or np.inf for damage in best}
    lost = [damage for damage in best if not own[damage] < best[damage]]
    close = [damage for damage in best if damage not in lost and best[damage] < CLOSE * own[damage]]
    notes = [f"not {damage_title(damage)}" for damage in lost if len(lost) <= 2]
    notes += [f"{damage_title(damage)} ≈" for damage in close]
    noted = f" ({', '.join(notes)})" if notes else ""
    return _judged(f"{len(best) - len(lost)} of {len(best)}{noted}", not lost and not close)


def _clean(errors: np.ndarray) -> str:
    if not len(errors):
        return NOT_MEASURED
    psnr = psnr_of(errors)
    enough = psnr >= LEAST_PSNR
    return _judged(f"{psnr.min():.2f} dB; {enough.sum()} of {len(psnr)}", bool(enough.all()))


def _lowest(rows: Rows, names: Iterable[str], damage: str) -> float:
    found = (rows.mean(name, damage) for name in names)
    return min((error for error in found if error is not None), default=np.nan)
