"""What an operator relies on, with the real server: its log, and what it does not write down."""

import gzip
import io
import json
import re
import time
import urllib.request
from urllib.parse import urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.visitor import ROOT, changed, kill, settle, shown, switch, upload


def noise_png(side: int) -> bytes:
    """A picture that does not compress: three bytes per pixel."""
    pixels = np.random.default_rng(0).integers(256, size=(side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_the_log_says_what_happened_in_one_line_each_and_nothing_about_people(house, serve, visit, tmp_path):
    (house / "checkpoints" / "distortion-all" / "manifest.json").write_text("{")
    log = tmp_path / "log"
    address = serve(house, log=log)
    deadline = time.monotonic() + 30
    while '"event": "start"' not in log.read_text():
        assert time.monotonic() < deadline, "a server says that it has started before anybody comes"
        time.sleep(0.1)
    page = visit(f"{address}/?image=upload")
    upload(page, "my-cat-minka.png", b"this is not a picture")
    expect(page.get_by_text("This file is not a picture")).to_be_visible()
    visit(page.url)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines] == ["checkpoint refused", "start", "upload refused"]
    refused, start, uploaded = lines
    assert "distortion-all" in refused["reason"]
    assert start["checkpoints"] == ["convolutional-all"] and start["versions"]["streamlit"]
    assert start["address"] == page.url.split("/?")[0]
    assert uploaded["reason"].startswith("This file is not a picture")
    assert "minka" not in log.read_text()


def test_what_browsers_load_most_of_is_compressed(address):
    with urllib.request.urlopen(address, timeout=5) as answer:
        page = answer.read().decode()
    scripts = re.findall(r"static/js/index[\w.-]+", page)
    assert scripts
    for path in ("", *scripts, *re.findall(r"static/css/[\w.-]+", page)):
        asked = urllib.request.Request(f"{address}/{path}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=5) as small, urllib.request.urlopen(f"{address}/{path}") as whole:
            assert small.headers["Content-Encoding"] == "gzip", path
            assert gzip.decompress(small.read()) == whole.read()


def test_an_upload_is_never_on_the_disk(house, serve, visit):
    content = noise_png(1200)
    assert len(content) > 4_000_000
    page = visit(serve(house, file_bytes=1_000_000) + "/?image=upload")
    upload(page, "large.png", content)
    expect(page.get_by_alt_text("Your picture, the original")).to_be_visible(timeout=20_000)


def uploaded_bytes(address: str) -> int:
    """What the server holds of uploads, by its own account."""
    with urllib.request.urlopen(f"{address}/_stcore/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return sum(int(line.rpartition(" ")[2]) for line in lines if 'cache_type="UploadedFileManager"' in line)


def test_an_upload_goes_with_its_visitor_though_nobody_else_comes(serve, visit):
    content = noise_png(500)
    address = serve(ROOT, environment={"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "3"})
    page = visit(f"{address}/?image=upload")
    upload(page, "own.png", content)
    expect(page.get_by_alt_text("Your picture, the original")).to_be_visible(timeout=20_000)
    assert uploaded_bytes(address) == len(content)
    page.wait_for_timeout(4000)
    assert uploaded_bytes(address) == len(content)  # While they are there, however long.
    page.close()
    deadline = time.monotonic() + 20
    while uploaded_bytes(address) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert uploaded_bytes(address) == 0


def said(url: str) -> set[str]:
    """What an address says."""
    return set(urlsplit(url).query.split("&"))


def test_a_click_into_a_dying_server_is_shown_when_it_is_back(serve, visit):
    address = serve(ROOT)
    page = visit(f"{address}/?image=parrot&seed=7&salt_and_pepper=false")
    switch(page, "cutout")
    page.wait_for_url("**cutout=false**")
    settle(page)
    before, url = shown(page), page.url
    assert said(url) == {"image=parrot", "seed=7", "salt_and_pepper=false", "cutout=false"}
    page.locator(".st-key-gaussian_noise label").first.click(no_wait_after=True)
    kill(address)
    page.wait_for_timeout(1000)  # The browser notices, and begins to try again.
    assert shown(page)["original"] == before["original"]  # What was there stays to be seen.
    serve(ROOT, port=urlsplit(address).port)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
    page.wait_for_url(lambda now: said(now) == said(url) | {"gaussian_noise=false"}, timeout=30_000)
    fresh, now = shown(visit(page.url)), shown(page)
    if now != fresh:
        changed(page, "distorted", now)
    assert shown(page) == fresh
    switch(page, "cutout")
    page.wait_for_url(lambda now: "cutout=false" not in now)
