"""How far a picture is from another one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dae_core.pictures.arrays import Doubles, Floats


def mse(pictures: Floats | Doubles, references: Floats | Doubles) -> Doubles:
    """Mean squared error per picture, of values in [0, 1] (the report's loss, section 2.2).

    Args:
        pictures: (..., H, W, 3) float in [0, 1].
        references: The same shape.

    Returns:
        (...) float64.
    """
    errors: Doubles = np.square(np.subtract(pictures, references, dtype=np.float64)).mean(axis=(-3, -2, -1))
    return errors


def psnr(pictures: Floats, references: Floats) -> Doubles:
    """Peak signal-to-noise ratio per picture in dB, infinite for equal pictures; arguments as for `mse`."""
    return psnr_of(mse(pictures, references))


def psnr_of(error: Doubles | float) -> Doubles:
    """The PSNR in dB of an MSE of pictures in [0, 1]."""
    with np.errstate(divide="ignore"):
        return -10 * np.log10(error)


def ssim(picture: Floats, reference: Floats) -> float:
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
    inside = (luminance * structure)[5:-5, 5:-5]  # Here, the whole window lies on the picture.
    return float(inside.mean())


@dataclass(frozen=True)
class Metric:
    """A way to say how far a picture is from its original, and how people write and read it.

    Attributes:
        title: Its name.
        of: Picture and original, (H, W, 3) each in [0, 1] -> its value.
        digits: After the decimal point, on a tile; in tables it is one more.
        unit: What follows a number of it, or nothing.
        lower_is_better: Whether less of it is better.
    """

    title: str
    of: Callable[[Floats, Floats], float]
    digits: int
    unit: str
    lower_is_better: bool

    @property
    def heading(self) -> str:
        """Title and unit, over a column of plain numbers."""
        return f"{self.title}, {self.unit}" if self.unit else self.title

    def write(self, value: float, sign: str = "", more_digits: int = 0) -> str:
        """A value with its unit, which does not break off; with the sign `+`, a difference. Infinity is ∞."""
        unit = f"\u00a0{self.unit}" if self.unit and not sign else ""
        return f"{value:{sign}.{self.digits + more_digits}f}".replace("inf", "∞").replace("-", "−") + unit

    def cell(self, value: float | None) -> str:
        """A value in a table, whose heading has the unit; empty if nobody measured it."""
        return "" if value is None else f"{value:.{self.digits + 1}f}"


# The keys are the names that stand in the rows. Another metric is another entry here, and a rescore.
METRICS = {
    "mse": Metric("MSE", lambda *both: float(mse(*both)), digits=4, unit="", lower_is_better=True),
    "psnr": Metric("PSNR", lambda *both: float(psnr(*both)), digits=1, unit="dB", lower_is_better=False),
    "ssim": Metric("SSIM", lambda *both: ssim(*both), digits=2, unit="", lower_is_better=False),
}


def scores(picture: Floats, reference: Floats) -> dict[str, float]:
    """All of `METRICS` for one (H, W, 3) picture in [0, 1]."""
    return {name: metric.of(picture, reference) for name, metric in METRICS.items()}


def _window_mean(values: Doubles) -> Doubles:
    import cv2  # It takes long to import, and whoever only reads scores does without.

    return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), np.float64)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's of the values of two arrays of one shape: 1 if they grow together, -1 if one falls as the other grows.

    Equal values share their mean rank; where all are equal, there is no order to agree with, and it is 0.

    >>> round(rank_correlation([1, 2, 3], [0.3, 0.2, 0.1]), 6)
    -1.0
    """
    ranks = [_ranks(np.ravel(values)) for values in (first, second)]
    if any(np.ptp(one) == 0 for one in ranks):
        return 0.0
    table: Doubles = np.corrcoef(np.stack(ranks))
    return float(table[0, 1])


def _ranks(values: np.ndarray) -> Doubles:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean_ranks: Doubles = np.cumsum(counts) - (counts + 1) / 2
    return mean_ranks[places]
