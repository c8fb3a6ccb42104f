"""Writes the tables of the README anew from what is in `checkpoints/`: `python docs/update_readme.py`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from dae_core.checkpoints import list_checkpoints  # noqa: E402
from dae_core.scores.repeats import read_repeats  # noqa: E402
from dae_core.scores.rows import read_rows  # noqa: E402
from dae_core.telling import tables  # noqa: E402
from dae_core.telling.comparison import steps_table  # noqa: E402

README = ROOT / "README.md"


def with_tables(text: str) -> str:
    """The README's text with each table between its two comments replaced by the current one."""
    checkpoints, broken = list_checkpoints()
    if broken:
        raise SystemExit(" ".join(broken))
    rows, repeats = read_rows(checkpoints), read_repeats()
    for name, table in {
        "table 1": tables.table_1(checkpoints, repeats),
        "table 2": tables.table_2(checkpoints, rows, repeats),
        "beyond": steps_table(checkpoints, rows, repeats),
    }.items():
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        new = f"{start}\n{tables.markdown(table)}\n{end}"
        text = re.sub(f"{start}.*?{end}", lambda _, new=new: new, text, flags=re.DOTALL)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
