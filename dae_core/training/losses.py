"""What training minimizes, by name; pictures are (batch, 64, 64, 3) in [0, 1]."""

import keras
from keras import ops

WINDOW, SIGMA = 11, 1.5  # Wang et al. 2004 and `metrics` have the same.
SSIM_WEIGHT = 0.1


@keras.saving.register_keras_serializable("dae_core")
def sharp(clean, rebuilt):
    """Charbonnier's loss, which forgives a bold mistake that the square would not, and a part of 1 - SSIM."""
    charbonnier = ops.mean(ops.sqrt(ops.square(rebuilt - clean) + 1e-6))
    return charbonnier + SSIM_WEIGHT * (1 - ssim(clean, rebuilt))


def ssim(clean, rebuilt):
    """The mean structural similarity of two batches (Wang et al. 2004), differentiable; windows inside the picture."""
    mean_a, mean_b = _blur(clean), _blur(rebuilt)
    variance_a = _blur(ops.square(clean)) - ops.square(mean_a)
    variance_b = _blur(ops.square(rebuilt)) - ops.square(mean_b)
    covariance = _blur(clean * rebuilt) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    similar = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return ops.mean(similar / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)))


def _blur(pictures):
    """A Gaussian of `SIGMA` pixels over a window, one direction after the other: (batch, 54, 54, 3)."""
    weights = ops.exp(-ops.square(ops.arange(WINDOW, dtype="float32") - WINDOW // 2) / (2 * SIGMA**2))
    weights = ops.tile(ops.reshape(weights / ops.sum(weights), (WINDOW, 1, 1, 1)), (1, 1, 3, 1))
    down = ops.depthwise_conv(pictures, weights, padding="valid")
    return ops.depthwise_conv(down, ops.transpose(weights, (1, 0, 2, 3)), padding="valid")


LOSSES = {"mse": "mse", "sharp": sharp}
