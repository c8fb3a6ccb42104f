"""The networks beyond the report, as Keras models: each is the one before and one idea more.

As in `report`, layers called `..._block_<number>` end a block. A network that cannot be cut at a latent, since more
than that reaches its decoder, is one model without the sub-models `encoder` and `decoder`.
"""

import math
from collections.abc import Callable
from typing import Any

import keras
from keras import KerasTensor, layers

from dae_core.experiments import PICTURE_SHAPE
from dae_core.networks.linear import principal_components
from dae_core.pictures.arrays import Bytes
from dae_core.pictures.dataset import as_float

# Pictures, and linear maps of them, are finer than bfloat16, so they are computed in this whatever the rest is.
FULL = "float32"
Filters = tuple[int, int, int]  # How wide the three blocks of a half are.
ENCODER_FILTERS, DECODER_FILTERS = (32, 48, 64), (32, 16, 8)  # The fully convolutional network has these.


def residual() -> keras.Model:
    """The fully convolutional network with residual blocks in place of plain convolutions; latent (8, 8, 64)."""
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    x = picture
    for number, width in enumerate(ENCODER_FILTERS, start=1):
        last = number == len(ENCODER_FILTERS)
        x = layers.MaxPooling2D(name="latent" if last else f"encoder_block_{number}")(_residual_block(x, width))
    encoder = keras.Model(picture, x, name="encoder")

    latent = keras.Input(encoder.output.shape[1:], name="latent")
    x = latent
    for number, width in enumerate(DECODER_FILTERS, start=1):
        x = _residual_block(_enlarge(x, width), width, name=f"decoder_block_{number}")
    reconstruction = layers.Conv2D(3, 1, activation="sigmoid", name="reconstruction", dtype=FULL)(x)
    decoder = keras.Model(latent, reconstruction, name="decoder")
    return keras.Model(picture, decoder(encoder(picture)), name="residual")


def correction() -> keras.Model:
    """The same, but what comes out is added to the picture that came in: only the damage is left to be learned."""
    return _in_one_piece("correction", skips=False)


def unet() -> keras.Model:
    """The same with skip connections (U-Net, Ronneberger et al. 2015): fine detail need not pass the bottleneck."""
    return _in_one_piece("unet", skips=True)


def _in_one_piece(name: str, skips: bool, **how: Any) -> keras.Model:
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    names = [f"{half}_block_{number}" for half in ("encoder", "decoder") for number in (1, 2, 3)]
    x = _down_and_up(picture, skips, names, **how)
    return keras.Model(picture, _add_to(picture, x, "reconstruction"), name=name)


def _down_and_up(
    picture: KerasTensor,
    skips: bool,
    names: list[str],
    encoder: Filters = ENCODER_FILTERS,
    decoder: Filters = DECODER_FILTERS,
    middle: Callable[[KerasTensor], KerasTensor] = lambda x: x,
) -> KerasTensor:
    """Three times half the sides, what is in the middle, and up again; with six names for the blocks.

    As it is: (64, 64, 3) to (8, 8, 64) to (64, 64, 8).
    """
    x, fine = picture, []
    for width, name in zip(encoder, names[:3], strict=True):
        x = _residual_block(x, width)
        fine.append(x)  # (64, 64, 32), (32, 32, 48), (16, 16, 64)
        x = layers.MaxPooling2D(name=name)(x)
    x = middle(x)
    for width, name in zip(decoder, names[3:], strict=True):
        x = _enlarge(x, width)
        if skips:
            x = layers.Concatenate()([x, fine.pop()])
        x = _residual_block(x, width, name=name)
    return x


def linear_bottleneck(latent_size: int) -> keras.Model:
    """All through a latent, as in network 1, but the way through it is linear and fixed: `set_principal_components`.

    Before it, a U-Net repairs the picture; behind it, another one adds what the linear way cannot know. Each has skip
    connections of its own, but nothing goes around the latent.
    """
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    wider = (*DECODER_FILTERS[:-1], 16)
    x = _down_and_up(picture, True, [f"encoder_block_{number}" for number in range(1, 7)], decoder=wider)
    x = _add_to(picture, x, "encoder_block_7")
    # It is fixed: steps of Adam that suit convolutions would soon undo what is known to be the best linear way.
    flat = layers.Flatten(dtype=FULL)(x)
    latent = layers.Dense(latent_size, trainable=False, name="latent", dtype=FULL)(flat)
    encoder = keras.Model(picture, latent, name="encoder")

    latent = keras.Input((latent_size,), name="latent")
    spread = layers.Dense(math.prod(PICTURE_SHAPE), trainable=False, name="spread", dtype=FULL)(latent)
    spread = layers.Reshape(PICTURE_SHAPE, name="decoder_block_1", dtype=FULL)(spread)
    x = _down_and_up(spread, True, [f"decoder_block_{number}" for number in range(2, 8)], decoder=wider)
    decoder = keras.Model(latent, _add_to(spread, x, "reconstruction"), name="decoder")
    return keras.Model(picture, decoder(encoder(picture)), name="linear-bottleneck")


def set_principal_components(model: keras.Model, pictures: Bytes) -> None:
    """Sets the linear way of `linear_bottleneck` to what keeps most of the variance of the training pictures.

    Args:
        model: Untrained. Its linear way stays random if there are fewer pictures than numbers in its latent.
        pictures: (N, 64, 64, 3) uint8.
    """
    compress = model.get_layer("encoder").get_layer("latent")
    if len(pictures) <= compress.units:
        return
    spread = model.get_layer("decoder").get_layer("spread")
    mean, components = principal_components(as_float(pictures), compress.units)
    compress.set_weights([components.T, -components @ mean])
    spread.set_weights([components, mean])


def restorer(width: int = 160, blocks: int = 4) -> keras.Model:
    """A wider U-Net, with gated blocks after NAFNet (Chen et al. 2022, "Simple baselines for image restoration").

    They stand in the middle, where the picture is (8, 8, width): what a square hides is far from all that is known.
    At full size, they would take most of the time; there, two convolutions remove the noise as well.
    """

    def middle(x: KerasTensor) -> KerasTensor:
        x = layers.Conv2D(width, 1)(x)
        for number in range(1, blocks + 1):
            x = _gated_block(x, name=f"middle_block_{number}")
        return x

    return _in_one_piece("restorer", True, encoder=(24, 48, 96), decoder=(96, 48, 16), middle=middle)


def _add_to(picture: KerasTensor, x: KerasTensor, name: str) -> KerasTensor:
    """The picture and what a 3 x 3 convolution makes of (64, 64, channels), added and cut to [0, 1]."""
    # It begins with zeros, so that an untrained network leaves the picture as it is.
    change = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros", dtype=FULL)(x)
    return layers.ReLU(max_value=1, name=name, dtype=FULL)(layers.Add(dtype=FULL)([picture, change]))


def _enlarge(x: KerasTensor, width: int) -> KerasTensor:
    """Twice the sides, by the transposed convolution of decoder 1."""
    x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", activation="relu")(x)
    return layers.BatchNormalization()(x)


def _residual_block(x: KerasTensor, width: int, name: str | None = None) -> KerasTensor:
    """Two convolutions, and what came in is added to what they make of it (He et al. 2015)."""
    y = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    y = layers.BatchNormalization()(y)
    y = layers.Conv2D(width, 3, padding="same")(y)
    y = layers.BatchNormalization()(y)
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1)(x)
    return layers.ReLU(name=name)(layers.Add()([x, y]))


def _gated_block(x: KerasTensor, name: str) -> KerasTensor:
    """Two residual steps, both with gates (a product of halves) in place of activations, as in NAFNet."""
    width = x.shape[-1]
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Conv2D(2 * width, 1)(y)
    y = layers.DepthwiseConv2D(3, padding="same")(y)
    y = _gate(y)
    attention = layers.Conv2D(width, 1)(layers.GlobalAveragePooling2D(keepdims=True)(y))
    y = layers.Conv2D(width, 1)(layers.Multiply()([y, attention]))
    x = layers.Add()([x, y])

    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = _gate(layers.Conv2D(2 * width, 1)(y))
    return layers.Add(name=name)([x, layers.Conv2D(width, 1)(y)])


def _gate(x: KerasTensor) -> KerasTensor:
    """(..., 2 n) -> (..., n): one half times the other."""
    first, second = keras.ops.split(x, 2, axis=-1)
    return layers.Multiply()([first, second])


# These build the architectures. All are given a latent size, which only one of them can choose.
BEYOND: dict[str, Callable[[int], keras.Model]] = {
    "residual": lambda _: residual(),
    "correction": lambda _: correction(),
    "unet": lambda _: unet(),
    "restorer": lambda _: restorer(),
    "linear-bottleneck": linear_bottleneck,
}
