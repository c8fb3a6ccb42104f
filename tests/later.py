"""Modules that are imported when they are first used, so that who only collects the tests waits for no TensorFlow."""

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # pytest asks everything in a file whether it is a test.
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
