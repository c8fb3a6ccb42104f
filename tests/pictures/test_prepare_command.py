"""`train_models.py --prepare`, as someone at a keyboard uses it."""

import contextlib
import os
import pty
import re
import shlex
import signal
import subprocess
import termios
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dae_core.pictures.dataset import load_split
from tests.training.test_command_line import ROOT, command, run, sentence


@pytest.fixture
def photos(tmp_path) -> Path:
    """Ten pictures each of Anna and Ben, and a file that is none."""
    random = np.random.default_rng(0)
    for name in ("anna", "ben"):
        (tmp_path / "me" / name).mkdir(parents=True)
        for number in range(10):
            photo = Image.fromarray(random.integers(0, 256, (96, 96, 3)).astype(np.uint8))
            photo.save(tmp_path / "me" / name / f"{number}.jpg")
    (tmp_path / "me" / "ben" / "page.jpg").write_text("<html>")
    return tmp_path / "me"


def test_prepare_makes_the_data_folder_once(photos, tmp_path):
    process = run("--prepare", photos, "--data", tmp_path / "data")
    assert process.returncode == 0 and process.stderr == ""
    named, counted, made = process.stdout.splitlines()
    assert named.startswith("ben/page.jpg is left out. ") and counted.startswith("1 of 21 files are left out")
    assert made == f"{tmp_path / 'data'}: 12 train, 4 val, 4 test; classes: anna, ben"
    assert len(load_split("test", tmp_path / "data").pictures) == 4
    again = run("--prepare", photos, "--data", tmp_path / "data")
    assert again.returncode == 1
    assert sentence(again).endswith("data exists already: move it away first, nothing was changed.")


def test_prepare_of_another_folder_ends_with_a_sentence(tmp_path):
    process = run("--prepare", tmp_path / "nowhere", "--data", tmp_path / "data")
    assert process.returncode == 1
    assert "There is no folder" in sentence(process) and sentence(process).endswith("nowhere/ben.")


def test_no_file_is_written_or_read_in_the_encoding_of_the_system(photos, tmp_path):
    process = run("--prepare", photos, "--data", tmp_path / "data", PYTHONWARNDEFAULTENCODING="1")
    own = [line for line in process.stderr.splitlines() if "EncodingWarning" in line and f"{ROOT}/dae_core" in line]
    assert process.returncode == 0 and own == []


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_prepare_names_what_the_terminal_cannot_write(photos, tmp_path, encoding):
    (photos / "anna").rename(photos / "Анна")
    (photos / "Анна" / "猫.jpg").write_bytes(b"")
    (photos / "Анна" / os.fsdecode(b"\xff.jpg")).write_bytes(b"")
    process = run("--prepare", photos, "--data", tmp_path / "data", PYTHONIOENCODING=encoding)
    assert process.returncode == 0 and process.stderr == ""
    assert r"\u0410\u043d\u043d\u0430/\u732b.jpg is left out." in process.stdout
    assert "classes: ben, " in process.stdout


def test_a_full_disk_ends_prepare_with_a_sentence(photos, tmp_path):
    small = f"ulimit -f 1; exec {shlex.join(command('--prepare', photos, '--data', tmp_path / 'data'))}"
    process = subprocess.run(["bash", "-c", small], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert process.returncode == 1
    assert "data could not be written (File too large), and nothing was changed: make room" in sentence(process)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me"]


@pytest.fixture
def prepared_in_a_terminal(photos, tmp_path):
    """What `--prepare` of many pictures shows in a terminal, when it is stopped as soon as the bar is there."""
    for number in range(3000):
        os.link(photos / "anna" / "0.jpg", photos / "anna" / f"more-{number}.jpg")
    screen, keyboard = pty.openpty()
    termios.tcsetwinsize(screen, (24, 80))
    with subprocess.Popen(
        command("--prepare", photos, "--data", tmp_path / "data"),
        cwd=ROOT,
        stdout=keyboard,
        stderr=keyboard,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        os.close(keyboard)
        shown, stopped = b"", False
        with contextlib.suppress(OSError):  # So ends what somebody reads whose program has ended.
            while part := os.read(screen, 1000):
                shown += part
                if b"3021 " in shown and not stopped:
                    stopped = True
                    process.send_signal(signal.SIGINT)
    os.close(screen)
    return process.returncode, shown.decode()


def test_prepare_shows_a_bar_and_ctrl_c_says_what_is_true(prepared_in_a_terminal, tmp_path):
    status, shown = prepared_in_a_terminal
    assert status == 130 and "Traceback" not in shown
    assert re.search(r"Preparing: +\d+%.*/3021 ", shown) and "pictures" in shown
    last = shown.strip().splitlines()[-1]
    assert last == "train_models.py: stopped; nothing was changed, and the same command begins anew."
    assert [path.name for path in tmp_path.iterdir()] == ["me"]
