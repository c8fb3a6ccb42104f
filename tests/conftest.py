"""What several test files share."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import Experiment, ModelSpec
from dae_core.pictures.dataset import load_split
from dae_core.pictures.samples import load_sample
from tests.sampled import COMMITTED, SAMPLED
from tests.visitor import CAMERA, CHROMIUM, HOUSE_MODELS, QUIET, ROOT, TILES, Visitors, is_error, server, settle
from ui.frame.share import own_address

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # Some tests import onnxruntime before dae_core can say so.


@pytest.fixture(scope="session")
def picture():
    """A real picture, (64, 64, 3) float32 in [0, 1]; nobody may write to it."""
    picture = load_sample("cat-chelsea")
    picture.setflags(write=False)
    return picture


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory) -> Path:
    """A data set of made-up 64 x 64 pictures, to be read only: 24 to train on, 8 to validate, 8 to test."""
    folder = tmp_path_factory.mktemp("made-up") / "data"
    random = np.random.default_rng(0)
    for split, count in {"train": 12, "val": 4, "test": 4}.items():
        for animal, colour in {"cat": (220, 150, 90), "dog": (90, 120, 200)}.items():
            (folder / split / animal).mkdir(parents=True)
            for number in range(count):
                blobs = random.uniform(0.2, 1, (6, 6, 1)) * colour
                image = Image.fromarray(blobs.astype(np.uint8)).resize((64, 64), Image.Resampling.BICUBIC)
                image.save(folder / split / animal / f"{animal}-{number:02d}.jpg", quality=95)
    return folder


@pytest.fixture(scope="session")
def splits(data_folder):
    """Its three parts: train, val, test."""
    return tuple(load_split(split, data_folder) for split in ("train", "val", "test"))


@pytest.fixture(scope="session")
def tiny_experiment() -> Experiment:
    """What a test can train in seconds."""
    return Experiment("tiny", ModelSpec("network-1", 8), ("gaussian_noise", "cutout"), epochs=4, batch_size=2, seed=7)


@pytest.fixture(scope="session")
def tiny_state(tmp_path_factory) -> Path:
    """The folder in which `tiny_run` leaves the state of a finished training, to be read only."""
    return tmp_path_factory.mktemp("state") / "tiny"


@pytest.fixture(scope="session")
def tiny_run(tiny_experiment, splits, tiny_state):
    """Its training, never interrupted."""
    from dae_core.training.run import train

    return train(tiny_experiment, splits[0], splits[1], tiny_state)


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_experiment, tiny_run, splits, tmp_path_factory):
    """Its checkpoint, to be read only."""
    from dae_core.training.export import export

    return export(tiny_experiment, tiny_run, splits[1], splits[2], tmp_path_factory.mktemp("checkpoints") / "tiny")


# Which tests run together, and which are slow.


MORE = COMMITTED.keys() - SAMPLED.values()


@pytest.hookimpl(tryfirst=True)  # Before pytest looks which tests are slow.
def pytest_collection_modifyitems(items):
    """Says which tests run in one process, which begin, and which are slow.

    Slow are, besides those that say so, the browser's but for a few journeys, what is about a release, and one
    checkpoint like another.
    """
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        folder = item.path.parent.name
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
        if (
            folder == "release"
            or (folder in ("browser", "pocket") and not item.get_closest_marker("journey"))
            or _is_one_more(item)
        ):
            item.add_marker(pytest.mark.slow)
    # What takes longest begins, one in each of two processes; the many short ones fill what is left of the time.
    longest = ["keras", "browser", "pages"]
    items.sort(key=lambda item: (longest.index(groups[item]) if groups[item] in longest else 3, not groups[item]))


def _group(item) -> str | None:
    """Tests that share what takes long to make run together: TensorFlow, a browser and its server, or a cache."""
    folder, fixtures = item.path.parent.name, set(item.fixturenames)
    if folder == "pocket":
        return folder
    if {"chromium", "address", "serve"} & fixtures:
        return "browser" if "address" in fixtures or "serve" not in fixtures else "servers"
    if folder in ("training", "networks") or {"tiny_run", "tiny_checkpoint"} & fixtures:
        return "keras"
    if folder == "apptest":
        return "pages"
    return item.path.name if folder in ("serving", "scores", "release") else None


def pytest_collection_finish(session):
    """Some versions of pytest and pytest-xdist do not understand each other about groups, and say nothing."""
    if session.config.getoption("loadgroup", False):
        grouped = [item.nodeid for item in session.items if item.get_closest_marker("xdist_group")]
        assert all("@" in nodeid for nodeid in grouped), "no groups: take the versions of requirements-dev.txt"


def _is_one_more(item) -> bool:
    """Whether a test is about a checkpoint whose architecture another one shows as well."""
    if item.path.parent.name not in ("apptest", "serving", "scores") or not hasattr(item, "callspec"):
        return False
    values = item.callspec.params.values()
    return any(getattr(value, "name", value) in MORE for value in values if isinstance(value, str | Checkpoint))


# The real server, and visitors with a real browser.


def pytest_addoption(parser):
    parser.addoption("--address", help="where the app runs already, for the browser tests; without it they start it")


@pytest.fixture(scope="session")
def address(request) -> Iterator[str]:
    running = request.config.getoption("address")
    with nullcontext(running) if running else server(ROOT) as address:
        yield address


@pytest.fixture
def house(tmp_path) -> Path:
    """A copy of what the app needs, with two models, to be damaged."""
    for folder in (
        "pages",
        "ui",
        "dae_core",
        "samples",
        ".streamlit",
        *(f"checkpoints/{name}" for name in HOUSE_MODELS),
    ):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Calls `server`; asked for before `visit`, it stops when the visitors have gone."""
    with ExitStack() as servers:
        yield lambda *options, **more: servers.enter_context(server(*options, **more))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser that finds no other machine, as in a classroom without a network."""
    offline = f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE {own_address()}"
    expect.set_options(timeout=15_000)  # What is awaited comes late on a machine that has much to do.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *CAMERA, offline])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visitors(chromium) -> Visitors:
    return Visitors(chromium)


@pytest.fixture
def visit(visitors):
    """Opens an address as a new visitor, and counts the messages that their page sends to the server.

    At the end, nobody's console may show an error, and nothing may have been asked of any other host: that has failed,
    as the browser finds none.
    """
    errors, strangers = [], []
    with ExitStack() as present:

        def open_page(address: str, **options) -> Page:
            home = "/".join(address.split("/")[:3])
            own = (home, "data:", "blob:")
            listeners = {
                "console": lambda message: errors.append(message.text) if is_error(message) else None,
                "pageerror": lambda error: errors.append(str(error)),
                "requestfailed": lambda request: None if request.url.startswith(own) else strangers.append(request.url),
                "websocket": lambda socket: socket.on("framesent", lambda _: open_page.messages.update([page])),
            }
            page = present.enter_context(visitors.one(address, listeners, **options))
            page.goto(address)
            settle(page, TILES if page.url.split("?")[0] == f"{home}/" else ())
            return page

        open_page.messages = Counter()
        yield open_page
    assert not errors
    assert not strangers
