"""A trained Keras model as a checkpoint: one or two ONNX files, dense kernels in 4 or 8 bits, and the papers."""

import importlib.metadata
import json
import logging
import shutil
import warnings
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from PIL import Image

from dae_core.checkpoints import HALVES, WHOLE, Checkpoint, write_checkpoint
from dae_core.errors import UserError
from dae_core.experiments import Experiment
from dae_core.pictures.arrays import Bytes
from dae_core.pictures.dataset import Split
from dae_core.scores.evaluate import asked, own_errors, reconstruct_all, write_scores
from dae_core.serving.denoiser import Denoiser
from dae_core.serving.sampler import Sampler
from dae_core.training.fast_layers import fused
from dae_core.training.history import best_epoch, write_history
from dae_core.training.run import TrainingRun

TOLERANCE = 0.01
# Dense kernels are stored in so many bits a weight, and so many weights of an output share a scale; small ones first.
STORAGES = ((4, 128), (4, 64), (8, 128))
NO_STORAGE = ((0, 0),)  # The sampler's dense kernels are small, and are asked for every draw: 16 bits, as convolutions.
TALKERS = ("tf2onnx", "onnxruntime.quantization.matmul_nbits_quantizer")  # They write a line for every operation.
EXPORT_TOOLS = ("keras", "onnx", "onnxruntime", "tf2onnx")


class ExportError(UserError):
    """The exported model does not do what the trained one does."""


def export(
    experiment: Experiment,
    run: TrainingRun,
    val_split: Split,
    test_split: Split,
    folder: Path,
    trained: float | None = None,
) -> Checkpoint:
    """Makes a checkpoint of a finished training, in place of an older one.

    Args:
        experiment: What was trained.
        run: What training left.
        val_split: The pictures whose errors are listed with those of the test pictures.
        test_split: The pictures that the metrics are about.
        folder: The checkpoint's folder, to be made; the work is done beside it.
        trained: The Keras model's test MSE where somebody has measured it; it takes a while.

    Raises:
        ExportError: The exported model's test MSE differs from the Keras model's by more than 1 %, however they
            are stored.
    """
    for name in TALKERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    work = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    trained = keras_mse(experiment, run.model, test_split) if trained is None else trained
    denoiser, bits, test_mse = export_smallest(experiment, run.model, work, test_split, trained)
    write_history(work / "history.csv", run.history)
    write_replay(work / "replay.webp", run.replay)
    scored = write_scores(work, experiment, denoiser, val_split, test_split)
    best = best_epoch(run.history)
    manifest = {
        "experiment": asdict(experiment),
        "parameters": counts(run.model),
        "epochs_run": len(run.history),
        "best_epoch": best,
        "loss": run.history[best - 1]["loss"],
        "val_loss": run.history[best - 1]["val_loss"],
        "test_mse": test_mse,
        "bits": bits,
        "training_seconds": round(sum(row["seconds"] for row in run.history)),
        "trained_with": run.trained_with,
        "exported_with": {name: importlib.metadata.version(name) for name in EXPORT_TOOLS},
        "data": run.data | {"test": test_split.digest, "classes": list(test_split.class_names)},
    }
    files = (*parts(run.model), "history.csv", "replay.webp", *scored)
    return write_checkpoint(folder, work, files, json.loads(json.dumps(manifest)))


def parts(model: keras.Model) -> dict[str, keras.Model]:
    """What becomes a file each: encoder and decoder, or the whole network if it has none."""
    names = [layer.name for layer in model.layers]
    halves = {file: model.get_layer(Path(file).stem) for file in HALVES if Path(file).stem in names}
    return halves or {WHOLE[0]: model}


def export_smallest(
    experiment: Experiment, model: keras.Model, folder: Path, test_split: Split, trained: float
) -> tuple[Denoiser | Sampler, int | None, dict[str, float]]:
    """Writes a model's ONNX files, with its dense kernels in the first of `STORAGES` that does what was trained.

    Args:
        experiment: What was trained.
        model: Its outcome.
        folder: Where the files go.
        test_split: The pictures to compare the two on.
        trained: The model's `keras_mse`.

    Returns:
        The exported model; in how many bits its dense kernels are (None: it has none); and the test MSE of the Keras
        model, `keras`, and of its export, `onnx`, on what the experiment was trained on.

    Raises:
        ExportError: With all of `STORAGES`, the two differ by more than `TOLERANCE`.
    """
    for bits, block in NO_STORAGE if experiment.is_sampler else STORAGES:
        for file, part in parts(model).items():
            export_onnx(part, folder / file, bits, block)
        files = [(folder / file).read_bytes() for file in parts(model)]
        ensemble = experiment.self_ensemble
        denoiser = Sampler(*files) if experiment.is_sampler else Denoiser(*files, self_ensemble=ensemble)
        exported = float(own_errors(experiment, partial(reconstruct_all, denoiser), test_split).mean())
        if abs(exported - trained) <= TOLERANCE * trained:  # This way round, NaN is refused.
            return denoiser, bits if bits and has_dense(model) else None, {"keras": trained, "onnx": exported}
    raise ExportError(
        f"{experiment.name}: the exported model's test MSE is {exported:.6f}, the trained one's {trained:.6f}: "
        f"more than {TOLERANCE:.0%} apart. Nothing was published; the training state is kept."
    )


def keras_mse(experiment: Experiment, model: keras.Model, test_split: Split) -> float:
    """The test MSE of a Keras model on what it was trained on."""
    return float(own_errors(experiment, asked(experiment, model.predict), test_split).mean())


def has_dense(model: keras.Model) -> bool:
    """Whether any of its layers is dense."""
    return any(isinstance(layer, keras.layers.Dense) for layer in model._flatten_layers())  # noqa: SLF001 - the public list has no inner layers


def export_onnx(half: keras.Model, file: Path, bits: int, block: int = 128) -> None:
    """Writes a part of a network as ONNX, with its output and the activation after each block, named after it.

    Dense kernels are stored in `bits`, 4 or 8, and each `block` of an output's weights has a scale. Convolutions, and
    with 0 bits all kernels, are stored in half precision, which costs no error that shows.
    """
    if any(map(is_replaced, half.layers)):
        half = simplify(half)
    if any(isinstance(layer, keras.layers.GroupNormalization) for layer in half.layers):
        half = fused(half)  # ONNX Runtime, too, takes a third less time for it.
    blocks = [layer for layer in half.layers if "_block_" in layer.name]
    outputs = {half.layers[-1].name: half.output} | {layer.name: layer.output for layer in blocks}
    opened = keras.Model(half.input, outputs)
    # Keras exports only what has been called.
    opened(keras.tree.map_structure(lambda one: np.zeros((1, *one.shape[1:]), np.float32), half.input))
    exact = file.with_suffix(".float.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # NumPy remarks on how Keras prepares tf2onnx for NumPy 2.
        opened.export(exact, format="onnx", verbose=False)
    # Level 4 multiplies integers. In floats, ONNX Runtime 1.32 takes three times as long for 4 bits, and for 8 it makes
    # floats of the whole kernel for every picture.
    exported = onnx.load(exact)
    exact.unlink()
    if bits:
        quantizer = MatMulNBitsQuantizer(exported, bits, block_size=block, is_symmetric=True, accuracy_level=4)
        quantizer.process()
        exported = in_two_digits(quantizer.model.model)
    onnx.save(in_half_precision(exported), file)


def in_two_digits(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with what flows into its quantized dense kernels in 16 bits instead of 8, for each picture by itself.

    ONNX Runtime rounds a picture's activations to 127 steps on either side of zero, by block. So each picture becomes
    two: one that is rounded to these steps already, and what that leaves, which has 127 smaller steps of its own. Both
    go through the kernel in one call, which takes hardly longer than for one, and are added: as good as float32.
    """
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        nodes += two_digits(node, model.graph) if node.op_type == "MatMulNBits" else [node]
    replace_nodes(model, nodes)
    return model


def two_digits(dense: onnx.NodeProto, graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes that do what `dense` does, more exactly; their constants are added to the graph."""
    result = dense.output[0]
    attributes = {attribute.name: attribute for attribute in dense.attribute}
    width, block = attributes["K"].i, attributes["block_size"].i
    blocks = -(-width // block)
    nodes: list[onnx.NodeProto] = []

    def node(kind: str, *inputs: str, **options: Any) -> str:
        output = f"{result}_{len(nodes)}"
        nodes.append(onnx.helper.make_node(kind, inputs, [output], **options))
        return output

    def constant(name: str, values: list[int] | float) -> str:
        array = np.array(values, np.int64 if isinstance(values, list) else np.float32)
        graph.initializer.append(onnx.numpy_helper.from_array(array, f"{result}_{name}"))
        return f"{result}_{name}"

    # The quantizer has filled the kernel up to whole blocks; what meets it has to be filled up, too.
    filled = node("Pad", dense.input[0], constant("fill", [0, 0, 0, blocks * block - width]))
    values = node("Reshape", filled, constant("by_block", [-1, blocks, block]))
    largest = node("ReduceMax", node("Abs", values), axes=[2])
    # A block of zeros has a step as well: 0 / 0 would be no number.
    step = node("Max", node("Div", largest, constant("steps", 127.0)), constant("smallest", 1e-30))
    coarse = node("Mul", node("Round", node("Div", values, step)), step)
    digits = node("Concat", coarse, node("Sub", values, coarse), axis=0)
    rows = node("Reshape", digits, constant("by_row", [-1, blocks * block]))
    both = node("MatMulNBits", rows, *dense.input[1:])
    nodes[-1].CopyFrom(dense)
    nodes[-1].input[0], nodes[-1].output[0] = rows, both
    next(attribute for attribute in nodes[-1].attribute if attribute.name == "K").i = blocks * block
    halves = [f"{result}_coarse", f"{result}_fine"]
    nodes.append(onnx.helper.make_node("Split", [both], halves, axis=0))
    return [*nodes, onnx.helper.make_node("Add", halves, [result])]


def in_half_precision(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its convolutions and scales stored as float16; ONNX Runtime makes float32 of them as it loads."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) > 1:
            name = tensor.name
            half = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}_half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}_half"], [name], to=onnx.TensorProto.FLOAT))
    replace_nodes(model, [*casts, *model.graph.node])
    return model


def replace_nodes(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    """Gives the model these nodes, some of which may be its own."""
    graph = onnx.GraphProto(node=nodes)
    model.graph.ClearField("node")
    model.graph.node.extend(graph.node)


def is_replaced(layer: keras.Layer) -> bool:
    """Whether `simplify` makes another layer of it."""
    return isinstance(layer, keras.layers.BatchNormalization) and len(layer.output.shape) == 4


def simplify(half: keras.Model) -> keras.Model:
    """The same function without batch normalization on images.

    A trained one is a multiplication and an addition per channel. As a depthwise 1 x 1 convolution, ONNX Runtime keeps
    it in the memory layout of the convolutions around it, which saves a seventh of the time for one picture.
    """

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


def write_replay(file: Path, replay: Bytes) -> None:
    """One WebP picture: a row per epoch, a column per sample, of (epochs, samples, 64, 64, 3) uint8."""
    epochs, samples, height, width, channels = replay.shape
    sheet = replay.transpose(0, 2, 1, 3, 4).reshape(epochs * height, samples * width, channels)
    Image.fromarray(sheet).save(file, quality=80, method=6)


def counts(model: keras.Model) -> dict[str, int]:
    """How many parameters a network has: those that are trained, in all and of each half, and those that are fixed."""
    halves = parts(model)
    return {
        "trainable": count(model.trainable_weights),
        "fixed": count([w for w in model.non_trainable_weights if w.name in ("kernel", "bias")]),
        **{Path(file).stem: count(half.trainable_weights) for file, half in halves.items() if len(halves) > 1},
    }


def count(weights: list[keras.Variable]) -> int:
    """Number of values in these weights."""
    return sum(int(np.prod(weight.shape)) for weight in weights)
