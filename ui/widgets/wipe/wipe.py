"""Two pictures on top of each other, and a handle between them."""

from dae_core.pictures.arrays import Floats
from dae_core.pictures.writing import data_url
from ui.component import component

_wipe = component(__file__)


def wipe(before: Floats, after: Floats, left: str = "Distorted", right: str = "Reconstructed") -> None:
    """Two pictures on top of each other, and a handle that uncovers the one or the other; runs in the browser."""
    sources = {name: data_url(picture, scale=1) for name, picture in (("before", before), ("after", after))}
    _wipe(data={**sources, "left": left, "right": right}, key="wipe")
