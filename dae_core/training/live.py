"""A tiny denoiser that trains while somebody watches: its settings, and the process that trains it.

`python -m dae_core.training.live` reads one line of JSON, made by `to_line`, and answers with one after every epoch. It
writes no file, and ends when its standard input does: with whoever started it.
"""

import base64
import json
import os
import random
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION, Corruption
from dae_core.errors import UserError
from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import DATA_FOLDER, as_float, picture_files, visible_folders
from dae_core.pictures.reading import read_picture
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.metrics import mse

if TYPE_CHECKING:
    import keras

PATCH = 32
PATCHES_PER_EPOCH = 256
BATCH_SIZE = 16
PICTURES = 500  # To read more of the data folder would take longer than the first epochs.
SECONDS = 120
FILE_BYTES = 1_000_000  # It is not zero, as TensorFlow tries out the folder for temporary files.
BOUNDS: dict[str, tuple[float, float]] = {
    "filters": (4, 16),
    "latent_channels": (2, 16),
    "learning_rate": (0.0001, 0.01),
    "epochs": (5, 60),
    "seed": (0, 999_999),
    "cutout_size": (1, PATCH),
} | {name: (type(kind.bounds[1])(0), kind.bounds[1]) for name, kind in KINDS.items()}


class LiveError(UserError):
    """This training cannot be; the message is a sentence for the person who asked for it."""


@dataclass(frozen=True)
class LiveSettings:
    """What a visitor can set; each number within its `BOUNDS`.

    Attributes:
        corruption: What the training pictures are distorted with.
        filters: Of the first convolution; the second has twice as many.
        latent_channels: Channels of the latent, which has a quarter of the picture's height and width.
        learning_rate: Adam's.
        epochs: Of `PATCHES_PER_EPOCH` patches each.
        seed: Of the weights, the patches and the distortions.

    Raises:
        LiveError: One of them is no number, or out of bounds.
    """

    corruption: Corruption = REPORT_CORRUPTION
    filters: int = 8
    latent_channels: int = 8
    learning_rate: float = 0.003
    epochs: int = 30
    seed: int = 0

    def __post_init__(self) -> None:
        values = asdict(self)
        values |= values.pop("corruption")
        for name, (low, high) in BOUNDS.items():
            value, kinds = values[name], (int,) if isinstance(low, int) else (int, float)
            if type(value) not in kinds or not low <= value <= high:
                kind = "whole number" if kinds == (int,) else "number"
                raise LiveError(
                    f"The {name.replace('_', ' ')} must be a {kind} from {low:g} to {high:g}, not {value!r:.40}."
                )

    @property
    def parameters(self) -> int:
        """Number of weights of the network that `build` makes."""
        f, c = self.filters, self.latent_channels
        return (
            (27 * f + f) + (18 * f * f + 2 * f) + (18 * f * c + c) + (18 * f * c + 2 * f) + (18 * f * f + f) + 3 * f + 3
        )


def to_line(settings: LiveSettings, held_out: Floats) -> str:
    """A training as one line of JSON.

    Args:
        settings: Of the training.
        held_out: The picture that is shown and never trained on, (64, 64, 3) in [0, 1].
    """
    return json.dumps({"settings": asdict(settings), "held_out": encode(held_out)}) + "\n"


def from_line(line: str) -> tuple[LiveSettings, Floats]:
    """What `to_line` was given.

    Raises:
        LiveError: The line is of another form, or a setting out of bounds.
    """
    try:
        message = json.loads(line)
        fields = message["settings"]
        return LiveSettings(**fields | {"corruption": Corruption(**fields["corruption"])}), decode(message["held_out"])
    except (ValueError, TypeError, KeyError) as error:
        raise LiveError("These are not the settings of a training.") from error


def encode(picture: Floats) -> str:
    """A picture, (64, 64, 3) in [0, 1], as text, a byte per value."""
    return base64.b64encode(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8).tobytes()).decode()


def decode(text: str) -> Floats:
    """The picture that `encode` was given: float32, rounded to a byte per value.

    Raises:
        ValueError: It is no picture.
    """
    values = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    return as_float(values.reshape(64, 64, 3))


def build(settings: LiveSettings) -> "keras.Model":
    """The network of the report's section 4, in small and for any size: (batch, height, width, 3) in [0, 1] -> same."""
    import keras
    from keras import layers

    f, usual = settings.filters, {"padding": "same", "activation": "relu"}
    picture = keras.Input((None, None, 3), name="picture")
    x = layers.Conv2D(f, 3, **usual)(picture)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(2 * f, 3, **usual)(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(settings.latent_channels, 3, name="latent", **usual)(x)  # (batch, height / 4, width / 4, c)
    x = layers.Conv2DTranspose(2 * f, 3, strides=2, **usual)(x)
    x = layers.Conv2DTranspose(f, 3, strides=2, **usual)(x)
    return keras.Model(picture, layers.Conv2D(3, 1, activation="sigmoid", name="reconstruction")(x))


def training_pictures(held_out: Floats, seed: int) -> Floats:
    """(N, 64, 64, 3): some of the data folder's training pictures, or the shipped ones; never the held-out one."""
    files = [file for folder in visible_folders(DATA_FOLDER / "train") for file in picture_files(folder)]
    chosen = random.Random(seed).sample(files, min(PICTURES, len(files)))
    pictures = [read_picture(file) for file in chosen] or [load_sample(name) for name in SAMPLES]
    return np.stack([picture for picture in pictures if not np.allclose(picture, held_out, atol=0.001)])


def patches(
    pictures: Floats, corruption: Corruption, draw: np.random.Generator, count: int = PATCHES_PER_EPOCH
) -> tuple[Floats, Floats]:
    """Patches, half of them mirrored, distorted and clean: (count, 32, 32, 3) each.

    A picture is distorted before it is cut, so that a patch has its share of the black squares and not all of them.
    """
    pairs = np.empty((2, count, PATCH, PATCH, 3), np.float32)
    for index in range(count):
        clean = pictures[draw.integers(len(pictures))]
        distorted = corrupt(clean, corruption, int(draw.integers(2**31)))
        top, left = draw.integers(clean.shape[0] - PATCH + 1, size=2)
        window = np.s_[top : top + PATCH, left : left + PATCH]
        flip = draw.choice([-1, 1])
        pairs[:, index] = distorted[window][:, ::flip], clean[window][:, ::flip]
    return pairs[0], pairs[1]


def train(settings: LiveSettings, held_out: Floats) -> Iterator[dict[str, Any]]:
    """Trains; what there is to show before the first epoch, which counts as epoch 0, and after each.

    Yields:
        `epoch`, `loss` of the patches and `val_loss` of the held-out picture, both MSE, and `rebuilt`, see `encode`.

    Raises:
        LiveError: The loss is no number any more.
    """
    import keras

    from dae_core.training.run import run_epoch

    keras.utils.set_random_seed(settings.seed)
    draw = np.random.default_rng(settings.seed)
    pictures = training_pictures(held_out, settings.seed)
    distorted = corrupt(held_out, settings.corruption, settings.seed)
    model = build(settings)
    model.compile(keras.optimizers.Adam(settings.learning_rate), loss="mse")
    for epoch in range(settings.epochs + 1):
        inputs, targets = patches(pictures, settings.corruption, draw)
        parts = [slice(start, start + BATCH_SIZE) for start in range(0, len(inputs), BATCH_SIZE)]
        step = model.train_on_batch if epoch else model.test_on_batch
        loss = run_epoch(step, [(inputs[part], targets[part]) for part in parts])
        if not isfinite(loss):
            raise LiveError(f"In epoch {epoch} the loss stopped being a number: try a lower learning rate.")
        rebuilt = np.asarray(model.predict_on_batch(distorted[None])[0])
        val_loss = float(mse(rebuilt, held_out))
        yield {"epoch": epoch, "loss": loss, "val_loss": val_loss, "rebuilt": encode(rebuilt)}


def restrain() -> None:
    """Keeps this process small: low priority, no large files, an end in any case, and no life without its parent."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    if sys.platform == "win32":  # It has none of the three below; the time limit of the queue holds there, too.
        return
    import resource
    import signal

    os.nice(10)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    signal.alarm(SECONDS + 10)  # The one who started it should have ended it by then.


def _end_with_input() -> None:
    while os.read(0, 1):  # The lock of sys.stdin would be in the way when Python ends.
        pass
    os._exit(1)


def main() -> int:
    """The process; see the module."""
    line = sys.stdin.readline()
    restrain()
    try:
        for report in train(*from_line(line)):
            print(json.dumps(report), flush=True)
    except ImportError as error:
        print(json.dumps({"error": f"Training needs Keras and TensorFlow, which this server does not have ({error})."}))
    except UserError as error:
        print(json.dumps({"error": str(error)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
