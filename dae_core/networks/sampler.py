"""The sampler as a Keras model: which way from noise to a clean picture, given a distorted one.

Flow matching (Lipman et al. 2023): a state between noise and picture moves with a velocity, which the network learns.
"""

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from dae_core.experiments import PICTURE_SHAPE
from dae_core.networks.beyond import FULL

WIDTHS = (16, 64, 96, 192)  # At 64, 32, 16 and 8 pixels a side.
BLOCKS = (1, 2, 2, 2)  # On the way down and on the way up; at full size, more would take most of the time.
GROUPS = 8  # Of the normalization.
FREQUENCIES, EMBEDDED = 16, 128  # Sines that a time is seen through, and numbers that it becomes.
LEAST = 0.05  # Nearer to the picture, dividing by what is left of the way would make much of nothing.


def sampler() -> keras.Model:
    """Distorted picture, state and time to velocity, untrained.

    Inputs `picture` and `state`, (batch, 64, 64, 3) in [-1, 1] and beyond, and `time`, (batch,) from 0, noise, to 1, a
    clean picture. Output `velocity`, (batch, 64, 64, 3): how the state changes per unit of time.
    """
    picture, state = (keras.Input(PICTURE_SHAPE, name=name) for name in ("picture", "state"))
    time = keras.Input((), name="time")
    now = _embedded(time)
    # As far as the state is noise, it tells nothing of the face: near the noise, only the picture is left to look at.
    share = layers.Reshape((1, 1, 1), dtype=FULL)(time)
    mix = picture + share * (state - picture)
    x = layers.Conv2D(WIDTHS[0], 3, padding="same")(layers.Concatenate()([picture, share * state, mix]))
    finer = []
    for width, blocks in zip(WIDTHS[:-1], BLOCKS[:-1], strict=True):
        x = _blocks(x, now, width, blocks)
        finer.append(x)
        x = layers.Conv2D(width, 3, strides=2, padding="same")(x)
    x = _blocks(x, now, WIDTHS[-1], BLOCKS[-1])
    for width, blocks in reversed(list(zip(WIDTHS[:-1], BLOCKS[:-1], strict=True))):
        # The other way round, the convolution would take four times as long.
        x = layers.UpSampling2D()(layers.Conv2D(width, 3, padding="same")(x))
        x = _blocks(layers.Concatenate()([x, finer.pop()]), now, width, blocks)
    # Untrained, it heads for the distorted picture.
    correction = layers.Conv2D(3, 3, padding="same", kernel_initializer="zeros", dtype=FULL)(_activated(x))
    # The last layer has no noise to tell from detail and to scale up, only to correct a mix of picture and state to the
    # picture without distortions (compare Li and He, "Back to basics: let denoising generative models denoise", 2025).
    left = ops.maximum(1 - share, LEAST)
    velocity = layers.Identity(name="velocity", dtype=FULL)(picture - state + correction / left)
    return keras.Model([picture, state, time], velocity, name="sampler")


def _embedded(time: KerasTensor) -> KerasTensor:
    """(batch,) to (batch, EMBEDDED): a time as sines and cosines of frequencies from slow to fast."""
    # In NumPy: a tensor of the backend would become an input of the exported network.
    frequencies = np.logspace(0, 2, FREQUENCIES, dtype=FULL)
    angles = layers.Reshape((1,), dtype=FULL)(time) * frequencies
    waves = layers.Concatenate(dtype=FULL)([ops.sin(angles), ops.cos(angles)])
    return layers.Dense(EMBEDDED, activation="silu")(layers.Dense(EMBEDDED, activation="silu")(waves))


def _blocks(x: KerasTensor, now: KerasTensor, width: int, count: int) -> KerasTensor:
    for _ in range(count):
        x = _block(x, now, width)
    return x


def _block(x: KerasTensor, now: KerasTensor, width: int) -> KerasTensor:
    """A residual block whose features the time scales and shifts (FiLM, Perez et al. 2018)."""
    inner = layers.Conv2D(width, 3, padding="same")(_activated(x))
    inner = layers.GroupNormalization(GROUPS)(inner)
    scale, shift = (layers.Reshape((1, 1, width))(layers.Dense(width)(now)) for _ in range(2))
    inner = layers.Activation("silu")(inner * (1 + scale) + shift)
    inner = layers.Conv2D(width, 3, padding="same", kernel_initializer="zeros")(inner)
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1)(x)
    return layers.Add()([x, inner])


def _activated(x: KerasTensor) -> KerasTensor:
    return layers.Activation("silu")(layers.GroupNormalization(GROUPS)(x))
