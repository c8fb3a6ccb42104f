"""Measurements that all visitors share."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint, read_verified
from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import FACES, SAMPLES
from dae_core.scores.metrics import mse
from dae_core.scores.principal_components import read_component_errors
from dae_core.scores.repeats import Repeat, read_repeats
from dae_core.scores.rows import Rows, baseline_rows, read_rows
from ui.shelf import networks, pictures


def metric_rows() -> Rows:
    """Every row of the `metrics.csv` of `checkpoints` and of the classical denoisers' `baselines.csv`.

    Raises:
        CheckpointError: One of the files is missing or not what its manifest says.
    """
    return rows_of(networks.checkpoints()[0])


@st.cache_resource(ttl=30, max_entries=2, show_spinner=False, hash_funcs=networks.BY_VERSION)
def rows_of(checkpoints: dict[str, Checkpoint]) -> Rows:
    """The same for these checkpoints."""
    return Rows([*read_rows(checkpoints), *baseline_rows()])


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


@st.cache_resource(ttl=30, show_spinner=False)
def errors(name: str, split: str) -> np.ndarray:
    """The MSE of every picture of a split, from the checkpoint's `errors.csv`; empty if nobody measured it.

    Args:
        name: A checkpoint.
        split: `val` or `test`; `clean` is the test set, undamaged, and `once` that set without the self-ensemble.

    Raises:
        CheckpointError: It is not what the manifest says.
    """
    from dae_core.scores.rows import parse_rows

    rows = parse_rows(read_verified(networks.checkpoint(name), "errors.csv").decode())
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


DRAWS = 8


@st.cache_resource(max_entries=5000, show_spinner=False, hash_funcs=networks.BY_VERSION)
def error_at_strength(method: str | Checkpoint, kind: str, strength: Any, others: Corruption) -> float:
    """Mean MSE of the three shipped faces, `DRAWS` draws each, with one distortion at a strength.

    Args:
        method: A checkpoint, the name of a classical denoiser, or `DAMAGED_INPUT`.
        kind: A distortion's name.
        strength: See `Corruption`.
        others: The strengths of the other distortions.

    Raises:
        CheckpointError: The parameters of the classical denoisers are missing or broken.
    """
    from dae_core.serving.classical import BASELINES, restore

    clean = np.stack([pictures.sample(name) for name in FACES for _ in range(DRAWS)])
    corruption = replace(others, **{kind: strength})
    damaged = corrupt_batch(clean, corruption, np.arange(len(clean)))
    if isinstance(method, Checkpoint):
        damaged = networks.denoiser(method).reconstruct(damaged)
    elif method in BASELINES:
        parameters = baseline_parameters(method, {kind, *others.active})
        damaged = np.stack([restore(method, one, parameters, corruption, seed) for seed, one in enumerate(damaged)])
    return float(mse(damaged, clean).mean())


@st.cache_resource(ttl=300, show_spinner=False)
def milliseconds(name: str) -> float:
    """What one picture takes on this server: the median of 9, measured when somebody first asks.

    Args:
        name: A checkpoint, or a classical denoiser, which then repairs the report's damage.

    Raises:
        CheckpointError: The parameters of the classical denoisers are missing or broken.
    """
    from dae_core.serving.classical import BASELINES, restore

    picture, times = corrupt(pictures.sample("cat-chelsea"), REPORT_CORRUPTION, 0), []
    if name in BASELINES:
        parameters = baseline_parameters(name, REPORT_CORRUPTION.active)
        act = partial(restore, name, picture, parameters, REPORT_CORRUPTION, 0)
    else:
        act = partial(networks.denoiser(networks.checkpoint(name)).reconstruct, picture)
    for _ in range(9):
        start = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


@st.cache_resource(ttl=300, show_spinner=False)
def grid(name: str | None) -> float:
    """`frequencies.grid` of what a checkpoint makes of the shipped pictures, or of these themselves."""
    from dae_core.serving import frequencies

    originals = np.stack([pictures.sample(one) for one in SAMPLES])
    return frequencies.grid(networks.denoiser(networks.checkpoint(name)).reconstruct(originals) if name else originals)
