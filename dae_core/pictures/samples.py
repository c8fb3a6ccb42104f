"""The nine pictures that are shipped."""

from pathlib import Path

from dae_core.pictures.arrays import Floats
from dae_core.pictures.reading import read_picture

SAMPLES_FOLDER = Path(__file__).parents[2] / "samples"


# The order is that in which the app offers the pictures, and in which a replay shows them: faces come first.
FACES = {
    "cat-chelsea": "Chelsea, a cat",
    "cat-tabby": "A tabby cat",
    "dog-golden-retriever": "A golden retriever",
}


NEVER_SEEN = {
    "owl": "An owl",
    "parrot": "A parrot",
    "chameleon": "A chameleon",
    "astronaut": "An astronaut",
    "sunflower": "A sunflower",
    "pancakes": "Pancakes",
}


SAMPLES = FACES | NEVER_SEEN


def load_sample(name: str) -> Floats:
    """A shipped picture by its name in `SAMPLES`: (64, 64, 3) float32 in [0, 1]."""
    return read_picture(SAMPLES_FOLDER / f"{name}.png")
