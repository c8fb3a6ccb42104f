"""Takes the pictures of the README from what is running: `python docs/take_screenshot.py http://localhost:8501`.

Of the pocket edition: `python docs/take_screenshot.py http://localhost:8600 pocket.png`.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.goto(sys.argv[1])
    page.locator(".st-key-original img").wait_for()
    page.wait_for_timeout(2000)  # Fonts and icons come late.
    page.screenshot(path=Path(__file__).parent / (sys.argv[2] if len(sys.argv) > 2 else "playground.png"))
    browser.close()
