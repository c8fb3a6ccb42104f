"""The report's tables beside ours, from checkpoints: for the pages, for the README, and as CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import mean

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.strengths import KINDS
from dae_core.experiments import EXPERIMENTS, training_corruption
from dae_core.scores.repeats import Repeat, seeds_of
from dae_core.scores.rows import Rows
from dae_core.telling.classes import all_of_class
from dae_core.telling.report_numbers import TABLE_1, TABLE_2

Table = list[dict[str, str]]
NOT_TRAINED = "not trained"
BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}


def table_1(checkpoints: Mapping[str, Checkpoint], repeats: Sequence[Repeat]) -> Table:
    """Table 1, two lines per network, the report's and ours; the epoch is the one whose weights were kept.

    Args:
        checkpoints: Ours, each the seed with the lowest validation error.
        repeats: Every training, for the mean and the range of all seeds.
    """
    table = []
    for name, published in TABLE_1.items():
        lines = {"report": (published.parameters, published.epoch, published.loss, published.val_loss)}
        if name in checkpoints:
            ours = checkpoints[name].manifest
            lines["ours"] = (checkpoints[name].parameters, ours["best_epoch"], ours["loss"], ours["val_loss"])
        for source, (parameters, epoch, loss, val_loss) in lines.items():
            table.append(
                {
                    "Network": BY_NAME[name].short_title,
                    "Source": source,
                    "Parameters": f"{parameters:,}",
                    "Epoch": str(epoch),
                    "Training MSE": f"{loss:.4f}",
                    "Validation MSE": f"{val_loss:.4f}",
                    ALL_SEEDS: of_all_seeds(checkpoints, repeats, name, "val_loss", 4) if source == "ours" else "",
                }
            )
    return table


def table_2(checkpoints: Mapping[str, Checkpoint], rows: Rows, repeats: Sequence[Repeat]) -> Table:
    """Table 2, a line per distortion: the report's test MSE, then ours, for all classes together and apart.

    Args:
        checkpoints: Ours, each the seed with the lowest validation error.
        rows: Their scores.
        repeats: Every training, for the mean and the range of all seeds.
    """
    table = []
    for name, published in TABLE_2.items():
        ours = {animals: rows.mean(name, own_corruption(name), animals) for animals in ("all", *rows.class_names)}
        table.append(
            {
                "Trained and tested on": damage_title(own_corruption(name)),
                "Report": f"{published:.5f}",
                "Ours": _number(ours["all"]),
                ALL_SEEDS: of_all_seeds(checkpoints, repeats, name, "test_mse", 5),
            }
            | {f"Our {all_of_class(kind)}": _number(ours[kind]) for kind in rows.class_names}
        )
    return table


ALL_SEEDS = "All our seeds"


def of_all_seeds(
    checkpoints: Mapping[str, Checkpoint], repeats: Sequence[Repeat], name: str, what: str, digits: int
) -> str:
    """`0.00702 (0.00668 to 0.00741, 3 seeds)`: the mean and the range over every seed of a checkpoint's protocol.

    Args:
        checkpoints: By name.
        repeats: Every training.
        name: Of the checkpoint; of one that is not there, nothing is said.
        what: `val_loss` or `test_mse`.
        digits: After the decimal point.
    """
    values = values_of_seeds(checkpoints, repeats, name, what)
    if len(values) < 2:
        return "one seed" if values else ""
    lowest, highest = (f"{value:.{digits}f}" for value in (min(values), max(values)))
    return f"{mean(values):.{digits}f} ({lowest} to {highest}, {len(values)} seeds)"


def values_of_seeds(
    checkpoints: Mapping[str, Checkpoint], repeats: Sequence[Repeat], name: str, what: str
) -> list[float]:
    """`val_loss` or `test_mse` of every seed of a checkpoint's protocol; none of a checkpoint that is not there."""
    return [getattr(one, what) for one in seeds_of(repeats, checkpoints[name])] if name in checkpoints else []


def own_corruption(name: str) -> str:
    """The key of `strengths.CORRUPTIONS` of what an experiment of Table 2 was trained on."""
    return "+".join(training_corruption(BY_NAME[name]).active)


def damage_title(corruption: str) -> str:
    """`clean` or `gaussian_noise+cutout`, in words."""
    return " + ".join(KINDS[name].title if name in KINDS else "Clean" for name in corruption.split("+"))


CLOSE = 1.05


def ranking(errors: Mapping[str, float]) -> str:
    """Names by their errors, the lowest first; ≈ between two that are less than 5 % apart.

    >>> ranking({"a": 0.5, "b": 0.4, "c": 0.41})
    'b ≈ c < a'
    >>> ranking({})
    ''
    """
    names = sorted(errors, key=lambda name: errors[name])
    signs = [" ≈ " if errors[b] < CLOSE * errors[a] else " < " for a, b in pairwise(names)]
    return "".join(part for pair in zip(names, [*signs, ""], strict=False) for part in pair)


def markdown(table: Table) -> str:
    """A Markdown table; all but the first column are numbers."""
    header = list(table[0])
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *(row.values() for row in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def to_csv(table: Sequence[Mapping[str, object]]) -> str:
    """A table, or metric rows, as CSV."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return file.getvalue()


def _number(value: float | None) -> str:
    return NOT_TRAINED if value is None else f"{value:.5f}"
