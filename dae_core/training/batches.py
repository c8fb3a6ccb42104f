"""The batches of a training: distorted and clean pictures, each epoch's from its number and a seed alone."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import AnyStrength, Corruption
from dae_core.pictures.arrays import Bytes, Floats
from dae_core.pictures.dataset import as_float

Batch = tuple[Floats, Floats]  # These are distorted and clean pictures, (batch, 64, 64, 3) in [0, 1] each.


class CorruptedPictures:
    """One epoch of batches (distorted, clean), each (batch, 64, 64, 3) float32 in [0, 1], made when asked for.

    Order and distortions depend on nothing but seed and epoch, so there is no random state to save.
    """

    def __init__(self, pictures: Bytes, corruption: Corruption | AnyStrength, batch_size: int, seed: int, epoch: int):
        random = np.random.default_rng((seed, epoch))
        self.pictures, self.corruption, self.batch_size = pictures, corruption, batch_size
        self.order = random.permutation(len(pictures))
        self.seeds = random.integers(2**31, size=len(pictures))

    def __len__(self) -> int:
        return -(-len(self.pictures) // self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        if not 0 <= index < len(self):
            raise IndexError(index)
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        clean = as_float(self.pictures[chosen])
        return corrupt_batch(clean, self.corruption, self.seeds[chosen]), clean


class Batches(Protocol):
    """One epoch of batches, each made when asked for: what goes into a network, and what is to come out."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> tuple[Any, Floats]: ...


def prefetch(batches: Batches, ahead: int = 2) -> Iterator[tuple[Any, Floats]]:
    """The batches, so many of them made while the one before them is used."""
    with ThreadPoolExecutor(ahead) as workers:
        coming: deque[Future[tuple[Any, Floats]]] = deque()
        for index in range(len(batches) + ahead):
            if index < len(batches):
                coming.append(workers.submit(batches.__getitem__, index))
            if index >= ahead:
                yield coming.popleft().result()
