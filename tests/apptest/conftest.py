"""What the tests of the pages share."""

import gc
from collections.abc import Iterator

import pytest

import ui.parts.blur
import ui.shelf.networks


@pytest.fixture(scope="module", autouse=True)
def quick_reruns() -> Iterator[None]:
    """Streamlit collects garbage after every run: half a second each where a test before has imported TensorFlow."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def quick_draws(monkeypatch) -> Iterator[None]:
    """A draw goes two steps of the way instead of ten: enough to see whether there is one."""
    for module in (ui.shelf.networks, ui.parts.blur):
        monkeypatch.setattr(module, "STEPS", 2)
    drawn = (ui.shelf.networks.way, ui.shelf.networks.some_draws)
    for cached in drawn:
        cached.clear()
    yield
    for cached in drawn:
        cached.clear()
