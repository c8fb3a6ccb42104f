"""What is put on a server: complete without TensorFlow, silent towards other hosts, and usable from inside a frame."""

import http.server
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from importlib.metadata import Distribution, distribution
from pathlib import Path

import cv2
import numpy as np
import pytest
from packaging.requirements import Requirement
from playwright.sync_api import Page, expect

from deploy import space
from tests.release import chroot
from tests.visitor import ROOT, changed, choose_picture, link, settle, shown, switch, upload
from ui.frame.page import linked

SAMPLE = (ROOT / "samples" / "owl.png").read_bytes()
# Runs a module, and says of every connection, look-up and program that Python starts on the way what it is.
LISTENER = """
import runpy, sys
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen"}
sys.addaudithook(lambda event, given: event in WATCHED and print("ASKED", event, given, file=sys.stderr, flush=True))
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The folder of a Space, to be read only."""
    return space.build(tmp_path_factory.mktemp("built") / "space")


@pytest.fixture(scope="module")
def serving_packages(tmp_path_factory) -> Path:
    """A folder with the packages that requirements-serve.txt installs, and no others."""
    folder = tmp_path_factory.mktemp("site-packages")
    lines = (ROOT / "requirements-serve.txt").read_text().splitlines()
    for package in needed([line for line in lines if line and line[0] not in "#-"]):
        for name in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (folder / name).exists():
                (folder / name).symlink_to(Path(package.locate_file(name)))
    return folder


def needed(requirements: list[str]) -> list[Distribution]:
    """The installed packages that these are, and that these pull in."""
    found, waiting = {}, [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[requirement.name] = distribution(requirement.name)
        waiting += [Requirement(line) for line in found[requirement.name].requires or ()]
    return list(found.values())


@pytest.fixture(scope="module")
def image(built) -> dict[str, str]:
    """The environment that the Dockerfile gives the server, but for the address, which is a test's own."""
    image = chroot.Image(Path())
    for instruction, given in chroot.steps((built / "Dockerfile").read_text()):
        if instruction in ("ENV", "HEALTHCHECK", "CMD"):
            chroot.take(image, built, instruction, given)
    assert image.command == ["streamlit", "run", "app.py"]
    assert image.environment["STREAMLIT_SERVER_PORT"] in image.health
    assert f"app_port: {image.environment['STREAMLIT_SERVER_PORT']}\n" in (built / "README.md").read_text()
    return {name: value for name, value in image.environment.items() if name.startswith(("STREAMLIT_", "DAE_"))}


def test_the_image_copies_what_there_is_and_the_space_holds_no_more(built):
    copied = [given.split()[1:-1] for step, given in chroot.steps((ROOT / "Dockerfile").read_text()) if step == "COPY"]
    assert all((built / name).exists() for names in copied for name in names)
    assert {path.name for path in built.iterdir()} == {
        *("Dockerfile", "LICENSE", "README.md", ".dockerignore", ".gitattributes", ".streamlit", "app.py"),
        *("requirements.txt", "requirements-serve.txt", "constraints.txt", "checkpoints", "dae_core", "deploy"),
        *("lessons", "pages", "samples", "ui"),
    }
    assert not [path for path in built.rglob("*") if path.name.startswith(".") and path.parent != built]


def test_what_would_fail_in_the_space_is_named_before_the_upload(built, tmp_path):
    damaged = shutil.copytree(built, tmp_path / "space")
    network = damaged / "checkpoints" / "convolutional-all" / "encoder.onnx"
    network.write_bytes(network.read_bytes()[:-1] + b"?")
    (damaged / "pages" / "7_Report.py").write_text("1 / 0")
    (damaged / "lessons" / "movie.mp4").write_bytes(b"\0")
    found = "\n".join(space.faults(damaged))
    assert "The checkpoint convolutional-all is unavailable: its encoder.onnx is not the file that" in found
    assert "pages/7_Report.py: " in found and "pages/6_Lesson.py: " not in found
    assert "lessons/movie.mp4 is large or binary" in found


def test_the_space_serves_every_page_without_tensorflow_and_asks_no_other_host(
    built, serving_packages, image, serve, visit, tmp_path
):
    listener, log = tmp_path / "listener.py", tmp_path / "log"
    listener.write_text(LISTENER)
    environment = image | {"PYTHONPATH": str(serving_packages), "PYTHONDONTWRITEBYTECODE": "1"}
    page = visit(serve(built, log=log, python=(sys.executable, "-S", str(listener)), environment=environment))
    for name, _ in (*linked().values(), linked()["app.py"]):
        link(page, name)
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
        if name == "Training":
            expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    play(page)
    assert [line for line in log.read_text().splitlines() if line.startswith("ASKED")] == []


def play(page: Page) -> None:
    """Switches a distortion and uploads a picture: the tiles follow."""
    before = shown(page)
    switch(page, "cutout")
    changed(page, "distorted", before)
    before = shown(page)
    choose_picture(page, "upload")
    upload(page, "owl.png", SAMPLE)
    changed(page, "reconstructed", before)


def test_an_upload_works_in_a_frame_of_another_site_with_the_settings_of_the_image_only(
    house, image, serve, chromium, tmp_path
):
    """As in a Space: there, browsers send the app no cookies."""
    for settings, complaint in ((image, None), ({}, "403")):
        app = serve(house, environment=settings)
        (tmp_path / "frame.html").write_text(f'<iframe src="{app}/?image=upload" width="1200" height="700"></iframe>')
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
        with (
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as outer,
            closing(chromium.new_page()) as page,
        ):
            threading.Thread(target=outer.serve_forever, daemon=True).start()
            try:
                page.goto(f"http://localhost:{outer.server_port}/frame.html")
                frame = page.frame_locator("iframe")
                settle(frame, ())
                frame.locator(".st-key-upload_file input[type=file]").set_input_files(ROOT / "samples" / "owl.png")
                said = (
                    frame.get_by_text(complaint) if complaint else frame.get_by_alt_text("Your picture, the original")
                )
                expect(said).to_be_visible(timeout=20_000)
            finally:
                outer.shutdown()


@pytest.fixture
def classroom(tmp_path) -> Iterator[str]:
    """What `make class` prints before it serves; it ends when the visitors have gone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (sys.executable, "-m", "deploy.classroom", str(port))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline()]
        while '"event": "start"' not in lines[-1]:
            assert lines[-1], "".join(lines)
            lines.append(process.stdout.readline())
        yield "".join(lines)
        process.terminate()
        process.communicate(timeout=20)  # It says goodbye.


def test_a_phone_can_scan_the_code_of_make_class_and_opens_the_lab(classroom, visit):
    blocks = [line.rstrip("\n") for line in classroom.splitlines() if set(line) <= set(" ▀▄█")]
    light = np.array([[[block in "▀█", block in "▄█"] for block in line] for line in blocks if line])
    light = light.transpose(0, 2, 1).reshape(-1, light.shape[1])  # Two rows of the code are one of the text.
    photos = (np.kron(light, np.ones((side, side))).astype(np.uint8) * 255 for side in (8, 6, 11, 14))
    # Some faultless codes, OpenCV cannot read at every size.
    address = next(filter(None, (cv2.QRCodeDetector().detectAndDecode(photo)[0] for photo in photos)), "")
    assert f"Students open {address}\n" in classroom and "there is no password" in classroom
    play(visit(address))
