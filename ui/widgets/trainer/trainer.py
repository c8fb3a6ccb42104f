"""A tiny network, or two in a race, that a visitor trains in their own browser: the server computes nothing."""

import base64
from dataclasses import asdict
from pathlib import Path

from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.pictures.writing import as_bytes
from ui.component import component
from ui.controls.scene import Scene
from ui.shelf.texts import say


def constants() -> dict[str, str]:
    """What its script knows: the script of the worker that trains, and the pictures that it learns from, as base64."""
    engine = Path(__file__).with_name("engine.js").read_text(encoding="utf-8")
    return {"ENGINE": engine, "PICTURES": _text(b"".join(as_bytes(load_sample(name)) for name in SAMPLES))}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


_trainer = component(__file__, **constants())


def train(scene: Scene) -> None:
    """The trainer; what is begun in it has the picture, the distortions and the seed of the scene."""
    data = {
        "distorted": _text(as_bytes(scene.distorted)),
        "original": _text(as_bytes(scene.original)),
        "strengths": asdict(scene.corruption),
        "seed": scene.seed,
        "note": say("training", "in_the_browser"),
    }
    _trainer(data=data, key="trainer")
