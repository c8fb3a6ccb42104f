"""What all pages share: a picture and what is done to it."""

from dataclasses import dataclass

from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import Corruption
from dae_core.pictures.arrays import Floats
from ui.controls.distortions import choose_distortions
from ui.controls.picture import choose_picture


@dataclass(frozen=True)
class Scene:
    """What all pages share: the picture, what is done to it, and the result, pictures as in `Choice`."""

    original: Floats
    title: str
    corruption: Corruption
    seed: int
    distorted: Floats


def choose_scene() -> Scene:
    """The pickers of picture, distortions and seed, one below the other, with what they say on every page."""
    choice = choose_picture()
    corruption, seed = choose_distortions()
    return Scene(choice.picture, choice.title, corruption, seed, corrupt(choice.picture, corruption, seed))
