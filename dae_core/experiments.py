"""The experiments of the report, and those beyond it, as data: a variant is a `replace` of a base."""

import difflib
import fnmatch
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, with_config

from dae_core.distortions.strengths import CUTOUT, GAUSSIAN, KINDS, SALT_PEPPER, AnyStrength, Corruption, preset
from dae_core.errors import UserError

PICTURE_SHAPE = (64, 64, 3)
NETWORKS = {
    "network-1": "Decoder 1, strided transposed convolutions",
    "network-2": "Decoder 2, upsampling after each convolution",
    "network-3": "Decoder 3, twice as many convolutions, half as wide",
    "convolutional": "Fully convolutional, no dense layer between the halves",
    "residual": "Fully convolutional, of residual blocks",
    "correction": "Residual blocks that correct the picture instead of painting it",
    "unet": "U-Net: corrects the picture, with skip connections around the bottleneck",
    "restorer": "A wider U-Net with gated blocks after NAFNet",
    "linear-bottleneck": "Principal components between two U-Nets",
    "sampler": "A U-Net that leads from noise to a picture that could have been there",
}
NUMBERED = {f"network-{number}": number for number in (1, 2, 3)}  # The decoder is what tells them apart.
SHORT_TITLES = {
    "convolutional": "Fully convolutional",
    "residual": "Residual",
    "correction": "Correction",
    "unet": "U-Net",
    "restorer": "Restorer",
    "linear-bottleneck": "Better bottleneck",
    "sampler": "Sampler",
}
PRECISIONS = ("float32", "mixed_bfloat16")
LOSS_TITLES = {"mse": "mean squared error", "sharp": "Charbonnier's loss and structural similarity"}


def among(names: Collection[str]) -> Any:
    return Field(pattern=f"^({'|'.join(names)})$")


# Experiments, manifests and lines of `repeats.csv` have fields of these types. Whoever reads one from a file has
# pydantic look at it; an object that is made here is trusted.
Whole = Annotated[int, Field(strict=True, ge=0)]
Number = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Text = Annotated[str, Field(pattern=r"^( |[^\pC\pZ])+$")]  # It can be printed, as `str.isprintable` says.
Precision = Annotated[str, among(PRECISIONS)]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class ModelSpec:
    """What it takes to build a network.

    Attributes:
        architecture: `network-1`, `network-2` or `network-3` (one encoder, three decoders: report, section 2.1),
            `convolutional` (section 4), one of those in `networks.beyond`, or `sampler`.
        latent_size: Numbers in the latent; 0 where more than a latent reaches the decoder. The convolutional network
            always has 8 x 8 x 64 = 4096.
    """

    architecture: Annotated[str, among(NETWORKS)] = "network-1"
    latent_size: Whole = 1000


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Experiment:
    """One training run, complete: the same experiment on the same data gives the same checkpoint.

    Attributes:
        name: Also the name of the checkpoint's folder.
        model: The network.
        trained_on: Names of the distortions, each at the report's strength unless `blind`; empty: clean pictures.
        optimizer: A Keras optimizer's name; its other parameters are Keras's defaults.
        learning_rate: In the first epoch, but for the warm-up.
        learning_rate_decay: The factor from one epoch to the next; 1 keeps the learning rate constant.
        warm_up_epochs: In so many epochs at the beginning, the learning rate is less; it rises in equal steps.
        epochs: At most so many.
        patience: Training stops after so many epochs in a row without a lower validation loss.
        batch_size: Pictures per step. The report names none; 32 is the default of Keras's `fit`. With 64, the moving
            averages of batch normalization lag behind, and patience 3 strikes early.
        seed: Of the initial weights, the order of the pictures and the distortions.
        loss: What training minimizes, see `training.losses`. The losses in the history are MSE in any case.
        blind: Whether each distortion is on or off at random, at any strength, instead of on at the report's.
        self_ensemble: Whether the trained network is asked twice, see `serving.denoiser.both_ways`.
        weight_average: The momentum of a moving average of the weights, from step to step, which is what is validated
            and kept in place of the weights themselves; 0: none.
        precision: The Keras dtype policy of the training: `float32`, or `mixed_bfloat16`, half as long where the
            processor has instructions for it. Weights are float32 in any case, and so is what is exported.
    """

    name: Text
    model: ModelSpec
    trained_on: tuple[Annotated[str, among(KINDS)], ...]
    optimizer: Text = "adam"
    learning_rate: Number = 0.001
    learning_rate_decay: Number = 1.0
    warm_up_epochs: Whole = 0
    epochs: Whole = 50
    patience: Whole = 3
    batch_size: Whole = 32
    seed: Whole = 2023
    loss: Annotated[str, among(LOSS_TITLES)] = "mse"
    blind: StrictBool = False
    self_ensemble: StrictBool = False
    weight_average: Number = 0.0
    precision: Precision = "float32"

    @property
    def group(self) -> str:
        """The experiment's series, the first word of its name: `decoder`, `bottleneck`, `distortion`, ..."""
        return self.name.split("-")[0]

    @property
    def title(self) -> str:
        """What people read in place of the name: `Decoder 1, 1,000 numbers, trained on clean pictures`."""
        if self.model.architecture not in NUMBERED:
            return self.short_title
        network = f"{self.short_title}, {self.model.latent_size:,} numbers"
        known = " + ".join(KINDS[name].title for name in self.trained_on) or "clean pictures"
        if len(self.trained_on) == len(KINDS):
            known = "all three distortions"
        return network if self.blind else f"{network}, trained on {known}"

    @property
    def short_title(self) -> str:
        """The beginning of the title, where the latent size and the training are said nearby: `Decoder 1`, `U-Net`."""
        if self.model.architecture in NUMBERED:
            return f"Decoder {NUMBERED[self.model.architecture]}"
        variant = "Sharp " if self.loss == "sharp" else "Blind " if self.blind else ""
        return (variant if self.model.architecture == "unet" else "") + SHORT_TITLES[self.model.architecture]

    @property
    def summary(self) -> str:
        """One line on what the network is and what it was trained on."""
        network = NETWORKS[self.model.architecture]
        if self.model.architecture.startswith(("network-", "linear-")):
            network += f", through {self.model.latent_size:,} numbers"
        known = ", ".join(KINDS[name].noun for name in self.trained_on)
        how = (", at any strength" if self.blind else "") + (", for structure" if self.loss == "sharp" else "")
        twice = "; asked twice, for a picture and its mirror image" if self.self_ensemble else ""
        return f"{network}; trained on {known or 'clean pictures'}{how}{twice}"

    @property
    def is_sampler(self) -> bool:
        """Whether the network leads from noise to picture, instead of mapping a distorted picture to a clean one."""
        return self.model.architecture == "sampler"

    def learning_rate_in(self, epoch: int) -> float:
        """The learning rate in an epoch, counted from 1."""
        warmth = min(1, epoch / (self.warm_up_epochs + 1))
        return warmth * self.learning_rate * self.learning_rate_decay ** (epoch - 1)


# It takes half the time where the processor has instructions for it, and changes less than another seed does.
_PRECISION = "mixed_bfloat16"
# The order is the order of training: what the Playground needs first comes first.
_CONVOLUTIONAL = Experiment(
    "convolutional-all",
    ModelSpec("convolutional", 4096),
    trained_on=(GAUSSIAN, CUTOUT, SALT_PEPPER),
    # The report names neither rate nor schedule, only "exponential": this one ends at 0.00008.
    learning_rate_decay=0.95,
    patience=10,
    precision=_PRECISION,
)
_UNET = replace(_CONVOLUTIONAL, name="beyond-unet", model=ModelSpec("unet", 0))
_BLIND = replace(_UNET, name="beyond-blind", blind=True)
_DECODER = Experiment("decoder-1", ModelSpec("network-1", 4096), trained_on=(), precision=_PRECISION)
_BOTTLENECK = replace(_DECODER, name="bottleneck-1000", model=ModelSpec("network-1", 1000))
_DISTORTION = replace(_BOTTLENECK, name="distortion-all", trained_on=(GAUSSIAN, CUTOUT, SALT_PEPPER))

# Visitors pick these networks by decoder and latent size; they know any strength, and are trained as well as can be.
_DENOISERS = tuple(
    replace(
        _CONVOLUTIONAL,
        name=f"denoiser-{decoder}-{size:04d}",
        model=ModelSpec(f"network-{decoder}", size),
        blind=True,
    )
    for decoder, size in ((1, 1000), (2, 1000), (3, 1000), (1, 256), (1, 512), (1, 128), (1, 2048), (1, 32), (1, 4096))
)

EXPERIMENTS: tuple[Experiment, ...] = (
    _CONVOLUTIONAL,
    *_DENOISERS,
    _DISTORTION,
    _BOTTLENECK,
    _DECODER,
    *(replace(_DECODER, name=f"decoder-{number}", model=ModelSpec(f"network-{number}", 4096)) for number in (2, 3)),
    *(
        replace(_DISTORTION, name=f"distortion-{name}", trained_on=trained_on)
        for name, trained_on in {
            "cutout": (CUTOUT,),
            "gaussian": (GAUSSIAN,),
            "salt-pepper": (SALT_PEPPER,),
            "cutout-gaussian": (GAUSSIAN, CUTOUT),
            "cutout-salt-pepper": (CUTOUT, SALT_PEPPER),
            "gaussian-salt-pepper": (GAUSSIAN, SALT_PEPPER),
        }.items()
    ),
    *(
        replace(_BOTTLENECK, name=f"bottleneck-{size:04d}", model=ModelSpec("network-1", size))
        for size in (256, 32, 128, 512, 2048)
    ),
    # These go beyond the report: each is the one before with one idea more.
    replace(_UNET, name="beyond-residual", model=ModelSpec("residual", 4096)),
    replace(_UNET, name="beyond-correction", model=ModelSpec("correction", 0)),
    _UNET,
    _BLIND,
    replace(_BLIND, name="beyond-sharp", loss="sharp"),
    replace(
        _BLIND,
        name="beyond-restorer",
        model=ModelSpec("restorer", 0),
        epochs=75,
        learning_rate_decay=0.96,
        self_ensemble=True,
    ),
    replace(_BLIND, name="beyond-bottleneck", model=ModelSpec("linear-bottleneck", 1000)),
    replace(
        _BLIND,
        name="sampler",
        model=ModelSpec("sampler", 0),
        optimizer="adamw",
        learning_rate=0.001,
        warm_up_epochs=2,  # Without, it learns next to nothing for long.
        learning_rate_decay=0.9432,  # In the last of 60 epochs, it is 3 % of that.
        epochs=60,  # Three hours on two cores, so that whoever trains it again has it the same day.
        patience=20,
        batch_size=64,
        weight_average=0.999,
    ),
)

TITLES = {experiment.name: experiment.title for experiment in EXPERIMENTS}


def select(patterns: Sequence[str]) -> list[Experiment]:
    """The experiments that the names and patterns mean, in the order of `EXPERIMENTS`.

    Raises:
        UserError: One of them means no experiment.
    """
    names = [experiment.name for experiment in EXPERIMENTS]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            nearest = difflib.get_close_matches(pattern, names, n=1, cutoff=0)[0]
            raise UserError(f"no experiment is called {pattern}: did you mean {nearest}? --list shows all.")
    return [experiment for experiment in EXPERIMENTS if any(fnmatch.fnmatch(experiment.name, p) for p in patterns)]


def training_corruption(experiment: Experiment) -> Corruption:
    """What an experiment was trained on, at the report's strength: that which its scores are about."""
    return preset(*experiment.trained_on)


def training_damage(experiment: Experiment) -> Corruption | AnyStrength:
    """What distorts an experiment's training and validation pictures."""
    return AnyStrength(experiment.trained_on) if experiment.blind else training_corruption(experiment)
