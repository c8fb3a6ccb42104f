"""The Dockerfile without a container engine: each step as it stands, in a clean Debian root, then its server.

`sudo python -m tests.release.chroot /tmp/image` builds space/ and, in the folder given, the image; serves until Ctrl-C.
Debian 12 stands in for `python:3.11-slim`, which is Debian with a newer Python 3.11. What it shows: that the steps, the
user, the paths and the packages are right. What it does not: the isolation of a container. Needs Linux and debootstrap.
"""

import json
import os
import shutil
import signal
import string
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import space

BASE = ("FROM", "python:3.11-slim")
DEBIAN = ("bookworm", "ca-certificates,python-is-python3,python3-pip")
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
START_SECONDS = 60


@dataclass
class Image:
    """What the steps so far have made.

    Attributes:
        root: The folder that is `/` inside.
        user: Who runs the next step.
        folder: Where, inside.
        environment: What it and the server find in their environment.
        health: The command of the health check.
        command: The server.
    """

    root: Path
    user: str = "root"
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/local/bin:/usr/bin:/usr/sbin:/bin"})
    health: str = ""
    command: list[str] = field(default_factory=list)

    def inside(self, *command: str, **arguments) -> subprocess.Popen:
        """Starts a command in the root, as the user, with a `/proc` and a process group of its own."""
        root = str(self.root)
        enter = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={root}/proc"]
        shell = ["chroot", f"--userspec={self.user}", root, "/bin/sh", "-c", f'cd {self.folder} && exec "$@"', "sh"]
        options: dict[str, Any] = {"env": self.environment, "start_new_session": True} | arguments
        return subprocess.Popen([*enter, *shell, *command], **options)

    def run(self, *command: str, **arguments) -> None:
        """Runs it to its end.

        Raises:
            subprocess.CalledProcessError: It failed.
        """
        status = self.inside(*command, **arguments).wait()
        if status:
            raise subprocess.CalledProcessError(status, command)


def steps(dockerfile: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile and what they are given, a pair each."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines()]


def build(root: Path, context: Path) -> Image:
    """Takes every step of the Dockerfile in `context`; the root is a folder that is not there yet."""
    root.mkdir()
    image = Image(root)
    for step in steps((context / "Dockerfile").read_text(encoding="utf-8")):
        print(*step, flush=True)
        take(image, context, *step)
    return image


def take(image: Image, context: Path, instruction: str, given: str) -> None:
    """Takes one step.

    Raises:
        ValueError: It is none that this script understands.
    """
    if (instruction, given) == BASE:
        debian(image.root)
    elif instruction == "ENV":
        name, _, value = given.partition("=")
        image.environment[name] = string.Template(value).substitute(image.environment)
    elif instruction == "USER":
        image.user = given
    elif instruction == "WORKDIR":
        image.folder = string.Template(given).substitute(image.environment)
        (image.root / image.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif instruction == "RUN":
        pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        image.run("/bin/sh", "-c", given, env=image.environment | pip)
    elif instruction == "COPY":
        copy(image, context, *given.split())
    elif instruction == "HEALTHCHECK":
        image.health = given.partition("CMD ")[2]
    elif instruction == "CMD":
        image.command = json.loads(given)
    elif instruction != "EXPOSE":
        raise ValueError(f"This script does not understand {instruction} {given}.")


def debian(root: Path) -> None:
    """A Debian with Python 3.11 and pip, which may install for a user as it may in `python:3.11-slim`."""
    release, packages = DEBIAN
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={packages}", release, root], check=True)
    (root / "usr/lib/python3.11/EXTERNALLY-MANAGED").unlink()
    shutil.copyfile("/" / CERTIFICATES, root / CERTIFICATES)  # This machine's own, if it has any.


def copy(image: Image, context: Path, owner: str, *names: str) -> None:
    """`COPY --chown=user names... target`, where `.` means all that .dockerignore lets in."""
    target = image.root / image.folder.lstrip("/")
    for name in space.served() if names[:-1] == (".",) else names[:-1]:
        source, place = context / name, target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, place)
        top = Path(image.folder, Path(name).parts[0])
        chown = Image(image.root, environment=image.environment)
        chown.run("chown", "-R", f"{owner.removeprefix('--chown=')}:", str(top))


def serve(image: Image) -> int:
    """Starts the server, waits until it is healthy, and serves until it ends or somebody presses Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = image.inside(*image.command)
    try:
        deadline = time.monotonic() + START_SECONDS
        while image.inside("/bin/sh", "-c", image.health, stderr=subprocess.DEVNULL).wait():
            if server.poll() is not None or time.monotonic() > deadline:
                return 1
            time.sleep(1)
        print("Healthy.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def main(root: str) -> int:
    image = build(Path(root).resolve(), space.build())
    print("Megabytes of installed packages:", flush=True)
    image.run("/bin/sh", "-c", "du -sm $HOME/.local/lib/python3.11/site-packages")
    return serve(image)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
