"""The pocket edition, built once, and visitors who find it on a plain server of files."""

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deploy.pocket import build

PLACE = "somewhere/below"  # No host has to give it a domain of its own.
CHANGES = "name => { window.before = lab.pixels(name); return before.length }"
CHANGED = (
    "name => lab.pixels(name) !== window.before && lab.pixels(name).some((value, at) => value !== window.before[at])"
)


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    """Does not mind visitors who leave before all has come, and does not wait for those who stay."""

    block_on_close = False

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of files."""
    handler = functools.partial(Files, directory=str(folder))
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def pocket(tmp_path_factory) -> Path:
    """The folder that the build makes, to be read only."""
    return build(tmp_path_factory.mktemp("pocket") / PLACE)


@pytest.fixture(scope="session")
def home(pocket) -> Iterator[str]:
    """Where it is served."""
    with serving(pocket.parents[1]) as address:
        yield f"{address}/{PLACE}/"


@pytest.fixture
def come(visitors) -> Iterator[Callable[..., Page]]:
    """Opens an address as a new visitor, once the first reconstruction is there.

    At the end, nobody's console may show an error, and nothing may have been asked of any other host.
    """
    wrong: list[str] = []
    with ExitStack() as present:

        def open_page(address: str, ready: bool = True, expected: str = "", **options) -> Page:
            host = "/".join(address.split("/")[:3])
            own = (host, "data:", "blob:")
            listeners = {
                "requestfailed": lambda request: None if request.url.startswith(own) else wrong.append(request.url),
                "pageerror": lambda error: wrong.append(str(error)),
                "console": lambda one: wrong.append(one.text) if one.type == "error" and not expected else None,
            }
            page = present.enter_context(visitors.one(address, listeners, **options))
            page.goto(address)
            if ready:
                page.evaluate("lab.ready")
            return page

        yield open_page
    assert not wrong


def changes(page: Page, act, tile: str = "reconstructed") -> None:
    """Does something, and waits until a tile shows another picture."""
    page.evaluate(CHANGES, tile)
    act()
    page.wait_for_function(CHANGED, arg=tile)
