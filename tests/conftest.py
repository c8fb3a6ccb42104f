"""What several test files share."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dae_core.data import load_sample, load_split
from dae_core.experiments import Experiment, ModelSpec

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # Some tests import onnxruntime before dae_core can say so.


@pytest.fixture(scope="session")
def picture():
    """A real picture, (64, 64, 3) float32 in [0, 1]; nobody may write to it."""
    picture = load_sample("cat-chelsea")
    picture.setflags(write=False)
    return picture


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory) -> Path:
    """A data set of made-up 64 x 64 pictures, to be read only: 24 to train on, 8 to validate, 8 to test."""
    folder = tmp_path_factory.mktemp("made-up") / "data"
    random = np.random.default_rng(0)
    for split, count in {"train": 12, "val": 4, "test": 4}.items():
        for animal, colour in {"cat": (220, 150, 90), "dog": (90, 120, 200)}.items():
            (folder / split / animal).mkdir(parents=True)
            for number in range(count):
                blobs = random.uniform(0.2, 1, (6, 6, 1)) * colour
                image = Image.fromarray(blobs.astype(np.uint8)).resize((64, 64), Image.Resampling.BICUBIC)
                image.save(folder / split / animal / f"{animal}-{number:02d}.jpg", quality=95)
    return folder


@pytest.fixture(scope="session")
def splits(data_folder):
    """Its three parts: train, val, test."""
    return tuple(load_split(split, data_folder) for split in ("train", "val", "test"))


@pytest.fixture(scope="session")
def tiny_experiment() -> Experiment:
    """What a test can train in seconds."""
    return Experiment("tiny", ModelSpec("network-1", 8), ("gaussian_noise", "cutout"), epochs=4, batch_size=2, seed=7)


@pytest.fixture(scope="session")
def tiny_run(tiny_experiment, splits, tmp_path_factory):
    """Its training, never interrupted."""
    from dae_core.training import train

    return train(tiny_experiment, splits[0], splits[1], tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_experiment, tiny_run, splits, tmp_path_factory):
    """Its checkpoint, to be read only."""
    from dae_core.export import export

    return export(tiny_experiment, tiny_run, splits[1], splits[2], tmp_path_factory.mktemp("checkpoints") / "tiny")
