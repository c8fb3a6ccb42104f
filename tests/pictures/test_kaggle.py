"""Fetching Animal Faces-HQ with kagglehub, from a server on this machine that answers as Kaggle does.

kagglehub asks localhost when `KAGGLE_API_ENVIRONMENT` says so, and reaches it through the proxy that the environment
names: that is our server, which therefore needs no port of its own.
"""

import base64
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import load_split
from dae_core.pictures.kaggle import DATASET
from tests.visitor import ROOT

COMMAND = [sys.executable, "train_models.py", "--prepare", "kaggle"]


@dataclass
class Kaggle:
    """What the server answers, and what it was asked: the paths, and from which byte on the archive was wanted."""

    archive: bytes
    address: str = ""
    status: int = 200
    page: bytes | None = None  # What a hotel's network answers to everything.
    breaks_off: bool = False
    waits: threading.Event | None = None  # Until this is set, only half of the archive comes.
    checksum: bool = True
    asked: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    kaggle: Kaggle

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.kaggle.asked.append(self.path.rpartition("/")[2])
        if self.kaggle.page is not None:
            self.answer(200, self.kaggle.page, {"Content-Type": "text/html"})
        elif self.kaggle.status != 200:
            self.answer(self.kaggle.status, b'{"message": "no"}', {"Content-Type": "application/json"})
        elif self.path.endswith("/GetDataset"):
            facts = {"ref": "andrewmvd/animal-faces", "currentVersionNumber": 1}
            self.answer(200, json.dumps(facts).encode(), {"Content-Type": "application/json"})
        else:
            self.answer(302, b"", {"Location": "http://localhost/storage/archive.zip"})

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
        self.kaggle.starts.append(start)
        wanted = self.kaggle.archive[start:]
        headers = {"Accept-Ranges": "bytes", "Content-Type": "application/zip"}
        if self.kaggle.checksum:
            digest = base64.b64encode(hashlib.md5(self.kaggle.archive).digest()).decode()
            headers["X-Goog-Hash"] = f"crc32c=AAAAAA==,md5={digest}"
        if self.kaggle.waits:
            self.answer(200, wanted[: len(wanted) // 2], headers | {"Content-Length": str(len(wanted))})
            self.kaggle.waits.wait(60)
        elif self.kaggle.breaks_off:
            self.kaggle.breaks_off = False
            self.answer(200, wanted[: len(wanted) // 2], headers | {"Content-Length": str(len(wanted))})
            self.close_connection = True
        else:
            self.answer(206 if start else 200, wanted, headers)

    def answer(self, status: int, content: bytes, headers: dict[str, str]):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def archive() -> bytes:
    """What the data set at Kaggle unpacks to: `afhq/train` and `afhq/val`, with three classes each."""
    random, file = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for split, count in {"train": 6, "val": 3}.items():
            for animal in ("cat", "dog", "wild"):
                for number in range(count):
                    picture = io.BytesIO()
                    noise = random.integers(0, 256, (384, 384, 3)).astype(np.uint8)
                    Image.fromarray(noise).save(picture, "JPEG", quality=95)
                    pack.writestr(f"afhq/{split}/{animal}/{animal}_{number}.jpg", picture.getvalue())
    return file.getvalue()


@pytest.fixture
def kaggle(archive):
    kaggle = Kaggle(archive)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"kaggle": kaggle}))
    kaggle.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kaggle
    server.shutdown()
    server.server_close()


def visitor(proxy: str, folder: Path) -> dict[str, str]:
    """The environment of somebody without an account, whose way to Kaggle is the proxy."""
    variables = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    variables |= {"KAGGLE_API_ENVIRONMENT": "LOCALHOST", "http_proxy": proxy, "no_proxy": ""}
    variables |= {"HOME": str(folder / "home"), "KAGGLEHUB_CACHE": str(folder / "cache")}
    return variables


def prepare_kaggle(proxy: str, folder: Path, shell: str = "", **environment: str) -> subprocess.CompletedProcess:
    """`train_models.py --prepare kaggle` of such a person."""
    command = [*COMMAND, "--data", str(folder / "data")]
    if shell:
        command = ["bash", "-c", f'{shell}; exec "$@"', "bash", *command]
    variables = visitor(proxy, folder) | environment
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120)


def sentence(process: subprocess.CompletedProcess, folder: Path) -> str:
    """What the person reads last; nothing was prepared."""
    assert process.returncode == 1 and "Traceback" not in process.stderr
    assert not (folder / "data").exists()
    return process.stderr.strip().splitlines()[-1]


def test_it_is_fetched_with_progress_and_prepared(kaggle, tmp_path):
    process = prepare_kaggle(kaggle.address, tmp_path)
    assert process.returncode == 0, process.stderr
    assert process.stdout.endswith(f"{tmp_path / 'data'}: 10 train, 2 val, 6 test; classes: cat, dog\n")
    assert f"stays in {tmp_path / 'cache'}" in process.stdout
    assert "100%" in process.stderr
    assert load_split("test", tmp_path / "data").classes.tolist() == ["cat"] * 3 + ["dog"] * 3
    assert kaggle.asked == ["GetDataset", "DownloadDataset"] and kaggle.starts == [0]


def test_what_was_fetched_is_not_fetched_again(kaggle, tmp_path):
    assert prepare_kaggle(kaggle.address, tmp_path).returncode == 0
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    assert prepare_kaggle(kaggle.address, tmp_path).returncode == 0
    assert kaggle.starts == [0]


def test_nothing_is_fetched_where_there_is_a_data_folder_already(kaggle, tmp_path):
    (tmp_path / "data").mkdir()
    process = prepare_kaggle(kaggle.address, tmp_path)
    assert process.returncode == 1 and "data exists already: move it away first" in process.stderr
    assert kaggle.asked == []


def test_a_download_that_breaks_off_is_gone_on_with(kaggle, tmp_path):
    kaggle.breaks_off = True
    said = sentence(prepare_kaggle(kaggle.address, tmp_path), tmp_path)
    assert "The download broke off: the same command goes on from there." in said
    assert prepare_kaggle(kaggle.address, tmp_path).returncode == 0
    assert 0 < kaggle.starts[-1] < len(kaggle.archive)


def test_ctrl_c_says_that_the_download_is_kept(kaggle, tmp_path):
    kaggle.waits = threading.Event()
    command = [*COMMAND, "--data", str(tmp_path / "data")]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # What was started in the background ignores Ctrl-C.
    with subprocess.Popen(
        command, cwd=ROOT, env=visitor(kaggle.address, tmp_path), stderr=subprocess.PIPE, text=True, preexec_fn=heard
    ) as process:
        archive = tmp_path / "cache" / "datasets" / DATASET / "1.archive"
        while process.poll() is None and not (archive.exists() and archive.stat().st_size):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    kaggle.waits.set()
    kaggle.waits = None
    assert process.returncode == 130 and "Traceback" not in errors
    said = errors.strip().splitlines()[-1]
    assert said == "train_models.py: stopped; no data folder was made; what was downloaded is kept."
    assert prepare_kaggle(kaggle.address, tmp_path).returncode == 0 and kaggle.starts[-1] > 0


def test_without_kagglehub_it_says_what_to_install(kaggle, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "kagglehub.py").write_text("raise ImportError")
    process = prepare_kaggle(kaggle.address, tmp_path, PYTHONPATH=str(tmp_path / "none"))
    assert "needs kagglehub: run `pip install -r requirements-kaggle.txt`, then" in sentence(process, tmp_path)
    assert kaggle.asked == []


def test_without_a_network_it_says_so_and_how_to_go_without(tmp_path):
    said = sentence(prepare_kaggle("http://127.0.0.1:9", tmp_path), tmp_path)
    assert "Kaggle cannot be reached: is there a network" in said
    assert "by hand from kaggle.com/datasets/andrewmvd/animal-faces" in said


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_what_kaggle_refuses_gets_a_sentence(kaggle, tmp_path, status):
    kaggle.status = status
    said = sentence(prepare_kaggle(kaggle.address, tmp_path), tmp_path)
    assert f"Kaggle does not give andrewmvd/animal-faces now (status {status}): try later." in said


def test_a_page_that_a_network_shows_before_it_lets_anybody_through_gets_a_sentence(kaggle, tmp_path):
    kaggle.page = b"<html>Welcome to our hotel</html>"
    assert "Kaggle did not answer as expected" in sentence(prepare_kaggle(kaggle.address, tmp_path), tmp_path)


@pytest.mark.parametrize("damage", ["cut", "bit", "page"])
def test_a_damaged_archive_is_thrown_away_and_fetched_again(kaggle, tmp_path, damage):
    whole, kaggle.checksum = kaggle.archive, False
    middle = len(whole) // 2
    damaged = {"cut": whole[:middle], "bit": whole[:middle] + b"\0" * 99 + whole[middle + 99 :], "page": b"<html>"}
    kaggle.archive = damaged[damage]
    assert "What came is no whole archive" in sentence(prepare_kaggle(kaggle.address, tmp_path), tmp_path)
    kaggle.archive = whole
    assert prepare_kaggle(kaggle.address, tmp_path).returncode == 0
    assert kaggle.starts == [0, 0]


@pytest.mark.parametrize("kilobytes", [1000, 4000])
def test_a_full_disk_gets_a_sentence(kaggle, tmp_path, kilobytes):
    assert len(kaggle.archive) // 2 > 100 * 1024
    process = prepare_kaggle(kaggle.address, tmp_path, shell=f"ulimit -f {kilobytes}")
    assert f"could not be written to {tmp_path / 'cache'} (File too large): make room" in sentence(process, tmp_path)


def test_a_folder_of_that_name_is_given_with_its_path(tmp_path):
    for name in ("anna", "ben"):
        (tmp_path / "kaggle" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (80, 80), (number, 0, 0)).save(tmp_path / "kaggle" / name / f"{number}.png")
    command = [sys.executable, ROOT / "train_models.py", "--prepare", "./kaggle", "--data", "data"]
    process = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert process.returncode == 0 and process.stdout == "data: 2 train, 2 val, 2 test; classes: anna, ben\n"
