"""What the tests of the pages share."""

import gc
from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

import ui.parts.blur
import ui.shelf.networks


@pytest.fixture(scope="module", autouse=True)
def quick_reruns() -> Iterator[None]:
    """Streamlit collects garbage after every run: half a second each where a test before has imported TensorFlow."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def one_scan() -> Iterator[None]:
    """For every page that is opened, Streamlit looks for components in all installed packages, which stay the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="module", autouse=True)
def quick_draws() -> Iterator[None]:
    """A draw goes two steps of the way instead of ten: enough to see that there is one. Only test_blur.py wants all."""
    drawn = (ui.shelf.networks.way, ui.shelf.networks.some_draws)
    with pytest.MonkeyPatch.context() as patch:
        for module in (ui.shelf.networks, ui.parts.blur):
            patch.setattr(module, "STEPS", 2)
        for cached in drawn:
            cached.clear()
        yield
    for cached in drawn:
        cached.clear()
