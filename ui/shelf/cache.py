"""Everything that visitors share: it is the same for all, and nobody changes it."""

import base64
import json
import platform
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint, CheckpointError, list_checkpoints, read_verified
from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.events import log
from dae_core.pictures import dataset
from dae_core.scores.metrics import mse
from dae_core.scores.principal_components import read_component_errors
from dae_core.scores.repeats import Repeat, read_repeats
from dae_core.serving.denoiser import Denoiser, load_denoiser
from dae_core.serving.latents import MAPPED, LatentMap, load_map
from dae_core.training.live_queue import LiveQueue, unavailable


@st.cache_resource(show_spinner=False)
def log_start() -> None:
    """Says once per process what is running here."""
    names = ("streamlit", "onnxruntime", "numpy", "pillow", "albumentations")
    log(
        "start",
        address=st.context.url,
        checkpoints=list(checkpoints()[0]),
        live_training=unavailable() or "offered",
        versions={"python": platform.python_version()} | {name: version(name) for name in names},
    )


@st.cache_resource(show_spinner=False)
def _log_refused(sentence: str) -> None:
    """Says once what is wrong with a checkpoint, not whenever somebody looks."""
    log("checkpoint refused", reason=sentence)


@st.cache_resource(ttl=300, show_spinner=False)
def _not_loaded() -> dict[str, str]:
    """Why, by the name of the checkpoint. Tried again after five minutes: somebody may have restored it."""
    return {}


@st.cache_resource(ttl=30, show_spinner=False)
def checkpoints() -> tuple[dict[str, Checkpoint], list[str]]:
    """Usable checkpoints by name and a sentence per broken one; a newly trained one is found within 30 s."""
    usable, broken = list_checkpoints()
    broken += [sentence for name, sentence in _not_loaded().items() if usable.pop(name, None)]
    for sentence in broken:
        _log_refused(sentence)
    return usable, broken


def checkpoint(name: str) -> Checkpoint:
    """The checkpoint of this name, which was there a moment ago; if it has gone, the page begins anew without it."""
    usable, _ = checkpoints()
    if name not in usable:
        st.rerun()
    return usable[name]


@st.cache_resource(max_entries=64, show_spinner=False)
def _denoiser(name: str, _checkpoint: Checkpoint, model_sha256: tuple[str, ...]) -> Denoiser:
    return load_denoiser(_checkpoint)


def denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The denoiser of a checkpoint; those that were used stay in memory, 300 MB for all that are shipped.

    One that turns out to be broken leaves the list of checkpoints, and the page begins anew without it.
    """
    try:
        return _denoiser(checkpoint.name, checkpoint, checkpoint.model_sha256)
    except CheckpointError as error:
        _not_loaded()[checkpoint.name] = str(error)
        checkpoints.clear()
        st.rerun()


def reconstructions(checkpoints: Sequence[Checkpoint], distorted: np.ndarray) -> np.ndarray:
    """What each of these networks makes of a distorted picture: (N, 64, 64, 3) float32 in [0, 1]."""
    return _reconstructions(distorted, [checkpoint.model_sha256 for checkpoint in checkpoints], checkpoints)


@st.cache_resource(max_entries=32, show_spinner=False)
def _reconstructions(
    distorted: np.ndarray, version: list[tuple[str, ...]], _checkpoints: Sequence[Checkpoint]
) -> np.ndarray:
    return np.stack([denoiser(checkpoint).reconstruct(distorted) for checkpoint in _checkpoints])


@st.cache_resource(max_entries=32, show_spinner=False)
def _sample_latents(name: str, model_sha256: tuple[str, ...]) -> np.ndarray:
    return denoiser(checkpoint(name)).encode(np.stack([sample(name) for name in dataset.SAMPLES]))


def sample_latents(checkpoint: Checkpoint) -> np.ndarray:
    """The latents of the shipped pictures, in the order of `SAMPLES`: (9, ...); not to be written to."""
    return _sample_latents(checkpoint.name, checkpoint.model_sha256)


@st.cache_resource(ttl=30, show_spinner=False)
def latent_map() -> LatentMap:
    """The map of the latents of `latents.MAPPED`, which has to be there.

    Raises:
        CheckpointError: The file is missing, broken, or of another encoder.
    """
    return load_map(checkpoint(MAPPED))


@st.cache_resource(show_spinner=False)
def sample(name: str) -> np.ndarray:
    """A shipped picture, (64, 64, 3) float32 in [0, 1]; not to be written to."""
    return dataset.load_sample(name)


@st.cache_resource(show_spinner="Reading the test pictures")
def test_split() -> dataset.Split:
    """The test pictures.

    Raises:
        DataError: They are not there, or not all of them.
    """
    return dataset.load_split("test")


@st.cache_resource(ttl=300, show_spinner=False)
def milliseconds(name: str) -> float:
    """What one picture takes on this server: the median of 9, measured when somebody first asks.

    Args:
        name: A checkpoint, or a classical denoiser, which then repairs the report's damage.

    Raises:
        CheckpointError: The parameters of the classical denoisers are missing or broken.
    """
    from dae_core.serving.classical import BASELINES, restore

    picture, times = corrupt(sample("cat-chelsea"), REPORT_CORRUPTION, 0), []
    if name in BASELINES:
        parameters = baseline_parameters(name, REPORT_CORRUPTION.active)
        act = partial(restore, name, picture, parameters, REPORT_CORRUPTION, 0)
    else:
        act = partial(denoiser(checkpoint(name)).reconstruct, picture)
    for _ in range(9):
        start = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


@st.cache_resource(ttl=300, show_spinner=False)
def grid(name: str | None) -> float:
    """`frequencies.grid` of what a checkpoint makes of the shipped pictures, or of these themselves."""
    from dae_core.serving import frequencies

    originals = np.stack([sample(one) for one in dataset.SAMPLES])
    return frequencies.grid(denoiser(checkpoint(name)).reconstruct(originals) if name else originals)


def metric_rows() -> list[dict]:
    """Every row of the `metrics.csv` of `checkpoints` and of the classical denoisers' `baselines.csv`.

    Raises:
        CheckpointError: One of the files is missing or not what its manifest says.
    """
    usable, _ = checkpoints()
    return _metric_rows(tuple((name, str(checkpoint.manifest["files"])) for name, checkpoint in usable.items()), usable)


@st.cache_resource(ttl=30, max_entries=2, show_spinner=False)
def _metric_rows(files: tuple[tuple[str, str], ...], _usable: dict[str, Checkpoint]) -> list[dict]:
    from dae_core.scores.evaluate import baseline_rows
    from dae_core.telling import tables

    return tables.metric_rows(_usable) + baseline_rows()


@st.cache_resource(ttl=30, show_spinner=False)
def history(name: str) -> list[dict[str, float]]:
    """The `history.csv` of a checkpoint.

    Raises:
        CheckpointError: It is not what the manifest says.
    """
    from dae_core.training.history import parse_history

    return parse_history(read_verified(checkpoint(name), "history.csv").decode())


@st.cache_resource(ttl=30, show_spinner=False)
def replay(name: str) -> str:
    """The `replay.webp` of a checkpoint, inside its own address.

    Raises:
        CheckpointError: It is not what the manifest says.
    """
    return "data:image/webp;base64," + base64.b64encode(read_verified(checkpoint(name), "replay.webp")).decode()


@st.cache_resource(ttl=30, show_spinner=False)
def component_errors() -> dict[int, float]:
    """The validation MSE of principal components, by their number.

    Raises:
        CheckpointError: The file is broken.
    """
    return read_component_errors()


@st.cache_resource(ttl=30, show_spinner=False)
def repeats() -> list[Repeat]:
    """The trainings with other seeds.

    Raises:
        CheckpointError: The file is broken.
    """
    return read_repeats()


@st.cache_resource(show_spinner=False)
def links() -> dict[str, tuple[str, dict[str, str]]]:
    """What short links mean, see `share.remember`."""
    return {}


@st.cache_resource(show_spinner=False)
def live_queue() -> LiveQueue:
    """The one line in which all visitors of this server wait for their live training."""
    return LiveQueue()


@st.cache_resource(ttl=30, show_spinner=False)
def errors(name: str, split: str) -> np.ndarray:
    """The MSE of every picture of a split, from the checkpoint's `errors.csv`; empty if nobody measured it.

    Args:
        name: A checkpoint.
        split: `val` or `test`; `clean` is the test set, undamaged, and `once` that set without the self-ensemble.

    Raises:
        CheckpointError: It is not what the manifest says.
    """
    from dae_core.scores.evaluate import parse_rows

    rows = parse_rows(read_verified(checkpoint(name), "errors.csv").decode())
    return np.array([row["mse"] for row in rows if row["split"] == split])


@st.cache_resource(show_spinner=False)
def _baseline_parameters() -> dict:
    from dae_core.serving.classical import load_parameters

    return load_parameters()


def baseline_parameters(name: str, active: Iterable[str]) -> dict:
    """The arguments of a classical denoiser where the named distortions are on; chosen for those of the report only.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    known = [distortion for distortion in active if distortion in REPORT_CORRUPTION.active]
    return _baseline_parameters()[name]["+".join(known) or "clean"]


def repaired_samples(name: str, undamaged: bool = False) -> np.ndarray:
    """What a checkpoint makes of the shipped pictures with the report's damage or with none: (N, 64, 64, 3)."""
    corruption = Corruption() if undamaged else REPORT_CORRUPTION
    return _repaired_samples(name, corruption, json.dumps(checkpoint(name).manifest["files"]))


@st.cache_resource(max_entries=64, show_spinner=False)
def _repaired_samples(name: str, corruption: Corruption, version: str) -> np.ndarray:
    originals = np.stack([sample(one) for one in dataset.SAMPLES])
    damaged = corrupt_batch(originals, corruption, np.arange(len(originals)))
    return denoiser(checkpoint(name)).reconstruct(damaged)


DRAWS = 8


def error_at_strength(method: str, kind: str, strength: float, others: Corruption) -> float:
    """Mean MSE of the three shipped faces, `DRAWS` draws each, with one distortion at a strength.

    Args:
        method: A checkpoint, a classical denoiser, or `evaluation.DAMAGED_INPUT`.
        kind: A distortion's name.
        strength: See `Corruption`.
        others: The strengths of the other distortions.

    Raises:
        CheckpointError: The parameters of the classical denoisers are missing or broken.
    """
    usable, _ = checkpoints()
    files = usable[method].manifest["files"] if method in usable else {}
    return _error_at_strength(method, kind, strength, others, json.dumps(files))


@st.cache_resource(max_entries=5000, show_spinner=False)
def _error_at_strength(method: str, kind: str, strength: Any, others: Corruption, version: str) -> float:
    from dae_core.scores.evaluate import DAMAGED_INPUT
    from dae_core.serving.classical import BASELINES, restore

    clean = np.stack([sample(name) for name in dataset.FACES for _ in range(DRAWS)])
    corruption = replace(others, **{kind: strength})
    damaged = corrupt_batch(clean, corruption, np.arange(len(clean)))
    if method in BASELINES:
        parameters = baseline_parameters(method, {kind, *others.active})
        damaged = np.stack([restore(method, one, parameters, corruption, seed) for seed, one in enumerate(damaged)])
    elif method != DAMAGED_INPUT:
        damaged = denoiser(checkpoint(method)).reconstruct(damaged)
    return float(mse(damaged, clean).mean())
