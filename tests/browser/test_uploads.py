"""Every file that somebody picks ends as a picture or as a sentence on the page, at every width."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.visitor import PHONE, PICKER, ROOT, changed, kill, link, server, settle, shown, upload
from ui.frame.share import own_address

FIELD = ROOT / "tests" / "field"
GOOD = (ROOT / "samples" / "owl.png").read_bytes()
WIDTHS = (PHONE, {"width": 820, "height": 1180}, {"width": 1280, "height": 720})


def own(page: Page) -> Locator:
    return page.get_by_alt_text("Your picture, the original")


def alert(page: Page) -> Locator:
    """What the page says of a file that the browser's uploader refused or lost."""
    return page.locator(".st-key-upload_watch [role=alert]")


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    """One whose console may show errors."""
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("size", WIDTHS, ids=lambda size: str(size["width"]))
def test_every_kind_of_file_is_shown_or_gets_a_sentence(address, visit, size, tmp_path):
    page = visit(f"{address}/?image=upload", viewport=size)
    for name in ("small.heic", "small.avif", "displayp3.jpg"):
        before = shown(page)
        upload(page, name.upper(), (FIELD / name).read_bytes())
        changed(page, "original", before)
    for name, content in {"a.svg": (FIELD / "drawing.svg").read_bytes(), "b.pdf": b"%PDF-1.7", "c.zip": b"PK"}.items():
        upload(page, name, content)
        expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
        expect(page.get_by_text("This file is not a picture that can be read here")).to_be_visible()
        settle(page)
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(40_000_001)
    page.locator(PICKER).set_input_files(large)  # As a file: to hand over its content takes a quarter of a minute.
    expect(alert(page)).to_contain_text("This file has more than 40 MB. Save a smaller copy")
    box = alert(page).bounding_box()
    assert box["width"] > 150 and box["height"] > 20 and box["x"] + box["width"] <= size["width"]
    upload(page, "good.png", GOOD)
    expect(alert(page)).to_be_hidden()


def test_a_file_that_gave_way_to_another_is_not_missed(address, visit):
    page = visit(f"{address}/?image=upload")
    upload(page, "good.png", GOOD)
    expect(own(page)).to_be_visible()
    upload(page, "better.png", GOOD)
    expect(page.get_by_role("button", name="Remove better.png")).to_be_visible()
    page.wait_for_timeout(4500)  # By then a file that got lost would be missed.
    expect(alert(page)).to_be_hidden()


def test_a_picture_that_is_taken_away_is_gone(address, visit):
    page = visit(f"{address}/?image=upload")
    before = shown(page)
    upload(page, "good.png", GOOD)
    changed(page, "original", before)
    expect(own(page)).to_be_visible()
    link(page, "Inside")  # It goes along to other pages, whose uploaders are empty.
    link(page, "Playground")
    expect(own(page)).to_be_visible()
    upload(page, "good.png", GOOD)
    settle(page)
    upload(page, "broken.png", GOOD[:1000])  # Nor does it go for a worse one.
    expect(page.get_by_text("This picture is broken or cut short")).to_be_visible()
    expect(own(page)).to_be_visible()
    upload(page, "good.png", GOOD)
    expect(page.get_by_text("This picture is broken or cut short")).to_have_count(0)
    page.get_by_role("button", name="Remove good.png").click()
    expect(own(page)).to_have_count(0)
    expect(page.get_by_text("Until you choose a picture, you see Chelsea.")).to_be_visible()
    assert shown(page)["original"] == before["original"]


@pytest.mark.parametrize("status", [None, 403, 500])
def test_a_file_that_does_not_get_through_is_said_to_be_lost(address, page, status):
    page.goto(f"{address}/?image=upload")
    settle(page)
    page.route("**/upload_file/**", lambda route: route.fulfill(status=status) if status else route.abort())
    upload(page, "good.png", GOOD)
    expect(alert(page)).to_contain_text("This file did not arrive")
    page.unroute("**/upload_file/**")
    before = shown(page)
    upload(page, "good.png", GOOD)
    changed(page, "original", before)
    expect(alert(page)).to_be_hidden()


def test_a_file_that_was_picked_while_the_server_was_away_is_said_to_be_lost(page):
    with server(ROOT) as address:
        page.goto(f"{address}/?image=upload")
        settle(page)
        kill(address)
        app = page.get_by_test_id("stApp")
        expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED", timeout=20_000)
        upload(page, "good.png", GOOD)
        expect(alert(page)).to_contain_text("This file did not arrive", timeout=20_000)
        with server(ROOT, port=int(address.rpartition(":")[2])):
            expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=60_000)
            settle(page)
            expect(alert(page)).to_contain_text("This file did not arrive")


@pytest.fixture
def another_site(address) -> Iterator[str]:
    """The address of a page of another site, with the app in a frame."""

    class Frame(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<iframe width=1200 height=700 src='{address}/?image=upload'></iframe>".encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Frame) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}"
        site.shutdown()


def test_in_a_frame_of_another_site_an_upload_says_why_it_does_not_work(another_site, page):
    """The browser gives a frame none of the cookies by which the server knows that a file comes from its own page."""
    page.goto(another_site)
    frame = page.frame_locator("iframe")
    settle(frame)
    upload(frame, "good.png", GOOD)
    expect(frame.get_by_text("open it in a tab of its own")).to_be_visible()


def test_over_plain_http_the_page_offers_the_upload_in_place_of_the_camera(serve, page):
    if own_address() == "localhost":
        pytest.fail("This machine is in no network: nobody can ask it by another name than localhost.")
    address = serve(ROOT, environment={"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}).replace("127.0.0.1", own_address())
    page.goto(f"{address}/?image=camera")
    settle(page)
    expect(page.get_by_text("Browsers give the camera only to pages whose address begins with https")).to_be_visible()
    expect(page.get_by_test_id("stCameraInput")).to_have_count(0)
    page.get_by_role("button", name="Upload a picture").click()
    expect(page.locator(".st-key-upload_file")).to_be_visible()


def test_on_this_computer_itself_there_is_the_camera(address, visit):
    page = visit(f"{address}/?image=camera")
    expect(page.get_by_test_id("stCameraInput")).to_be_visible()
