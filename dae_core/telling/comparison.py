"""Ways of denoising against each other, on the test pictures with all three of the report's distortions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.strengths import ALL_DAMAGE
from dae_core.experiments import TITLES
from dae_core.scores.metrics import METRICS
from dae_core.scores.repeats import Repeat, reseeded
from dae_core.scores.rows import Rows
from dae_core.telling.steps import COMPARED
from dae_core.telling.tables import Table


@dataclass(frozen=True)
class Compared:
    """A way of denoising.

    Attributes:
        title: What to call it.
        scores: The mean of each of `METRICS`.
        again: The MSE of trainings that differ from this one in nothing but the seed.
        clean: The mean PSNR in dB of what it makes of clean pictures; infinite if it leaves them alone.
        checkpoint: None for a classical denoiser, which knows what is distorted.
    """

    title: str
    scores: Mapping[str, float]
    again: Sequence[float]
    clean: float
    checkpoint: Checkpoint | None


def compare(
    titles: Mapping[str, str], checkpoints: Mapping[str, Checkpoint], rows: Rows, repeats: Sequence[Repeat]
) -> dict[str, Compared]:
    """Those of the checkpoints and classical denoisers that were measured, by name.

    Args:
        titles: What to call each, by name.
        checkpoints: By name.
        rows: The scores.
        repeats: Further trainings.
    """
    again = reseeded(repeats, checkpoints)
    return {
        name: Compared(
            title,
            {metric: rows.mean(name, ALL_DAMAGE, metric=metric) or 0.0 for metric in METRICS},
            [one.test_mse for one in again if one.experiment == name],
            rows.mean(name, "clean", metric="psnr") or 0.0,
            checkpoints.get(name),
        )
        for name, title in titles.items()
        if rows.mean(name, ALL_DAMAGE) is not None
    }


def comparison_table(compared: Iterable[Compared]) -> Table:
    """A line for each; that of a classical denoiser has no parameters, and nothing to say of clean pictures."""
    compared = list(compared)
    table = []
    for one in compared:
        line = {"Method": one.title}
        for metric, kind in METRICS.items():
            line[kind.heading] = kind.cell(one.scores[metric])
            if metric == "mse" and any(other.again for other in compared):
                line["Another seed"] = ", ".join(f"{error:.5f}" for error in one.again)
        known = one.checkpoint
        line["Clean, dB"] = f"{one.clean:.1f}" if known else ""
        line["Parameters"] = f"{known.parameters:,}" if known else ""
        table.append(line | {"Batch": str(known.experiment.batch_size) if known else ""})
    return table


def steps_table(checkpoints: Mapping[str, Checkpoint], rows: Rows, repeats: Sequence[Repeat]) -> Table:
    """The report's last network with a dense layer and each step beyond it that is trained."""
    titles = {name: TITLES[name] for name in COMPARED if name in checkpoints}
    return comparison_table(compare(titles, checkpoints, rows, repeats).values())
