"""Whatever stands in an address, a lesson file or a manifest: a page, or a sentence; never a stack trace."""

import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from dae_core.checkpoints import CHECKPOINTS_FOLDER, CheckpointError, open_checkpoint
from dae_core.experiments import EXPERIMENTS, training_corruption
from dae_core.telling.cards import card
from dae_core.telling.lessons import LESSONS_FOLDER, parse_lesson
from dae_core.telling.sources import TextError
from tests.apptest.opened import open_page
from tests.visitor import ROOT
from ui.frame.page import linked
from ui.parts.lesson import PLACES

pytestmark = pytest.mark.slow

# The same examples every time, and no clock: this is a test of the lab, not of the machine.
settings.register_profile(
    "lab", derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("lab")
# Hypothesis tries constants of the modules that happen to be imported, and so other examples in each worker.
providers._get_local_constants = lambda: providers._local_constants

# Addresses.

SOURCES = "".join(
    file.read_text(encoding="utf-8")
    for file in (ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "ui").rglob("*.py"))
)
# Every key of a control, what pages read from the address themselves, and keys that are not next to the word.
KEYS = sorted(
    {
        *re.findall(r"""(?:key=|query_params(?:\.get\(|\[))"(\w+)\"""", SOURCES),
        *(
            "gaussian_noise",
            "cutout",
            "salt_and_pepper",
            "gaussian_noise_std",
            "cutout_squares",
            "salt_and_pepper_amount",
        ),
        *("view", "show", "bottleneck", "block", "against", "drag", "kind"),
    }
)
TRAPS = (
    *(
        "",
        " ",
        "nan",
        "inf",
        "-inf",
        "1e400",
        "-1",
        "0",
        "0.5",
        "3",
        "9" * 40,
        "²",
        "٣",
        "1_0",
        "0x10",
        "true",
        "None",
    ),
    *("upload", "camera", "test", "owl", "convolutional-all", "decoder-1", "Error map", "Several pictures"),
    *(
        "cutout",
        "gaussian_noise",
        "../../etc/passwd",
        "<script>alert(1)</script>",
        "{}",
        "[]",
        "%00",
        "\0",
        "a\nb",
        "💥",
    ),
    *("denoising", "0.1.-.2", "-.-.-", "1.1.1.1.1.1.1.1.1.1", "x" * 10_000),
)
values = st.one_of(st.sampled_from(TRAPS), st.text(max_size=20), st.floats().map(str), st.integers().map(str))


@pytest.mark.parametrize("page", linked())
def test_any_address_shows_every_page(page):
    @settings(max_examples=6, phases=[Phase.generate])  # To shrink what took seconds would take minutes.
    @given(st.dictionaries(st.sampled_from(KEYS), values, min_size=len(KEYS) // 2))
    def visit(asked: dict[str, str]) -> None:
        app = open_page(page, **asked)
        assert not app.exception, asked
        widgets = {part.proto.component_name for part in app.get("bidi_component")}
        shown = app.get("image") or app.get("plotly_chart") or app.error or widgets & {"redirect", "trainer"}
        assert shown, asked

    visit()


# Lessons.

LESSON = (LESSONS_FOLDER / "denoising.toml").read_text(encoding="utf-8")
LINES = LESSON.splitlines()
SHORT = "\n".join(LINES[next(number for number, line in enumerate(LINES) if line.startswith("title")) :])
SETTINGS = [match.start() for match in re.finditer(r"^\w+ = ", SHORT, re.M)]
odd_values = st.one_of(
    st.sampled_from(
        (
            "",
            "nan",
            "-inf",
            "true",
            "9" * 5000,
            "1e999",
            "1979-05-27",
            "2020-13-45",
            "07:32:00",
            "[]",
            "[[]]",
            "{}",
            '""',
        )
    ),
    st.sampled_from(
        ('"{"', '"{mse}"', '"{mse a b}"', '"{}"', '"}{"', '"\\ud800"', '"\0"', "[1, 'a']", "{a.b = 1}", "'")
    ),
    st.integers(1, 5000).map(lambda depth: "[" * depth),
    st.integers().map(str),
    st.floats().map(repr),
    st.text(max_size=20).map(json.dumps),
    st.lists(st.text(max_size=5)).map(json.dumps),
    st.text(max_size=20),
)


@st.composite
def lessons(draw) -> str:
    """A lesson in which a setting has another value, a line is gone or twice there, or a piece is replaced."""
    kind = draw(st.sampled_from(("value", "value", "line", "piece")))
    if kind == "value":
        start = draw(st.sampled_from(SETTINGS))
        name, rest = SHORT[start:].split(" = ", 1)
        return f"{SHORT[:start]}{name} = {draw(odd_values)}\n{rest.partition(chr(10))[2]}"
    if kind == "line":
        lines = SHORT.splitlines()
        number = draw(st.integers(0, len(lines) - 1))
        return "\n".join([*lines[:number], *[lines[number]] * draw(st.sampled_from((0, 2))), *lines[number + 1 :]])
    start = draw(st.integers(0, len(SHORT)))
    return SHORT[:start] + draw(st.one_of(odd_values, st.text())) + SHORT[start + draw(st.integers(0, 200)) :]


@settings(max_examples=300)
@given(lessons())
def test_any_lesson_file_is_a_lesson_or_is_wrong_in_a_line(text):
    try:
        lesson = parse_lesson(text, "any", PLACES)
    except TextError as error:
        found = re.match(r"lessons/any\.toml, line (\d+): \S", str(error))
        assert found and 1 <= int(found[1]) <= len(text.splitlines()) + 1
    else:
        assert lesson.steps and all(step.missing([]) for step in lesson.steps)


# Manifests.

MANIFEST = json.loads((CHECKPOINTS_FOLDER / "convolutional-all" / "manifest.json").read_text(encoding="utf-8"))
MANIFEST["experiment"] = asdict(EXPERIMENTS[0])  # With all fields, also those that older manifests lack.
numbers = st.one_of(st.integers(), st.floats(), st.sampled_from((10**400, -1, 0, 1e308)))
odd_json = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """The way to every value in a manifest."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def manifests(draw) -> str:
    """A manifest in which a value is another one or gone, or a name is another one; or no manifest at all."""
    if draw(st.integers(0, 9)) == 0:
        text = json.dumps(MANIFEST)
        return draw(st.sampled_from((text[: draw(st.integers(0, len(text)))], "[" * 100_000, "9" * 5000, "\0")))
    changed = json.loads(json.dumps(MANIFEST))
    *way, last = draw(st.sampled_from(places(MANIFEST)[1:]))
    parent = changed
    for key in way:
        parent = parent[key]
    kind = draw(st.sampled_from(("value", "value", "gone", "name")))
    if kind == "value":
        parent[last] = draw(odd_json)
    else:
        value = parent.pop(last)
        if kind == "name" and isinstance(parent, dict):
            parent[draw(st.one_of(st.sampled_from(("a\0b", "../one/errors.csv", "x" * 300, "\ud800")), st.text()))] = (
                value
            )
    return json.dumps(changed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return shutil.copytree(CHECKPOINTS_FOLDER / "convolutional-all", tmp_path_factory.mktemp("any") / "one")


@settings(max_examples=500)
@given(manifests())
def test_any_manifest_is_good_for_the_pages_or_gets_its_sentence(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    try:
        checkpoint = open_checkpoint(folder)
    except CheckpointError as error:
        assert str(error).startswith("The checkpoint one is unavailable: its ")
    else:
        assert checkpoint.name and checkpoint.experiment.group and training_corruption(checkpoint.experiment)
        assert "\u00a0MB.\n\n**Training.** " in card(checkpoint)
        assert 1 <= checkpoint.manifest["best_epoch"] <= checkpoint.manifest["epochs_run"]
        assert checkpoint.parameters >= 0 and checkpoint.manifest["data"].get("test") is not checkpoint
        assert all(set(file["sha256"]) <= set("0123456789abcdef") for file in checkpoint.manifest["files"].values())
