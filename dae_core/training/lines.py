"""The lines of `repeats.csv`, added by one process at a time."""

import csv
import math
from dataclasses import asdict, fields
from pathlib import Path

from dae_core.errors import UserError
from dae_core.scores.repeats import REPEATS_FILE, Repeat, key_of, read_repeats
from dae_core.training.locks import alone


def add_line(root: Path, result: Repeat) -> None:
    """Adds a line to the `repeats.csv` of a folder, in place of an older one of the same training.

    The file is written anew, so that a full disk or a kill leaves the old one.

    Raises:
        UserError: A loss is infinite or no number: nobody could read the file any more.
    """
    if not math.isfinite(result.loss + result.val_loss + result.test_mse):
        raise UserError(
            f"The losses of {result.experiment}, seed {result.seed}, are no numbers: train it again with --force, or "
            "with a lower learning rate."
        )
    file = root / REPEATS_FILE.name
    with alone(root, file.name, wait=True):  # Other trainings may end now, too.
        known = read_repeats(file)
        if result in known:
            return
        others = [one for one in known if key_of(one) != key_of(result)]
        partial = file.with_suffix(".partial")
        with partial.open("w", newline="", encoding="utf-8") as table:
            writer = csv.DictWriter(table, [field.name for field in fields(Repeat)])
            writer.writeheader()
            writer.writerows(asdict(one) for one in [*others, result])
        partial.replace(file)
