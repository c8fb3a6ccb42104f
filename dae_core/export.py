"""A trained Keras model as a checkpoint: two ONNX files, the dense kernels in 8 or 4 bits, and the papers."""

import importlib.metadata
import json
import shutil
import warnings
from dataclasses import asdict
from functools import partial
from pathlib import Path

import keras
import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quant_pre_process, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from PIL import Image

from dae_core.checkpoints import HALVES, WHOLE, Checkpoint, write_checkpoint
from dae_core.data import Split
from dae_core.errors import UserError
from dae_core.evaluation import asked, own_errors, reconstruct_all, write_scores
from dae_core.experiments import Experiment
from dae_core.history import best_epoch, write_history
from dae_core.inference import Denoiser
from dae_core.training import TrainingRun

TOLERANCE = 0.01
EXPORT_TOOLS = ("keras", "onnx", "onnxruntime", "tf2onnx")


class ExportError(UserError):
    """The exported model does not do what the trained one does."""


def export(experiment: Experiment, run: TrainingRun, val_split: Split, test_split: Split, folder: Path) -> Checkpoint:
    """Makes a checkpoint of a finished training, in place of an older one.

    Args:
        experiment: What was trained.
        run: What training left.
        val_split: The pictures whose errors are listed with those of the test pictures.
        test_split: The pictures that the metrics are about.
        folder: The checkpoint's folder, to be made; the work is done beside it.

    Raises:
        ExportError: The exported pair's test MSE differs from the Keras model's by more than 1 %.
    """
    work = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    models = parts(run.model)
    for file, part in models.items():
        export_onnx(part, work / file, dense_bits(experiment), in_blocks(experiment))
    denoiser = Denoiser(*((work / file).read_bytes() for file in models), self_ensemble=experiment.self_ensemble)
    test_mse = compare(experiment, run.model, denoiser, test_split)
    write_history(work / "history.csv", run.history)
    write_replay(work / "replay.webp", run.replay)
    scored = write_scores(work, experiment, denoiser, val_split, test_split)
    best = best_epoch(run.history)
    manifest = {
        "experiment": asdict(experiment),
        "parameters": {
            "trainable": count(run.model.trainable_weights),
            "fixed": count([w for w in run.model.non_trainable_weights if w.name in ("kernel", "bias")]),
            **{Path(file).stem: count(part.trainable_weights) for file, part in models.items() if len(models) > 1},
        },
        "epochs_run": len(run.history),
        "best_epoch": best,
        "loss": run.history[best - 1]["loss"],
        "val_loss": run.history[best - 1]["val_loss"],
        "test_mse": test_mse,
        "training_seconds": round(sum(row["seconds"] for row in run.history)),
        "trained_with": run.trained_with,
        "exported_with": {name: importlib.metadata.version(name) for name in EXPORT_TOOLS},
        "data": run.data | {"test": test_split.digest},
    }
    files = (*models, "history.csv", "replay.webp", *scored)
    return write_checkpoint(folder, work, files, json.loads(json.dumps(manifest)))


def parts(model: keras.Model) -> dict[str, keras.Model]:
    """What becomes a file each: encoder and decoder, or the whole network if it has none."""
    names = [layer.name for layer in model.layers]
    halves = {file: model.get_layer(Path(file).stem) for file in HALVES if Path(file).stem in names}
    return halves or {WHOLE[0]: model}


def dense_bits(experiment: Experiment) -> int:
    """In how many bits the dense kernels, nearly all of the parameters, are stored: 8, of the widest networks 4.

    In 4 bits the test MSE of network 1 at 4096 grows by a sixteenth of a percent, at 1000 by half a percent; and with 8
    for all of them, the checkpoints would be too large for a repository.
    """
    return 4 if experiment.model.latent_size >= 2048 else 8


def in_blocks(experiment: Experiment) -> bool:
    """Whether each 128 of an output's dense weights have a scale of their own, and what flows through them as well.

    Four bits need it. So do principal components, the first of which vary a hundred times as much as the last: with one
    scale for all, the test MSE would grow by a sixth, with blocks by half a percent.
    """
    return dense_bits(experiment) == 4 or experiment.model.architecture == "linear-bottleneck"


def export_onnx(half: keras.Model, file: Path, bits: int, in_blocks: bool) -> None:
    """Writes a part of a network as ONNX, with its output and the activation after each block, named after it."""
    half = simplify(half)
    blocks = [layer for layer in half.layers if "_block_" in layer.name]
    outputs = {half.layers[-1].name: half.output} | {layer.name: layer.output for layer in blocks}
    opened = keras.Model(half.input, outputs)
    opened(np.zeros((1, *half.input_shape[1:]), np.float32))  # Keras exports only what has been called.
    exact = file.with_suffix(".float.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # NumPy's remark on how Keras prepares tf2onnx for NumPy 2.
        opened.export(exact, format="onnx", verbose=False)
    quant_pre_process(exact, exact, skip_optimization=True, skip_symbolic_shape=True)
    if in_blocks:
        model = onnx.load(exact)
        quantizer = MatMulNBitsQuantizer(model, bits, block_size=128, is_symmetric=True, accuracy_level=4)
        quantizer.process()
        quantizer.model.save_model_to_file(file)
    else:
        quantize_dynamic(exact, file, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
    exact.unlink()


def simplify(half: keras.Model) -> keras.Model:
    """The same function without batch normalization on images.

    A trained one is a multiplication and an addition per channel. As a depthwise 1 x 1 convolution, ONNX Runtime keeps
    it in the memory layout of the convolutions around it, which saves a seventh of the time for one picture.
    """

    def is_replaced(layer: keras.Layer) -> bool:
        return isinstance(layer, keras.layers.BatchNormalization) and len(layer.output.shape) == 4

    def clone(layer: keras.Layer) -> keras.Layer:
        if is_replaced(layer):
            return keras.layers.DepthwiseConv2D(1, name=layer.name)
        return type(layer).from_config(layer.get_config())

    simple = keras.models.clone_model(half, clone_function=clone, call_function=lambda layer, x, **_: layer(x))
    for trained, layer in zip(half.layers, simple.layers, strict=True):
        weights = trained.get_weights()
        if is_replaced(trained):
            gamma, beta, mean, variance = weights
            scale = gamma / np.sqrt(variance + trained.epsilon)
            weights = [scale.reshape(1, 1, -1, 1), beta - mean * scale]
        layer.set_weights(weights)
    return simple


def compare(experiment: Experiment, model: keras.Model, denoiser: Denoiser, test_split: Split) -> dict[str, float]:
    """The test MSE of the Keras model and of its export, on what the experiment was trained on.

    Raises:
        ExportError: They differ by more than `TOLERANCE`.
    """
    trained = float(own_errors(experiment, asked(experiment, model.predict), test_split).mean())
    exported = float(own_errors(experiment, partial(reconstruct_all, denoiser), test_split).mean())
    if not abs(exported - trained) <= TOLERANCE * trained:  # Put so that NaN is refused.
        raise ExportError(
            f"{experiment.name}: the exported model's test MSE is {exported:.6f}, the trained one's {trained:.6f}: "
            f"more than {TOLERANCE:.0%} apart. Nothing was published; the training state is kept."
        )
    return {"keras": trained, "onnx": exported}


def write_replay(file: Path, replay: np.ndarray) -> None:
    """One WebP picture: a row per epoch, a column per sample, of (epochs, samples, 64, 64, 3) uint8."""
    epochs, samples, height, width, channels = replay.shape
    sheet = replay.transpose(0, 2, 1, 3, 4).reshape(epochs * height, samples * width, channels)
    Image.fromarray(sheet).save(file, quality=80, method=6)


def count(weights: list[keras.Variable]) -> int:
    """Number of values in these weights."""
    return sum(int(np.prod(weight.shape)) for weight in weights)
