"""Builds the folder that is uploaded to a Hugging Face Space, and checks it: `python -m deploy.space`, or `make space`.

It holds what .dockerignore lets into the image, the Dockerfile, and a README with the front matter that a Space wants;
there, and not in the project's own README, whose readers are people.
"""

import fnmatch
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
SPACE = ROOT / "space"
LARGE = 10_000_000  # A Space takes files of more bytes through LFS or Xet only, and binary ones of any size.
OWN_FILES = {"space-readme.md": "README.md", "space.gitattributes": ".gitattributes"}


def build(folder: Path = SPACE) -> Path:
    """Makes the folder anew; what was in it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("Dockerfile", ".dockerignore", *served()):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copyfile(source, target)
    for own, name in OWN_FILES.items():
        shutil.copyfile(ROOT / "deploy" / own, folder / name)
    return folder


def served() -> list[str]:
    """The files and folders that the image holds, as .dockerignore lists them."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def faults(folder: Path) -> Iterator[str]:
    """A sentence for everything that would go wrong with the folder as a Space."""
    yield from unlisted(folder)
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    rehearsal = subprocess.run(
        [sys.executable, "-m", "deploy.rehearse"], cwd=folder, env=environment, stderr=subprocess.PIPE, text=True
    )
    if rehearsal.returncode:
        yield rehearsal.stderr


def unlisted(folder: Path) -> Iterator[str]:
    """A sentence for every file that a Space would not take as it is."""
    attributes = (folder / ".gitattributes").read_text(encoding="utf-8")
    patterns = [line.split()[0] for line in attributes.splitlines() if "=lfs" in line]
    for file in files(folder):
        listed = any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns)
        if not listed and (file.stat().st_size > LARGE or is_binary(file)):
            yield f"{file.relative_to(folder)} is large or binary: list it in deploy/space.gitattributes."


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def is_binary(file: Path) -> bool:
    return b"\0" in file.read_bytes()


def main() -> str:
    """What is wrong with the folder that it has built; empty if nothing is."""
    folder = build()
    if found := list(faults(folder)):
        return "\n".join(found)
    sizes = [file.stat().st_size for file in files(folder)]
    print(f"{folder}: {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB. Every page opens, every checkpoint is intact.")
    return ""


if __name__ == "__main__":
    sys.exit(main() or None)
