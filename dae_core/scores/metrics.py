"""How far a picture is from another one. MSE: less is better; PSNR and SSIM: more is better."""

import cv2
import numpy as np

METRICS = ("mse", "psnr", "ssim")


def mse(pictures: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Mean squared error per picture, of values in [0, 1] (the report's loss, section 2.2).

    Args:
        pictures: (..., H, W, 3) float in [0, 1].
        references: The same shape.

    Returns:
        (...) float64.
    """
    return np.square(np.subtract(pictures, references, dtype=np.float64)).mean(axis=(-3, -2, -1))


def psnr(pictures: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio per picture in dB, infinite for equal pictures; arguments as for `mse`."""
    return psnr_of(mse(pictures, references))


def psnr_of(error: np.ndarray | float) -> np.ndarray:
    """The PSNR in dB of an MSE of pictures in [0, 1]."""
    with np.errstate(divide="ignore"):
        return -10 * np.log10(error)


def ssim(picture: np.ndarray, reference: np.ndarray) -> float:
    """Structural similarity of two (H, W, 3) pictures in [0, 1]: 1 for equal ones, averaged over pixels and channels.

    Source:
        Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004, with its window,
        a Gaussian of standard deviation 1.5 cut off at 11 x 11 pixels.
    """
    x, y = picture.astype(np.float64), reference.astype(np.float64)
    c1, c2 = 0.01**2, 0.03**2
    mean_x, mean_y = _window_mean(x), _window_mean(y)
    variance_x = _window_mean(x * x) - mean_x**2
    variance_y = _window_mean(y * y) - mean_y**2
    covariance = _window_mean(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    inside = (luminance * structure)[5:-5, 5:-5]  # Only where the whole window lies on the picture.
    return float(inside.mean())


def scores(picture: np.ndarray, reference: np.ndarray) -> dict[str, float]:
    """All of `METRICS` for one (H, W, 3) picture in [0, 1]."""
    return {
        "mse": float(mse(picture, reference)),
        "psnr": float(psnr(picture, reference)),
        "ssim": ssim(picture, reference),
    }


def _window_mean(values: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(values, (11, 11), 1.5)
