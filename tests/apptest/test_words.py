"""People read titles: no name of an experiment stands on a page, but in commands."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from dae_core.experiments import EXPERIMENTS
from tests.apptest.opened import open_page
from ui.frame.page import linked

NAMES = {experiment.name for experiment in EXPERIMENTS}
# These are addresses, commands, and what a component and the page call a network between themselves.
UNSEEN = {"queryString", "codeText", "name", "network", "id", "key"}


def words(node: Any, field: str = "") -> Iterator[str]:
    """Every text of an element that people can meet: said, in a menu, in a chart, or in place of a picture."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from () if key in UNSEEN and isinstance(value, str) else words(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from words(value, field)
    elif isinstance(node, str) and field in ("json", "spec"):
        yield from words(json.loads(node))
    elif isinstance(node, str) and not node.startswith("data:"):
        yield re.sub("`[^`]*`", "", node)


def elements(block: Any) -> Iterator[Any]:
    """The protobuf messages of a page's elements."""
    for child in block.children.values():
        if child.proto is not None:
            yield child.proto
        if hasattr(child, "children"):
            yield from elements(child)


@pytest.fixture(params=linked())
def said(request: pytest.FixtureRequest) -> list[str]:
    app = open_page(request.param)
    assert not app.exception
    return [text for proto in elements(app._tree) for text in words(MessageToDict(proto))]


def test_no_name_of_an_experiment_stands_on_any_page(said):
    assert len(said) > 20
    slug = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, NAMES))})(?![\w-])")
    assert not [text for text in said if slug.search(text)]
