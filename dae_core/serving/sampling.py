"""Draws of a sampler: from noise, step by step, to one picture that could have been there."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np

from dae_core.pictures.arrays import Doubles, Flags, Floats

# Of distorted pictures and states, (N, 64, 64, 3) in [-1, 1], and times (N,), the velocities (N, 64, 64, 3).
Velocity = Callable[[Floats, Floats, Floats], Floats]
Solver = Literal["euler", "heun"]
STEPS = 10  # Of a draw, by Euler's method.
BEND = 2  # With 1, steps would be of equal length.
APART = 9  # Without it, a draw and the Gaussian noise in a picture of the same seed would be the very same numbers.


def one_draw(velocity: Velocity) -> Callable[[Floats], Floats]:
    """A sampler as a denoiser: its draw of seed 0 of (64, 64, 3) or (N, 64, 64, 3) in [0, 1]."""

    def reconstruct(pictures: Floats) -> Floats:
        several = pictures.reshape(-1, *pictures.shape[-3:])
        return draws(velocity, several, [0] * len(several), STEPS).reshape(pictures.shape)

    return reconstruct


def noise(seeds: Sequence[int]) -> Floats:
    """Where the draws of these seeds begin: (N, 64, 64, 3), each a function of its seed alone."""
    return np.stack([np.random.default_rng((APART, seed)).standard_normal((64, 64, 3), np.float32) for seed in seeds])


def times(steps: int) -> Doubles:
    """Where steps begin, and the last one ends: (steps + 1,) from 0, noise, to 1, picture.

    They become shorter on the way: fine detail is made near its end.
    """
    ends: Doubles = 1 - np.linspace(1, 0, steps + 1) ** BEND
    return ends


def states(
    velocity: Velocity, distorted: Floats, seeds: Sequence[int], steps: int, solver: Solver = "euler"
) -> Iterator[Floats]:
    """The states from noise to picture, (N, 64, 64, 3) in [-1, 1] and beyond, steps + 1 of them.

    Draws of odd seeds see the picture in a mirror, as a self-ensemble does: the mean of many is the better for it.

    Args:
        velocity: What the network says.
        distorted: One picture for all draws, (64, 64, 3) in [0, 1], or one for each.
        seeds: Of the draws.
        steps: See `times`.
        solver: `heun` asks the network twice a step, but for the last one, and follows the mean of both answers.
    """
    state, ends = noise(seeds), times(steps)
    mirrored = np.asarray(seeds) % 2 == 1
    pictures = _turned(np.broadcast_to(2 * distorted - 1, state.shape).astype(np.float32), mirrored)

    def ask(state: Floats, time: float) -> Floats:
        now = np.full(len(seeds), time, np.float32)
        return _turned(velocity(pictures, _turned(state, mirrored), now), mirrored)

    yield state
    for step, (now, then) in enumerate(itertools.pairwise(ends), start=1):
        length, moves = np.float32(then - now), ask(state, now)
        if solver == "heun" and step < steps:
            moves = (moves + ask(state + length * moves, then)) * np.float32(0.5)
        state = state + length * moves
        yield state


def headings(states: Floats) -> Floats:
    """Where each state of a draw but the last is heading: where it would end if it went straight on.

    (steps + 1, 64, 64, 3) to (steps, 64, 64, 3). A perfect network heads for the mean of all pictures that can still
    come of the state.
    """
    ends = times(len(states) - 1)[:, None, None, None]
    velocities = np.diff(states, axis=0) / np.diff(ends, axis=0)
    straight: Floats = (states[:-1] + (1 - ends[:-1]) * velocities).astype(np.float32)
    return straight


def _turned(pictures: Floats, mirrored: Flags) -> Floats:
    return np.where(mirrored[:, None, None, None], pictures[:, :, ::-1], pictures)


def draws(velocity: Velocity, distorted: Floats, seeds: Sequence[int], steps: int, solver: Solver = "euler") -> Floats:
    """Pictures that could have been there, (N, 64, 64, 3) in [0, 1]; arguments as in `states`."""
    *_, last = states(velocity, distorted, seeds, steps, solver)
    return np.clip((last + 1) / 2, 0, 1)
