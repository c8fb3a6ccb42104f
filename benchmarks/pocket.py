"""How fast the pocket edition is: first picture, beside the main app, dragged strengths, toggles, the live camera."""

import http.server
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import CHROMIUM, QUIET, ROOT, WATCH, serve
from deploy.pocket import build

CAMERA = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]  # A green field, on which things move.
ROUNDS, SECONDS = 7, 2
DRAGGED = {"convolutional-all": 50, "beyond-unet": 35}  # And the reconstructions a second that they should reach.

# These run in the browser, so that nothing but the page is measured. A reconstruction counts when its picture is there.
COUNT = """window.rate = async (seconds, act) => {
  const end = performance.now() + 1000 * seconds
  let count = 0
  const seen = new MutationObserver(() => count++)
  seen.observe(document.querySelector("#reconstructed img"), { attributeFilter: ["src"] })
  while (performance.now() < end) await act()
  seen.disconnect()
  return count / seconds
}"""
DRAG = """seconds => rate(seconds, async () => {
  const strength = document.getElementById("gaussian_noise_std")
  strength.value = 0.05 + 0.3 * Math.abs(Math.sin(performance.now() / 80))
  strength.dispatchEvent(new Event("input"))
  await new Promise(done => setTimeout(done, 4))
})"""
REST = "seconds => rate(seconds, () => new Promise(done => setTimeout(done, 50)))"
TOGGLE = """() => new Promise(done => {
  const began = performance.now()
  new MutationObserver(() => done(performance.now() - began)).observe(
    document.querySelector("#reconstructed img"), { attributeFilter: ["src"] })
  document.getElementById("cutout").click()
})"""


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and counts the bytes."""

    sent = 0

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        Files.sent += len(content)
        outputfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """A line per measurement."""
    with sync_playwright() as playwright, files(build()) as pocket, serve(ROOT / "app.py") as (app, _):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *CAMERA])
        firsts = [[*first_of_pocket(browser, pocket), *first_of_app(browser, app)] for _ in range(ROUNDS + 1)][1:]
        cold, warm, bytes_cold, app_cold, app_warm = (statistics.median(column) for column in zip(*firsts, strict=True))
        print(f"{'medians of ' + str(ROUNDS):44}{'pocket':>9}{'app':>9}  goal")
        print(f"{'navigation to first reconstruction, cold, s':44}{cold:9.2f}{app_cold:9.2f}  at most 1.0")
        print(f"{'the same, warm, s':44}{warm:9.2f}{app_warm:9.2f}  at most 0.4")
        print(f"{'bytes until then, MB':44}{bytes_cold:9.2f}{'':9}  at most 5.5")
        for name, goal in DRAGGED.items():
            rate = measure(browser, f"{pocket}?model={name}", drag)
            print(f"{'reconstructions a second, ' + name:44}{rate:9.0f}{'':9}  at least {goal}")
        print(f"{'toggle to picture, ms':44}{measure(browser, pocket, toggle):9.0f}{'':9}  two frames: 33")
        print(f"{'pictures a second of the camera':44}{measure(browser, pocket, film):9.0f}{'':9}  at least 15")


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """The address of a server of files."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """A new visitor's page."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720}, reduced_motion="reduce", permissions=["camera"]
    )
    yield context.new_page()
    context.close()


def first_of_pocket(browser: Browser, address: str) -> tuple[float, float, float]:
    """Seconds to the first reconstruction at the first visit and at the next one, and the megabytes of the first."""
    with visitor(browser) as page:
        before = Files.sent
        page.goto(address, wait_until="commit")
        cold = until_ready(page)
        sent = Files.sent - before
        page.wait_for_timeout(2500)  # What is kept for the next visit comes now.
        page.reload(wait_until="commit")
        return cold, until_ready(page), sent / 1e6


def until_ready(page: Page) -> float:
    """Seconds from navigation to the first reconstruction."""
    page.wait_for_function("window.lab")
    return page.evaluate("lab.ready.then(() => performance.now() / 1000)")


def first_of_app(browser: Browser, address: str) -> tuple[float, float]:
    """The same for the main app."""
    with visitor(browser) as page:
        page.add_init_script(WATCH)
        times = []
        for _ in range(2):
            page.goto(address, wait_until="commit")
            times.append(page.evaluate("firstShown.then(shown => shown - performance.timeOrigin / 1000)"))
        return times[0], times[1]


def measure(browser: Browser, address: str, measurement: Any) -> float:
    """The median of a measurement, each with a visitor of its own."""
    results = []
    for _ in range(ROUNDS):
        with visitor(browser) as page:
            page.add_init_script(COUNT)
            page.goto(address)
            page.evaluate("lab.ready")
            page.wait_for_timeout(1500)
            results.append(measurement(page))
    return statistics.median(results)


def drag(page: Page) -> float:
    """Reconstructions a second while a strength is dragged."""
    return page.evaluate(DRAG, SECONDS)


def film(page: Page) -> float:
    """Reconstructions a second of what the camera sees."""
    page.locator("#camera").click()
    page.locator("#seen").wait_for()
    return page.evaluate(REST, SECONDS)


def toggle(page: Page) -> float:
    """Milliseconds until the reconstruction follows a toggle."""
    return page.evaluate(TOGGLE)


if __name__ == "__main__":
    main()
