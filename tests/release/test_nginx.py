"""Two replicas below a path, behind nginx, as deploy/nginx.conf sets them up. Needs nginx: `pytest -m nginx`."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.visitor import ROOT, changed, choose_picture, link, server, settle, shown, switch, upload

pytestmark = pytest.mark.nginx
SAMPLE = (ROOT / "samples" / "owl.png").read_bytes()


@pytest.fixture(scope="module")
def replicas() -> Iterator[dict[str, tuple[str, ExitStack]]]:
    """The addresses of the two by their numbers, and what stops them."""
    path = {"STREAMLIT_SERVER_BASE_URL_PATH": "lab"}
    with ExitStack() as first, ExitStack() as second:
        stacks = {"1": first, "2": second}
        yield {
            number: (stack.enter_context(server(ROOT, environment=path | {"DAE_REPLICA": number})), stack)
            for number, stack in stacks.items()
        }


@pytest.fixture(scope="module")
def lab(replicas, tmp_path_factory) -> Iterator[str]:
    """The address at nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (ROOT / "deploy" / "nginx.conf").read_text().replace("listen 80", f"listen 127.0.0.1:{port}")
    for number, (address, _) in replicas.items():
        text = text.replace(f"127.0.0.1:860{number}", urlsplit(address).netloc)
    config = folder / "nginx.conf"
    config.write_text(f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off;\n{text}\n}}")
    with subprocess.Popen(["nginx", "-e", "stderr", "-c", config]) as process:
        while not (folder / "pid").exists():
            assert process.poll() is None, "nginx stopped"
        yield f"http://127.0.0.1:{port}/lab/"
        process.terminate()


def replica(page: Page) -> str:
    """The number of the one that a page's visitor is with."""
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "replica")


def someone_at(number: str, lab: str, visit) -> Page:
    """A visitor who has drawn this replica."""
    for _ in range(20):
        page = visit(lab)
        if replica(page) == number:
            return page
    raise AssertionError(f"twenty visitors, and nobody is at replica {number}")


@pytest.mark.parametrize("number", ["1", "2"])
def test_pages_uploads_and_pictures_work_at_both_replicas(lab, visit, number):
    page = someone_at(number, lab, visit)
    before = shown(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    choose_picture(page, "upload")
    upload(page, "owl.png", SAMPLE)
    expect(page.get_by_alt_text("Your picture, the original")).to_be_visible(timeout=20_000)
    link(page, "Report")
    link(page, "Playground")
    expect(page.get_by_alt_text("Your picture, the original")).to_be_visible(timeout=20_000)
    assert replica(page) == number and page.url.startswith(f"{lab}?")


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_short_link_leads_to_the_replica_that_remembers_it(lab, visit, number):
    teacher = someone_at(number, f"{lab}?seed=42&cutout=false", visit)
    teacher.get_by_role("button", name="Link for the class").click()
    address = urlsplit(teacher.locator("code").inner_text())
    assert address.path == "/lab/" and address.query.startswith(f"go={number}")
    student = someone_at("21"[int(number) - 1], lab, visit)
    student.goto(f"{lab}?{address.query}")
    student.wait_for_url("**/lab/*seed=42*")
    settle(student)
    assert replica(student) == number and shown(student) == shown(teacher)


def test_an_answer_to_a_page_that_was_left_does_not_take_its_visitor_back(lab, visit):
    page = visit(lab)
    late = page.request.get(f"{lab}_stcore/health")
    assert late.ok and "replica=" not in late.headers.get("set-cookie", "")
    other = "21"[int(replica(page)) - 1]
    assert f"replica={other};" in page.request.get(f"{lab}?go={other}").headers["set-cookie"]


def test_a_page_goes_on_at_the_other_replica_when_its_own_one_stops(lab, replicas, visit):
    """The last test: one replica is gone afterwards."""
    page = someone_at("1", f"{lab}?seed=42&image=owl", visit)
    before = shown(page)
    with page.expect_websocket(timeout=30_000):  # To the other one.
        replicas["1"][1].close()
    expect(page.get_by_test_id("stConnectionStatus")).to_have_count(0, timeout=30_000)
    settle(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    assert "seed=42" in page.url and "image=owl" in page.url
    assert shown(page)["original"] == before["original"]
