"""Builds the pocket edition, plain files that need no server of their own, and checks it: `make build/pocket`.

The folder holds pocket/, the widgets, the samples and the networks that answer fast enough in a browser; it is a static
Space, too. What its texts and controls say is made of the Python constants here, in facts.json.
"""

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dae_core.checkpoints import Checkpoint, list_checkpoints, read_verified
from dae_core.distortions.brush import COLOURS
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION
from dae_core.experiments import NUMBERED
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.pictures.writing import as_bytes, png
from dae_core.telling.choices import nearest, options
from dae_core.telling.conditions import Side
from dae_core.telling.steps import RECOMMENDED
from dae_core.telling.texts import Part, read_texts, tell
from deploy.space import files, unlisted
from ui.component import script
from ui.controls.distortions import SLIDERS
from ui.controls.network.network import rows
from ui.widgets.answers.answers import groups
from ui.widgets.replay import replay
from ui.widgets.trainer import trainer

ROOT = Path(__file__).parent.parent
POCKET = ROOT / "build" / "pocket"
NPM = ROOT / "build" / "npm"
WIDGETS = (
    *(f"ui/widgets/{name}" for name in ("answers", "canvas", "replay", "scrubber", "trainer", "wipe")),
    "ui/controls/network",
)
RUNTIME = "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"
# Some servers do not know that .mjs is JavaScript.
PACKAGED = {
    "onnxruntime.js": "onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
    "qrcode.js": "qrcode-generator/dist/qrcode.mjs",
}
FIRST = "beyond-blind"  # It has a seventh of the recommended network's bytes, and nearly its error.
MOST_BYTES = 10_000_000  # A network of more takes a phone's patience to load, and answers in more than 50 ms.
SMALL = 1_000_000  # A network of at most so many bytes is loaded without being asked for.
TOTAL = 60_000_000
# Those that .streamlit/config.toml leaves to Streamlit, and three of our own; all have a contrast of 4.5 : 1 and more.
COLOURS_OF_THEMES = {
    "light": {
        "st-background": "#ffffff",
        "st-secondary-background": "#f8f8f7",
        "st-border": "#c8cad0",
        "good": "#0a6e31",
        "bad": "#b3261e",
        "quiet": "#4b4f5c",
    },
    "dark": {
        "st-background": "#171614",
        "st-secondary-background": "#21201d",
        "st-text": "#edebe8",
        "st-border": "#4a4742",
        "good": "#5ee08a",
        "bad": "#ff8a80",
        "quiet": "#bab6b0",
    },
}
CONFIGURED = {"st-primary": "primaryColor", "st-text": "textColor"}
TEXTS = {"playground": ("what_to_do", "canvas", "blurry"), "tiles": ()}  # None named: all of them.


def build(folder: Path = POCKET) -> Path:
    """Makes the folder anew; what was in it is gone."""
    packages = npm_packages()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "pocket", folder, ignore=shutil.ignore_patterns("package*.json"))
    preload_modules(folder / "index.html")
    for widget in WIDGETS:
        write(folder / "widgets" / f"{Path(widget).name}.js", widget_module(ROOT / widget))
    networks = offered()
    for checkpoint in networks:
        for file in checkpoint.model_files:
            write(folder / "networks" / checkpoint.name / file, read_verified(checkpoint, file))
        write(folder / "networks" / checkpoint.name / "replay.json", json.dumps(replay.told(checkpoint)))
    write(folder / "samples.bin", b"".join(as_bytes(load_sample(name)) for name in SAMPLES))
    write(folder / "icon.png", png(load_sample(next(iter(SAMPLES))), scale=1))
    write(folder / "theme.css", theme())
    write(folder / "facts.json", json.dumps(facts(networks), ensure_ascii=False))
    (folder / "packages").mkdir()
    for name, source in PACKAGED.items():
        shutil.copyfile(packages / source, folder / "packages" / name)
    # Named so that no server takes it for something that it has to unpack itself.
    write(folder / "packages" / "runtime.bin", gzip.compress((packages / RUNTIME).read_bytes(), mtime=0))
    for own, name in {"pocket-readme.md": "README.md", "space.gitattributes": ".gitattributes"}.items():
        shutil.copyfile(ROOT / "deploy" / own, folder / name)
    write(folder / "service-worker.js", service_worker(folder))
    return folder


def write(file: Path, content: str | bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def preload_modules(page: Path) -> None:
    """Has a browser fetch all modules of the page at once, not each when the one before it has come."""
    modules = sorted({file.name for file in page.parent.glob("*.js")} - {"worker.js", "service-worker.js"})
    links = "\n    ".join(f'<link rel="modulepreload" href="{name}" />' for name in modules)
    write(page, page.read_text(encoding="utf-8").replace("<!-- modules -->", links))


def npm_packages() -> Path:
    """The folder of the packages that package-lock.json pins; npm fetches what is not there yet.

    Raises:
        SystemExit: npm could not; the message says what it said.
    """
    lock = (ROOT / "pocket" / "package-lock.json").read_bytes()
    installed = NPM / "package-lock.json"
    if not (NPM / "complete").exists() or installed.read_bytes() != lock:
        shutil.rmtree(NPM, ignore_errors=True)
        NPM.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(ROOT / "pocket" / name, NPM / name)
        npm = [str(Path(sys.executable).with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        process = subprocess.run(npm, cwd=NPM, capture_output=True, text=True)
        if process.returncode:
            sys.exit(f"npm could not fetch the packages of the pocket edition, is there a network?\n{process.stderr}")
        (NPM / "complete").touch()
    return NPM / "node_modules"


def widget_module(widget: Path) -> str:
    """One module with a widget's script, as `component` makes it, and its markup and style as texts."""
    known = trainer.constants() if widget.name == "trainer" else {}
    module = script(widget / f"{widget.name}.js", **known)
    texts = {kind: (widget / f"{widget.name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css")}
    return module + "".join(f"\nexport const {kind} = {json.dumps(text)}\n" for kind, text in texts.items())


def service_worker(folder: Path) -> str:
    """The script that keeps the edition for visits without a network: it changes whenever any file does."""
    paths = [file.relative_to(folder).as_posix() for file in files(folder)]
    version = hashlib.sha256(b"".join((folder / path).read_bytes() for path in paths)).hexdigest()[:16]
    # A network is kept when somebody has asked for it.
    kept = [path for path in paths if not path.startswith((".", "README", "service-worker", "networks/"))]
    script = (folder / "service-worker.js").read_text(encoding="utf-8")
    return f"const VERSION = {json.dumps(version)}\nconst FILES = {json.dumps(['./', *kept])}\n{script}"


def denoisers() -> list[Checkpoint]:
    """All networks that map a distorted picture to a clean one."""
    return [one for one in list_checkpoints()[0].values() if not one.experiment.is_sampler]


def offered() -> list[Checkpoint]:
    """The networks that a browser loads and runs fast enough, and that know distorted pictures."""
    known = [one for one in denoisers() if one.experiment.blind or one.experiment.model.architecture not in NUMBERED]
    return [one for one in known if one.model_bytes <= MOST_BYTES]


def facts(networks: list[Checkpoint]) -> dict[str, Any]:
    """What the pages know of distortions, networks and texts, in words and numbers."""
    experiments = {one.name: one.experiment for one in networks}
    return {
        "kinds": [kind_facts(name) for name in KINDS],
        "colours": [{"digit": digit, **asdict(colour)} for digit, colour in COLOURS.items()],
        "samples": [{"name": name, "title": title} for name, title in SAMPLES.items()],
        "networks": [network_facts(one, experiments) for one in networks],
        "groups": groups(experiments),
        "sizes": sizes(networks),
        "training_note": tell("training", "in_the_browser"),
        "cutout_size": REPORT_CORRUPTION.cutout_size,
        "first": FIRST,
        "small": SMALL,
        "elsewhere": elsewhere(networks),
        "parameters": parameters(list(experiments)),
        "texts": {name: texts_of(name, keys) for name, keys in TEXTS.items()},
    }


def kind_facts(name: str) -> dict[str, Any]:
    low, high = KINDS[name].bounds
    step = 1 if isinstance(low, int) else 0.01
    return {
        "name": name,
        "title": KINDS[name].title,
        "slider": SLIDERS[name].key,
        "form": form_of(SLIDERS[name].form),
        "low": low,
        "high": high,
        "step": step,
    }


def form_of(printf: str) -> str:
    """How Streamlit's sliders write a number, as a format string."""
    return "{:.0%}" if printf == "percent" else re.sub(r"%(\.\d)?([df])", r"{:\1\2}", printf)


def network_facts(checkpoint: Checkpoint, experiments: dict[str, Any]) -> dict[str, Any]:
    experiment, known = checkpoint.experiment, tuple(experiments.values())
    chips = []
    for row in rows(known, experiment):
        leads = {str(wish): nearest(known, experiment, row["name"], wish) for wish in options(known, row["name"])}
        chips.append(row | {"leads": {wish: network.name for wish, network in leads.items() if network}})
    return {
        "name": checkpoint.name,
        "title": experiment.title,
        "about": experiment.summary,
        "files": list(checkpoint.model_files),
        "bytes": checkpoint.model_bytes,
        "self_ensemble": experiment.self_ensemble,
        "rows": chips,
    }


def sizes(networks: list[Checkpoint]) -> list[dict[str, Any]]:
    """Network 1, trained on distorted pictures, by its latent size."""
    models = {one.name: one.experiment.model for one in networks if one.experiment.blind}
    found = {model.latent_size: name for name, model in models.items() if model.architecture == "network-1"}
    return [{"size": size, "name": found[size]} for size in sorted(found)]


def elsewhere(networks: list[Checkpoint]) -> str:
    others = len(denoisers()) - len(networks)
    return f"{others} more networks, too large for a browser or trained on fewer distortions, are in the full lab."


def parameters(names: list[str]) -> dict[str, dict[str, Any]]:
    """What can stand in an address, and what it is where it does not."""
    default = RECOMMENDED if RECOMMENDED in names else names[0]
    known: dict[str, dict[str, Any]] = {
        "image": {"kind": "option", "default": next(iter(SAMPLES)), "options": list(SAMPLES)},
        "model": {"kind": "option", "default": default, "options": names},
        "seed": {"kind": "number", "default": 0, "low": 0, "high": 999_999, "whole": True},
    }
    for name, kind in KINDS.items():
        low, high = kind.bounds
        strength = {"default": kind.preset, "low": low, "high": high, "whole": isinstance(low, int)}
        known[name] = {"kind": "flag", "default": name in REPORT_CORRUPTION.active}
        known[SLIDERS[name].key] = {"kind": "number", **strength}
    return known


def texts_of(name: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """The texts of a file, as words.js reads them."""
    texts = read_texts(name)
    return {
        key: {"forms": dict(texts.forms), "parts": [part_facts(part) for part in texts.entries[key]]}
        for key in keys or texts.entries
    }


def part_facts(part: Part) -> dict[str, Any]:
    def side(one: Side) -> list[float | str]:
        return [one.factor, one.phrase]

    when = [[side(one.left), one.sign, side(one.right)] for one in part.when]
    return {"text": part.text, "when": when, "otherwise": part.otherwise}


def theme() -> str:
    """The colours of both themes, by the names that the widgets know them by."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    rules = []
    for theme_name, colours in COLOURS_OF_THEMES.items():
        own = {name: config[theme_name][key] for name, key in CONFIGURED.items() if key in config[theme_name]}
        rules.append(" ".join(f"--{name}-color: {value};" for name, value in (colours | own).items()))
    return ":root {{ {} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {} }} }}\n".format(*rules)


def faults(folder: Path = POCKET) -> Iterator[str]:
    """A sentence for everything that would go wrong with the folder on a host of static files."""
    yield from unlisted(folder)
    total = sum(file.stat().st_size for file in files(folder))
    if total > TOTAL:
        yield f"The pocket edition has {total / 1e6:.0f} MB, more than {TOTAL / 1e6:.0f} MB: offer fewer networks."


def main() -> str:
    """What is wrong with the folder that it has built; empty if nothing is."""
    folder = build()
    if found := list(faults(folder)):
        return "\n".join(found)
    sizes = [file.stat().st_size for file in files(folder)]
    print(f"{folder.relative_to(ROOT)}: {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB.")
    return ""


if __name__ == "__main__":
    sys.exit(main() or None)
