"""Takes the picture of the README from a running app: `python docs/take_screenshot.py http://localhost:8501`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(sys.argv[1])
    page.locator(".st-key-original img").wait_for()
    page.wait_for_timeout(2000)  # Fonts and icons come late.
    page.screenshot(path=Path(__file__).parent / "playground.png")
    browser.close()
