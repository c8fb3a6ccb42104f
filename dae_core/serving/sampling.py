"""Draws of a sampler: from noise, step by step, to one picture that could have been there."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np

from dae_core.pictures.arrays import Floats

# Of distorted pictures and states, (N, 64, 64, 3) in [-1, 1], and times (N,), the velocities (N, 64, 64, 3).
Velocity = Callable[[Floats, Floats, Floats], Floats]
Solver = Literal["euler", "heun"]
STEPS = 16  # Of a draw, by Euler's method.
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


def states(
    velocity: Velocity, distorted: Floats, seeds: Sequence[int], steps: int, solver: Solver = "euler"
) -> Iterator[Floats]:
    """The states from noise to picture, (N, 64, 64, 3) in [-1, 1] and beyond, steps + 1 of them.

    Args:
        velocity: What the network says.
        distorted: One picture for all draws, (64, 64, 3) in [0, 1], or one for each.
        seeds: Of the draws.
        steps: Of equal length.
        solver: `heun` asks the network twice a step, but for the last one, and follows the mean of both answers.
    """
    state, length = noise(seeds), np.float32(1 / steps)
    pictures = np.broadcast_to(2 * distorted - 1, state.shape).astype(np.float32)
    yield state
    for step in range(steps):
        now, then = (np.full(len(seeds), time / steps, np.float32) for time in (step, step + 1))
        moves = velocity(pictures, state, now)
        if solver == "heun" and step + 1 < steps:
            moves = (moves + velocity(pictures, state + length * moves, then)) * np.float32(0.5)
        state = state + length * moves
        yield state


def draws(velocity: Velocity, distorted: Floats, seeds: Sequence[int], steps: int, solver: Solver = "euler") -> Floats:
    """Pictures that could have been there, (N, 64, 64, 3) in [0, 1]; arguments as in `states`."""
    *_, last = states(velocity, distorted, seeds, steps, solver)
    return np.clip((last + 1) / 2, 0, 1)
