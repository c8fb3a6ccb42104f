"""Measurements that all visitors share."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint, read_verified
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.pictures.arrays import Doubles
from dae_core.pictures.samples import SAMPLES
from dae_core.scores.draws import Drawn, read_draws
from dae_core.scores.principal_components import read_component_errors
from dae_core.scores.repeats import Repeat, read_repeats
from dae_core.scores.rows import Row, Rows, baseline_rows, read_rows
from ui.shelf import networks, pictures


def metric_rows() -> Rows:
    """Every row of the `metrics.csv` of all networks and of the classical denoisers' `baselines.csv`.

    Raises:
        CheckpointError: One of the files is missing or not what its manifest says.
    """
    return rows_of(networks.found()[0])


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
    """Every line of `repeats.csv`.

    Raises:
        CheckpointError: The file is broken.
    """
    return read_repeats()


@st.cache_resource(ttl=30, show_spinner=False)
def errors(name: str, split: str) -> Doubles:
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


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=networks.BY_VERSION)
def draws(checkpoint: Checkpoint) -> dict[int, Drawn]:
    """What was measured of a sampler, by the number of test pictures.

    Raises:
        CheckpointError: It is not what the manifest says.
    """
    return read_draws(checkpoint)


@st.cache_resource(show_spinner=False)
def _baseline_parameters() -> dict[str, dict[str, dict[str, Any]]]:
    from dae_core.serving.classical import load_parameters

    return load_parameters()


def baseline_parameters(name: str, active: Iterable[str]) -> dict[str, Any]:
    """The arguments of a classical denoiser where the named distortions are on; chosen for those of the report only.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    known = [distortion for distortion in active if distortion in REPORT_CORRUPTION.active]
    return _baseline_parameters()[name]["+".join(known) or "clean"]


@st.cache_resource(ttl=30, show_spinner=False, hash_funcs=networks.BY_VERSION)
def curves(method: str | Checkpoint) -> list[Row]:
    """How the error of a checkpoint, of a classical denoiser, or of `DAMAGED_INPUT` grows with each distortion.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    from dae_core.scores.curves import read_baseline_curves, read_curves

    return read_curves(method) if isinstance(method, Checkpoint) else read_baseline_curves()


@st.cache_resource(ttl=30, show_spinner=False)
def times() -> dict[str, float]:
    """Milliseconds per picture, measured when everything was scored, by checkpoint and classical denoiser.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    from dae_core.scores.times import read_times

    return read_times()


@st.cache_resource(ttl=300, show_spinner=False, hash_funcs=networks.BY_VERSION)
def milliseconds(checkpoint: Checkpoint) -> float:
    """What one picture takes on this server, measured when somebody first asks."""
    from dae_core.scores.times import of_denoiser

    return of_denoiser(networks.denoiser(checkpoint))


@st.cache_resource(ttl=300, show_spinner=False)
def grid(name: str | None) -> float:
    """`frequencies.grid` of what a checkpoint makes of the shipped pictures, or of these themselves."""
    from dae_core.serving import frequencies

    originals = np.stack([pictures.sample(one) for one in SAMPLES])
    return frequencies.grid(networks.denoiser(networks.checkpoint(name)).reconstruct(originals) if name else originals)
