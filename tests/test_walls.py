"""Imports go one way: no room knows of one that stands before it here, and the cheap rooms stay cheap."""

import ast
import subprocess
import sys

import pytest

from tests.visitor import ROOT

# A room may import from itself and from those below it.
ROOMS = (
    "pages",
    "ui.parts",
    "ui.frame",
    "ui.widgets",
    "ui.controls",
    "ui.shelf",
    "ui.charts",
    "ui.component",
    "dae_core.telling",
    "dae_core.training",
    "dae_core.scores",
    "dae_core.serving",
    "dae_core.networks",
    "dae_core.checkpoints",
    "dae_core.experiments",
    "dae_core.distortions",
    "dae_core.pictures",
    "dae_core.events",
    "dae_core.errors",
)
FILES = [
    file.relative_to(ROOT) for folder in ("pages", "ui", "dae_core") for file in sorted((ROOT / folder).rglob("*.py"))
]


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), None)


def imported(file) -> set[str]:
    """The modules of this project that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("ui", "dae_core")):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.startswith(("ui", "dae_core"))}
    return found


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_module_imports_from_its_own_room_and_those_below_it(file):
    own = room_of(".".join(file.with_suffix("").parts))
    for module in imported(file) if own else ():
        assert ROOMS.index(room_of(module)) >= ROOMS.index(own), f"{file} imports {module}"
        assert {own, room_of(module)} != {"dae_core.telling", "dae_core.training"}, f"{file} imports {module}"


def test_every_module_stands_in_a_room_and_few_stand_in_the_hall():
    hall = {file.name for file in FILES if file.parent.name == "dae_core"}
    assert hall == {"__init__.py", "experiments.py", "checkpoints.py", "errors.py", "events.py"}
    assert {file.name for file in FILES if file.parent.name == "ui"} == {"__init__.py", "component.py"}


@pytest.mark.parametrize(
    ("modules", "never"),
    [
        (
            "dae_core.telling.tables, dae_core.telling.steps, dae_core.scores.rows",
            "albumentations cv2 keras onnxruntime filelock",
        ),
        (
            "dae_core.experiments, dae_core.checkpoints, dae_core.distortions.strengths",
            "albumentations numpy.random PIL",
        ),
        (
            "dae_core.telling.cards, dae_core.telling.lessons, dae_core.serving.denoiser",
            "keras tensorflow streamlit filelock",
        ),
        (
            "ui.charts.figures, ui.charts.scatters, ui.charts.diagram, ui.charts.theme",
            "streamlit onnxruntime albumentations",
        ),
    ],
)
def test_what_only_reads_loads_nothing_that_computes(modules, never):
    script = f"import sys, {modules}; print(*sorted(set({never.split()}) & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
