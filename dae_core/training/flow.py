"""What the sampler learns from: states on the straight way from noise to a clean picture, and where they move."""

import numpy as np

from dae_core.pictures.arrays import Floats
from dae_core.training.batches import CorruptedPictures

Question = tuple[Floats, Floats, Floats]  # These are picture, state and time, the inputs of `networks.sampler`.


class Flow:
    """One epoch of batches (question, velocity), made of an epoch of distorted and clean pictures when asked for.

    At time t, the state is (1 - t) * noise + t * clean, and the velocity is clean - noise, pictures in [-1, 1]. Times
    have the density 2 (1 - t): what is hard to learn, which face there could be, is decided near the noise. Half of the
    pairs are mirrored. All draws depend on nothing but seed, epoch and batch.
    """

    def __init__(self, pairs: CorruptedPictures, seed: int, epoch: int):
        self.pairs, self.seed, self.epoch = pairs, seed, epoch

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[Question, Floats]:
        random = np.random.default_rng((self.seed, self.epoch, index))
        distorted, clean = (2 * pictures - 1 for pictures in self.pairs[index])
        mirrored = random.random(len(clean)) < 0.5
        for pictures in (distorted, clean):
            pictures[mirrored] = pictures[mirrored, :, ::-1]
        time: Floats = 1 - np.sqrt(1 - random.random(len(clean), np.float32))
        noise = random.standard_normal(clean.shape, np.float32)
        share = time[:, None, None, None]
        return (distorted, (1 - share) * noise + share * clean, time), clean - noise
