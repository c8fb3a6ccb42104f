"""A checkpoint at work, on ONNX Runtime."""

from collections.abc import Callable
from copy import copy
from pathlib import Path

import numpy as np
import onnxruntime

from dae_core.checkpoints import Checkpoint, read_verified
from dae_core.pictures.arrays import Floats

THREADS = 2


class Denoiser:
    """A trained network: the two halves of an autoencoder, or one that has no latent to cut it at.

    Its methods may be called by many threads at once.

    Every method takes one picture (or latent) or a batch, float32, and answers in kind.

    >>> denoiser = load_denoiser(open_checkpoint(CHECKPOINTS_FOLDER / "distortion-all"))
    >>> denoiser.encode(picture).shape, denoiser.reconstruct(picture).shape
    ((1000,), (64, 64, 3))
    """

    def __init__(self, *models: Path | bytes, self_ensemble: bool = False):
        """Takes an `encoder.onnx` and the `decoder.onnx` that goes with it, or a `model.onnx`: the files, or what is in
        them, of which ONNX Runtime would keep a copy beside its own.

        With `self_ensemble`, `reconstruct` goes `both_ways`.
        """
        self._parts = [session(model) for model in models]
        self.self_ensemble = self_ensemble

    @property
    def has_latent(self) -> bool:
        """Whether there are two halves, so that `encode` and `decode` can be called."""
        return len(self._parts) == 2

    def encode(self, pictures: Floats) -> Floats:
        """(N, 64, 64, 3) in [0, 1] -> latents (N, latent_size), of the convolutional network (N, 8, 8, 64)."""
        return _run(self._parts[0], pictures, "latent")

    def decode(self, latents: Floats) -> Floats:
        """Latents as `encode` gives them -> pictures (N, 64, 64, 3) in [0, 1]."""
        return _run(self._parts[1], latents, "reconstruction")

    def reconstruct(self, pictures: Floats) -> Floats:
        """Pictures (N, 64, 64, 3) in [0, 1] -> pictures of the same shape and range."""
        return both_ways(self._once)(pictures) if self.self_ensemble else self._once(pictures)

    def asked_once(self) -> "Denoiser":
        """The same network, without its self-ensemble if it has one."""
        once = copy(self)
        once.self_ensemble = False
        return once

    def _once(self, pictures: Floats) -> Floats:
        return (
            self.decode(self.encode(pictures)) if self.has_latent else _run(self._parts[0], pictures, "reconstruction")
        )

    def activations(self, pictures: Floats) -> dict[str, Floats]:
        """All that flows through the network, by block in the order of the data flow, with the shapes of `shapes`.

        (64, 64, 3) in [0, 1] -> `picture` (64, 64, 3), `encoder_block_1` (32, 32, 32), ..., `latent` (1000,), ...,
        `reconstruction` (64, 64, 3); feature maps are (height, width, channels).
        """
        flow, values = {"picture": pictures}, pictures
        for part in self._parts:
            results = _run_all(part, values, [node.name for node in _by_block(part)])
            flow |= results
            values = list(results.values())[-1]
        return flow | {"reconstruction": self.reconstruct(pictures)} if self.self_ensemble else flow

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the picture, of every block's activation and of the latent, in the order of the data flow."""
        nodes = [self._parts[0].get_inputs()[0], *(node for part in self._parts for node in _by_block(part))]
        return {node.name: tuple(node.shape[1:]) for node in nodes}


def load_denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The verified denoiser of a checkpoint.

    Raises:
        CheckpointError: A file is not what the manifest says.
    """
    for file in checkpoint.model_files:
        read_verified(checkpoint, file)
    files = (checkpoint.folder / file for file in checkpoint.model_files)
    return Denoiser(*files, self_ensemble=checkpoint.experiment.self_ensemble)


def both_ways(reconstruct: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """Asks for a picture and for its mirror image, and takes the mean: the two make different mistakes.

    The self-ensemble of Timofte et al. 2016, "Seven ways to improve example-based single image super resolution"; here
    without its other turns, since no face in the training set stands on its head.

    Args:
        reconstruct: Of (64, 64, 3) or (N, 64, 64, 3) float32.
    """

    def mirror(pictures: Floats) -> Floats:
        return np.ascontiguousarray(pictures[..., ::-1, :])

    return lambda pictures: (reconstruct(pictures) + mirror(reconstruct(mirror(pictures)))) / np.float32(2)


def session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """ONNX Runtime with a network, the file or what is in it, set up for many networks and many visitors."""
    options = onnxruntime.SessionOptions()
    # Each session would keep what its largest answer took; with two dozen of them, 110 MB for no gain in time.
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = THREADS
    # Waiting threads spin for 20 microseconds, from one operation to the next, and never after an answer: by default
    # they would keep the cores busy for milliseconds that other visitors need.
    options.add_session_config_entry("session.intra_op.spin_duration_us", "20")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _run(session: onnxruntime.InferenceSession, values: Floats, output: str) -> Floats:
    return _run_all(session, values, [output])[output]


def _run_all(session: onnxruntime.InferenceSession, values: Floats, outputs: list[str]) -> dict[str, Floats]:
    source = session.get_inputs()[0]
    single = values.ndim == len(source.shape) - 1
    results = session.run(outputs, {source.name: values[None] if single else values})
    return {name: result[0] if single else result for name, result in zip(outputs, results, strict=True)}


def _by_block(session: onnxruntime.InferenceSession) -> list[onnxruntime.NodeArg]:
    """The outputs, the blocks in their order first: the whole model's own output is the last thing it computes."""
    blocks = [output for output in session.get_outputs() if "_block_" in output.name]
    order = {half: place for place, half in enumerate(("encoder", "middle", "decoder"))}
    blocks.sort(key=lambda output: (order[output.name.partition("_")[0]], output.name))
    return blocks + [output for output in session.get_outputs() if "_block_" not in output.name]
