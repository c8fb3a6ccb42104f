"""Every page once, as Streamlit runs it for a visitor, and every file of every checkpoint against its hash.

`python -m deploy.rehearse` in a folder with the app: what would fail on stage fails here. It needs nothing but
requirements-serve.txt, and Python keeps what it has compiled on the way.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dae_core.checkpoints import CheckpointError, list_checkpoints, read_verified
from ui.frame.page import linked

SECONDS = 120  # A page may take so long; the first one waits for imports that a slow disk has never read.


def page_faults() -> Iterator[str]:
    """A sentence for every page that ends in an exception or shows an error."""
    app = AppTest.from_file(str(Path("app.py").resolve()), default_timeout=SECONDS)
    for page in linked():
        app.switch_page(page).run()
        for fault in (*app.exception, *app.error):
            yield f"{page}: {fault.value}"


def checkpoint_faults() -> Iterator[str]:
    """A sentence for every checkpoint that is not what its manifest says, and one if there is none at all."""
    usable, broken = list_checkpoints()
    yield from broken
    if not usable:
        yield "There is no checkpoint."
    for checkpoint in usable.values():
        for file in checkpoint.manifest["files"]:
            try:
                read_verified(checkpoint, file)
            except CheckpointError as error:
                yield str(error)


if __name__ == "__main__":
    sys.exit("\n".join((*checkpoint_faults(), *page_faults())) or None)
