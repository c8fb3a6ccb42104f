"""What the tests of the pages share."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def quick_reruns() -> Iterator[None]:
    """Streamlit collects garbage after every run: half a second each where a test before has imported TensorFlow."""
    gc.freeze()
    yield
    gc.unfreeze()
