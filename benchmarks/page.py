"""How long a visitor of the Playground waits, against the smallest app that shows three pictures and has a toggle."""

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
STARTS, VISITS, TOGGLES = 5, 10, 4

# The keys are those of the page contract, so that one script watches both apps.
SMALLEST = """
import numpy as np
import streamlit as st

noise = 0.2 if st.toggle("More noise", key="gaussian_noise") else 0.1
pictures = np.random.default_rng(0).normal(0.5, noise, (3, 64, 64, 3)).clip(0, 1)
for column, key, picture in zip(st.columns(3), ("distorted", "reconstructed", "original"), pictures):
    with column.container(key=key):
        st.image(picture.repeat(6, axis=0).repeat(6, axis=1))
"""

# This runs in the browser, so that nothing but the page is measured. It looks at the two pictures in every frame, and
# calls back in the frame after the one that has both of them complete and other than before.
WATCH = """
window.pictures = () => ["distorted", "reconstructed"].map(key => document.querySelector(`.st-key-${key} img`))
window.whenNew = (old, done) => requestAnimationFrame(() => {
  const isNew = pictures().every((img, i) => img?.src && img.src !== old[i] && img.complete && img.naturalWidth)
  isNew ? requestAnimationFrame(() => done(performance.now())) : whenNew(old, done)
})
window.firstShown = new Promise(done => whenNew([], now => done((performance.timeOrigin + now) / 1000)))
"""
WATCH_CLICK = """
void (window.changed = new Promise(done => {
  const old = pictures().map(img => img.src)
  const clicked = event => whenNew(old, now => done(now - event.timeStamp))
  addEventListener("click", clicked, { capture: true, once: true })
}))
"""


def main() -> None:
    """A line per measurement."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        smallest = Path(folder) / "smallest.py"
        smallest.write_text(SMALLEST)
        scripts = (ROOT / "app.py", smallest)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        # The first visit of each fills the caches of the disk.
        starts = [[start(browser, script) for script in scripts] for _ in range(STARTS + 1)][1:]
        with serve(scripts[0]) as (app, app_process), serve(scripts[1]) as (smallest_app, smallest_process):
            rounds = [[toggles(browser, address) for address in (app, smallest_app)] for _ in range(VISITS)]
            memory = [resident(process) for process in (app_process, smallest_process)]
    firsts = [[times[0] for times in pair] for pair in rounds]
    others = [times for pair in rounds for times in zip(*(times[1:] for times in pair), strict=True)]
    print(f"{'medians':36}{'app':>9}{'smallest':>10}{'ratio':>8}  goal")
    line("start to first pictures, s", *medians(starts), "2f", "ratio at most 1.5")
    line("first toggle to new pictures, ms", *medians(firsts), "0f", "ratio at most 1.2")
    line("further toggles, ms", *medians(others), "0f", "ratio at most 1.2")
    line(f"resident after {VISITS} visits, MB", *memory, "0f", "at most 400 MB")


def line(what: str, app: float, smallest: float, digits: str, goal: str) -> None:
    print(f"{what:36}{app:9.{digits}}{smallest:10.{digits}}{app / smallest:8.2f}  {goal}")


def medians(pairs: Iterable[Sequence[float]]) -> Iterator[float]:
    """Of the app, and of the smallest one."""
    return (statistics.median(column) for column in zip(*pairs, strict=True))


@contextmanager
def serve(script: Path) -> Iterator[tuple[str, psutil.Process]]:
    """A Streamlit server with the options of the project: its address, as soon as it answers, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--logger.level=error"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, *options], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the server stopped"
                time.sleep(0.005)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=20)


def visit(browser: Browser, address: str) -> Page:
    """A new visitor's page, with both pictures on it."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    page.evaluate("firstShown")
    return page


def start(browser: Browser, script: Path) -> float:
    """Seconds from the start of the server's process until both pictures are on the screen."""
    began = time.time()
    with serve(script) as (address, _):
        page = visit(browser, address)
        shown = page.evaluate("firstShown")
        page.context.close()
    return shown - began


def toggles(browser: Browser, address: str) -> list[float]:
    """What a new visitor waits for: milliseconds from a click on the toggle until both pictures are other ones.

    The first pictures are new to the browser; the further ones it has seen before, there and back.
    """
    page = visit(browser, address)
    times = []
    for _ in range(TOGGLES):
        wait_until_idle(page)
        page.evaluate(WATCH_CLICK)
        page.locator(".st-key-gaussian_noise label").click()
        times.append(page.evaluate("changed"))
    page.context.close()
    return times


def resident(server: psutil.Process) -> float:
    """Megabytes that a server and its children hold."""
    return sum(process.memory_info().rss for process in (server, *server.children(recursive=True))) / 1e6


def wait_until_idle(page: Page) -> None:
    """Until the script has run to its end, and a little longer for what the browser still has to do."""
    page.locator('[data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
