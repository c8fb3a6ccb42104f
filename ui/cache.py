"""Everything that visitors share: it is the same for all, and nobody changes it."""

import gc

import numpy as np
import streamlit as st

from dae_core import data
from dae_core.checkpoints import Checkpoint, list_checkpoints
from dae_core.inference import Denoiser, load_denoiser


@st.cache_resource(show_spinner=False)
def freeze_modules() -> None:
    """Takes what is imported by now out of the garbage collector's sight, once per process.

    Streamlit collects garbage after every run, before the browser has all of the page: going through the modules each
    time took longer than the page itself.
    """
    gc.collect()
    gc.freeze()


@st.cache_resource(ttl=30, show_spinner=False)
def checkpoints() -> tuple[dict[str, Checkpoint], list[str]]:
    """Usable checkpoints by name and a sentence per broken one; a newly trained one is found within 30 s."""
    return list_checkpoints()


@st.cache_resource(max_entries=6, show_spinner=False)
def _denoiser(name: str, _checkpoint: Checkpoint, encoder_sha256: str, decoder_sha256: str) -> Denoiser:
    return load_denoiser(_checkpoint)


def denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The denoiser of a checkpoint; the six that were used last stay in memory.

    Raises:
        CheckpointError: One of its files is not what its manifest says.
    """
    files = checkpoint.manifest["files"]
    return _denoiser(checkpoint.name, checkpoint, files["encoder.onnx"]["sha256"], files["decoder.onnx"]["sha256"])


@st.cache_resource(show_spinner=False)
def sample(name: str) -> np.ndarray:
    """A shipped picture, (64, 64, 3) float32 in [0, 1]; not to be written to."""
    return data.load_sample(name)


@st.cache_resource(show_spinner="Reading the test pictures")
def test_split() -> data.Split:
    """The test pictures.

    Raises:
        DataError: They are not there, or not all of them.
    """
    return data.load_split("test")
