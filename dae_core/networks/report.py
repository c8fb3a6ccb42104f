"""The report's networks as Keras models: an encoder, a decoder, and the two in a row. Others are in `beyond`.

The layers called `encoder_block_1` to `encoder_block_3` and `decoder_block_0` to `decoder_block_3` end a block: their
activations can be looked at, and are further outputs of an exported checkpoint.
"""

import keras
from keras import KerasTensor, layers

from dae_core.experiments import PICTURE_SHAPE, ModelSpec
from dae_core.networks.beyond import BEYOND, FULL
from dae_core.networks.sampler import sampler


def build(spec: ModelSpec) -> keras.Model:
    """The network of a spec, untrained.

    It maps pictures (batch, 64, 64, 3) in [0, 1] to reconstructions of the same shape and range; a sampler, see
    `networks.sampler`. The sub-models of an autoencoder are the layers `encoder` and `decoder`.

    >>> model = build(ModelSpec("network-1", 1000))
    >>> model.get_layer("encoder").output_shape
    (None, 1000)

    Raises:
        ValueError: The spec names no architecture, or a latent size that it cannot have.
    """
    if spec.architecture == "convolutional":
        if spec.latent_size != 4096:
            raise ValueError(f"The convolutional network has 4096 numbers in its latent, not {spec.latent_size}.")
        encoder, decoder = convolutional_encoder(), convolutional_decoder()
    elif spec.architecture in DECODERS:
        encoder, decoder = dense_encoder(spec.latent_size), dense_decoder(spec)
    elif spec.architecture == "sampler":
        return sampler()
    elif spec.architecture in BEYOND:
        return BEYOND[spec.architecture](spec.latent_size)
    else:
        raise ValueError(f"No architecture is called {spec.architecture}.")
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    return keras.Model(picture, decoder(encoder(picture)), name=spec.architecture)


def dense_encoder(latent_size: int) -> keras.Model:
    """Section 2.1: three CCP blocks, flattened and compressed; (batch, 64, 64, 3) -> (batch, latent_size)."""
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    x = _ccp_blocks(picture, filters=(32, 64, 128))  # (batch, 8, 8, 128)
    x = layers.Flatten()(x)  # (batch, 8192)
    x = layers.Dense(latent_size)(x)
    latent = layers.BatchNormalization(name="latent")(x)
    return keras.Model(picture, latent, name="encoder")


def dense_decoder(spec: ModelSpec) -> keras.Model:
    """Section 2.1, decoders 1 to 3; (batch, latent_size) -> (batch, 64, 64, 3) in [0, 1]."""
    latent = keras.Input((spec.latent_size,), name="latent")
    x = layers.Dense(4096)(latent)
    x = layers.BatchNormalization()(x)
    x = layers.Reshape((8, 8, 64), name="decoder_block_0")(x)
    x = DECODERS[spec.architecture](x)  # (batch, 64, 64, 8 or 16)
    reconstruction = layers.Conv2D(3, 3, padding="same", activation="sigmoid", name="reconstruction", dtype=FULL)(x)
    return keras.Model(latent, reconstruction, name="decoder")


def convolutional_encoder() -> keras.Model:
    """Section 4: CCP blocks of 32, 48 and 64 filters and nothing else; (batch, 64, 64, 3) -> (batch, 8, 8, 64)."""
    picture = keras.Input(PICTURE_SHAPE, name="picture")
    # The last block ends in the latent itself, so it bears that name.
    latent = _ccp_blocks(picture, filters=(32, 48, 64), last="latent")
    return keras.Model(picture, latent, name="encoder")


def convolutional_decoder() -> keras.Model:
    """Section 4: decoder 1 with 32, 16 and 8 filters and a last 1 x 1 convolution; (batch, 8, 8, 64) -> picture."""
    latent = keras.Input((8, 8, 64), name="latent")
    x = _strided_blocks(latent, filters=(32, 16, 8))
    reconstruction = layers.Conv2D(3, 1, padding="same", activation="sigmoid", name="reconstruction", dtype=FULL)(x)
    return keras.Model(latent, reconstruction, name="decoder")


def _ccp_blocks(x: KerasTensor, filters: tuple[int, ...], last: str = "encoder_block_3") -> KerasTensor:
    """Convolution, convolution, pooling: each block halves the sides."""
    for number, width in enumerate(filters, start=1):
        for _ in range(2):
            x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
            x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(name=last if number == len(filters) else f"encoder_block_{number}")(x)
    return x


def _transposed(x: KerasTensor, width: int, strides: int, name: str | None = None) -> KerasTensor:
    x = layers.Conv2DTranspose(width, 3, strides=strides, padding="same", activation="relu")(x)
    return layers.BatchNormalization(name=name)(x)


def _strided_blocks(x: KerasTensor, filters: tuple[int, ...] = (64, 32, 16)) -> KerasTensor:
    """Decoder 1: a transposed convolution with stride 2 processes and enlarges in one step."""
    for number, width in enumerate(filters, start=1):
        x = _transposed(x, width, strides=2, name=f"decoder_block_{number}")
    return x


def _upsampling_blocks(x: KerasTensor, filters: tuple[int, ...] = (64, 32, 16)) -> KerasTensor:
    """Decoder 2: a transposed convolution with stride 1, then every pixel is repeated."""
    for number, width in enumerate(filters, start=1):
        x = _transposed(x, width, strides=1)
        x = layers.UpSampling2D(name=f"decoder_block_{number}")(x)
    return x


def _double_blocks(x: KerasTensor, filters: tuple[int, ...] = (32, 16, 8)) -> KerasTensor:
    """Decoder 3: a transposed convolution with stride 2, then one with stride 1."""
    for number, width in enumerate(filters, start=1):
        x = _transposed(x, width, strides=2)
        x = _transposed(x, width, strides=1, name=f"decoder_block_{number}")
    return x


DECODERS = {"network-1": _strided_blocks, "network-2": _upsampling_blocks, "network-3": _double_blocks}
