"""What a visitor does: shared by the tests that use the real server in a real Chromium. Fixtures: conftest.py."""

import base64
import hashlib
import io
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Error, FrameLocator, Page, expect

from dae_core.experiments import TITLES as NETWORKS
from ui.controls.picture import TITLES as PICTURES

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# It sees a green field on which something moves; who was not given permission before is refused.
CAMERA = ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
PHONE = {"width": 390, "height": 844}
HOUSE_MODELS = ("convolutional-all", "distortion-all")  # Of the fixture `house`.
PICKER = ".st-key-upload_file input[type=file]"
TILES = ("distorted", "reconstructed", "original")


@contextmanager
def server(
    folder: Path,
    log: Path | None = None,
    file_bytes: int | None = None,
    python: Sequence[str] = (sys.executable,),
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[str]:
    """The app in a folder; gives its address.

    Args:
        folder: With the app.
        log: Where its standard error goes.
        file_bytes: The size of the largest file that it may write.
        python: The interpreter and its options.
        environment: What it finds there besides.
        port: Where; a free one, if none is given.
    """
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [*python, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = os.environ | {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1"} | (environment or {})
    with log.open("w") if log else nullcontext() as stderr:
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=stderr)
    if file_bytes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    path = environment.get("STREAMLIT_SERVER_BASE_URL_PATH")
    address = f"http://127.0.0.1:{port}" + (f"/{path}" if path else "")
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the server stopped"
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def kill(address: str) -> None:
    """Kills a server that was started here."""
    option = f"--server.port={urlsplit(address).port}"
    (process,) = [child for child in psutil.Process().children() if option in child.cmdline()]
    process.kill()
    process.wait(timeout=20)


class Visitors:
    """Lends one page after another to somebody who was never there.

    A page that has loaded the app's scripts before loads them in half of the time, and loading them is most of what a
    visit costs. Nothing else is left of the visitor before: no storage, no history, no listener, no route.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = defaultdict(list)

    @contextmanager
    def one(self, address: str, listeners: Mapping[str, Callable] | None = None, **options) -> Iterator[Page]:
        """An empty page; options as in `Browser.new_context`."""
        size = options.pop("viewport", {"width": 1280, "height": 720})
        media = {"color_scheme": "light", "reduced_motion": "reduce"}
        media |= {key: options.pop(key) for key in [*media] if key in options}
        free = self._free[repr(sorted(options.items()))]
        page = free.pop() if free else self._browser.new_context(**options).new_page()
        page.set_viewport_size(size)
        page.emulate_media(media="screen", **media)
        session = page.context.new_cdp_session(page)
        own = {"origin": "/".join(address.split("/")[:3]), "storageTypes": "all"}
        session.send("Storage.clearDataForOrigin", own)
        for event, listener in (listeners or {}).items():
            page.on(event, listener)
        yield page
        for one in page.context.pages:
            if one is not page:
                one.close()
        if page.is_closed():
            return
        for event, listener in (listeners or {}).items():
            page.remove_listener(event, listener)
        page.unroute_all(behavior="ignoreErrors")
        with suppress(Error):  # A page that was never reached has none.
            page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        session.send("Page.resetNavigationHistory")
        session.detach()
        free.append(page)


# What Streamlit says while its server is away, and for a moment longer.
AWAY = ("Client Error in reaching server endpoint", "Streamlit server is not responding", "WebSocket connection to")


def is_error(message: ConsoleMessage) -> bool:
    """Streamlit looks for its server below the page's own address first, and complains that it is not there."""
    elsewhere = "/_stcore/" not in message.location.get("url", "")
    return message.type == "error" and elsewhere and not message.text.startswith(AWAY)


def settle(page: Page | FrameLocator, tiles: Sequence[str] = TILES) -> None:
    """Waits until the heading and the tiles are there and the server has nothing more to say."""
    expect(page.locator("h1").first).to_be_attached(timeout=30_000)
    for tile in tiles:
        image = page.locator(f".st-key-{tile} img")
        expect(image.first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=30_000)
    for tile in tiles:  # For a moment, there may be the one of the step before, too.
        expect(page.locator(f".st-key-{tile} img")).to_have_count(1, timeout=30_000)


def quiet(page: Page) -> None:
    """Waits until page and server have said nothing to each other for a second: no widget asks that late by itself."""
    page.wait_for_function(
        """() => talk.heard > talk.asked && performance.now() - talk.heard > 1000
          && document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning" """
    )


def shown(page: Page) -> dict[str, str]:
    """A fingerprint of the picture in each tile: its address holds the whole PNG."""
    sources = {tile: page.locator(f".st-key-{tile} img").get_attribute("src") for tile in TILES}
    return {tile: hashlib.sha256(source.encode()).hexdigest() for tile, source in sources.items()}


def pixels(page: Page, tile: str) -> np.ndarray:
    """What a tile shows, (64, 64, 3) in [0, 1]."""
    source = page.locator(f".st-key-{tile} img").get_attribute("src")
    image = Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2])))
    return np.asarray(image)[3::6, 3::6] / 255


def changed(page: Page, tile: str, before: dict[str, str]) -> None:
    """Waits until a tile shows another picture."""
    deadline = time.monotonic() + 15
    while shown(page)[tile] == before[tile]:
        assert time.monotonic() < deadline, f"the {tile} picture stayed the same"
        page.wait_for_timeout(50)
    settle(page)


def switch(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} label").first.click()


def choose(page: Page, key: str, option: str) -> None:
    page.locator(f".st-key-{key} input").click()
    page.locator(f".st-key-{key} input").fill(option)  # Of a long list, the browser has only what is in view.
    page.get_by_role("option", name=option, exact=True).click()


def choose_picture(page: Page, name: str) -> None:
    """By the name that it has in addresses."""
    choose(page, "image", PICTURES[name])


def choose_network(page: Page, name: str) -> None:
    """By its title, which stands in the popover that tells about the network."""
    page.get_by_role("button", name="This network").click()
    choose(page, "model", NETWORKS[name])
    page.keyboard.press("Escape")


def picked(page: Page) -> list[str]:
    """What is on in the rows of the picker: decoder, latent size (if any), trained on."""
    expect(page.locator(".picker button").first).to_be_attached()
    on = ".picker button[aria-pressed=true], .picker select.on"
    return page.locator(on).evaluate_all(
        "all => all.map(one => one.value ? one.selectedOptions[0].text : one.textContent)"
    )


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator(PICKER).set_input_files({"name": name, "mimeType": "image/png", "buffer": content})


def link(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    expect(page).to_have_title(f"{name} · Denoising lab")
    settle(page, ())


def wait_for_keys(page: Page) -> None:
    """Waits until presenter mode listens: that is when its type is large."""
    page.wait_for_function("document.documentElement.classList.contains('presenting')")
