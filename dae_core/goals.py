"""How far the steps beyond the report were meant to get, and how far they got."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dae_core.baselines import BASELINES
from dae_core.checkpoints import Checkpoint
from dae_core.evaluation import CORRUPTIONS, Row
from dae_core.ladder import ALL_DAMAGE, BOTTLENECK, BOTTLENECK_RIVALS, RECOMMENDED
from dae_core.metrics import psnr_of
from dae_core.tables import Table, damage_title, mean_of


def goals(
    checkpoints: Mapping[str, Checkpoint], rows: Sequence[Row], milliseconds: float, clean_errors: np.ndarray
) -> Table:
    """What was aimed at before anything was trained, and what was measured; a line per goal that can be judged.

    Args:
        checkpoints: With that of `RECOMMENDED`; without others, their goals are left out.
        rows: The scores of checkpoints and classical denoisers.
        milliseconds: What the recommended network takes for a picture.
        clean_errors: (N,) its MSE on test pictures that were not damaged.
    """
    table = []

    def judge(goal: str, measured: str, reached: bool) -> None:
        table.append({"Goal": goal, "Measured": measured, "Reached": "yes" if reached else "no"})

    def at_most(part: float, goal: str, name: str, rival: str, damage: str) -> None:
        own, other = mean_of(rows, name, damage), mean_of(rows, rival, damage)
        if own is not None and other:
            judge(f"At most {part} of the error of {goal}", f"{own / other:.2f}", own <= part * other)

    at_most(0.6, "the fully convolutional network, all damage", RECOMMENDED, "convolutional-all", ALL_DAMAGE)
    best = {damage: _lowest(rows, BASELINES, damage) for damage in CORRUPTIONS if damage != "clean"}
    ahead = [(mean_of(rows, RECOMMENDED, damage) or np.inf) < error for damage, error in best.items()]
    lost = [damage_title(damage) for damage, won in zip(best, ahead, strict=True) if not won]
    judge(
        "Ahead of every classical denoiser on each distortion and combination, also of one that is told where",
        f"on {sum(ahead)} of {len(ahead)}" + (f", not on {'; '.join(lost)}" if lost else ""),
        not lost,
    )
    if len(clean_errors):
        psnr = psnr_of(clean_errors)
        share = np.mean(psnr >= 40)
        measured = f"{psnr.min():.1f} dB at worst; {share:.0%} of {len(psnr)} pictures are better than 40"
        judge("No clean picture made worse than 40 dB", measured, psnr.min() >= 40)
    parameters = checkpoints[RECOMMENDED].parameters
    judge("At most 2,000,000 parameters", f"{parameters:,}", parameters <= 2_000_000)
    judge("At most 25 ms a picture", f"{milliseconds:.1f} ms, here and now", milliseconds <= 25)
    for damage, rival in BOTTLENECK_RIVALS.items():
        title = "network 1, as many numbers, " + ("all damage" if damage == ALL_DAMAGE else damage)
        at_most(0.75, title, BOTTLENECK, rival, damage)
    return table


def _lowest(rows: Sequence[Row], names: Iterable[str], damage: str) -> float:
    found = (mean_of(rows, name, damage) for name in names)
    return min((error for error in found if error is not None), default=np.nan)
