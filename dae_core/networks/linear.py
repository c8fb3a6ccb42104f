"""What the best linear network does: principal components."""

import numpy as np

from dae_core.pictures.arrays import Floats


def principal_components(pictures: Floats, count: int) -> tuple[Floats, Floats]:
    """The mean picture and the directions in which pictures differ most, the first ones first.

    Args:
        pictures: (N, 64, 64, 3) float32; N at least `count`.
        count: Of the components.

    Returns:
        Mean (12288,) and orthonormal components (count, 12288), float32.
    """
    flat = pictures.reshape(len(pictures), -1)
    mean = flat.mean(axis=0)
    centred = flat - mean
    # The N x N products have the same components as the 12288 x 12288 ones, in a third of the time.
    values, vectors = np.linalg.eigh((centred @ centred.T).astype(np.float64))
    largest = slice(-1, -count - 1, -1)
    components = vectors[:, largest].T.astype(np.float32) @ centred
    return mean, components / np.sqrt(values[largest], dtype=np.float32)[:, None]
