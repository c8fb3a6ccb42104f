"""A checkpoint of a sampler at work, on ONNX Runtime."""

from pathlib import Path

from dae_core.checkpoints import WHOLE, Checkpoint, read_verified
from dae_core.pictures.arrays import Floats
from dae_core.serving.denoiser import Denoiser, load_denoiser, session
from dae_core.serving.sampling import one_draw


class Sampler:
    """A trained sampler on ONNX Runtime; many threads at once may ask it.

    >>> sampler = load_sampler(open_checkpoint(CHECKPOINTS_FOLDER / "sampler"))
    >>> draws(sampler.velocity, distorted, seeds=range(4), steps=STEPS).shape
    (4, 64, 64, 3)
    """

    def __init__(self, model: Path | bytes):
        """Takes a `model.onnx`: the file, or what is in it."""
        self._session = session(model)

    def velocity(self, pictures: Floats, states: Floats, times: Floats) -> Floats:
        """See `Velocity`."""
        question = {"picture": pictures, "state": states, "time": times}
        velocity: Floats = self._session.run(["velocity"], question)[0]
        return velocity

    def reconstruct(self, pictures: Floats) -> Floats:
        """One draw for each picture, of the same seed: (N, 64, 64, 3) in [0, 1], or one of them, to the same shape."""
        return one_draw(self.velocity)(pictures)


def load_any(checkpoint: Checkpoint) -> Denoiser | Sampler:
    """What a checkpoint holds, by which pictures can be reconstructed.

    Raises:
        CheckpointError: A file is not what the manifest says.
    """
    return load_sampler(checkpoint) if checkpoint.experiment.is_sampler else load_denoiser(checkpoint)


def load_sampler(checkpoint: Checkpoint) -> Sampler:
    """The verified sampler of a checkpoint.

    Raises:
        CheckpointError: A file is not what the manifest says.
    """
    (file,) = WHOLE
    read_verified(checkpoint, file)
    return Sampler(checkpoint.folder / file)
