"""Networks that all visitors share, and what they make of the shipped pictures."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dae_core.checkpoints import Checkpoint, CheckpointError, list_checkpoints, read_verified
from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.events import log
from dae_core.pictures.arrays import Floats
from dae_core.pictures.samples import SAMPLES
from dae_core.serving.denoiser import Denoiser, load_denoiser
from dae_core.serving.latents import MAPPED, LatentMap, load_map
from dae_core.serving.sampler import Sampler, load_sampler
from dae_core.serving.sampling import STEPS, draws, states
from ui.shelf import pictures

# A checkpoint that was trained anew is another one, though its name is the same.
BY_VERSION: dict[str | type[Any], Callable[[Any], Any]] = {Checkpoint: lambda checkpoint: checkpoint.version}


@st.cache_resource(show_spinner=False)
def _log_refused(sentence: str) -> None:
    """Says once what is wrong with a checkpoint, not whenever somebody looks."""
    log("checkpoint refused", reason=sentence)


@st.cache_resource(ttl=300, show_spinner=False)
def _not_loaded() -> dict[str, str]:
    """Why, by the name of the checkpoint. Tried again after five minutes: somebody may have restored it."""
    return {}


@st.cache_resource(ttl=30, show_spinner=False)
def found() -> tuple[dict[str, Checkpoint], list[str]]:
    """Usable checkpoints by name and a sentence per broken one; a newly trained one is found within 30 s."""
    usable, broken = list_checkpoints()
    broken += [sentence for name, sentence in _not_loaded().items() if usable.pop(name, None)]
    for sentence in broken:
        _log_refused(sentence)
    return usable, broken


def checkpoints() -> tuple[dict[str, Checkpoint], list[str]]:
    """Usable denoisers by name, and a sentence per broken checkpoint."""
    usable, broken = found()
    return {name: one for name, one in usable.items() if not one.experiment.is_sampler}, broken


def sampler_checkpoint() -> Checkpoint | None:
    """The sampler, if it is there; it maps no picture to another one, so no list of denoisers has it."""
    return next((one for one in found()[0].values() if one.experiment.is_sampler), None)


def checkpoint(name: str) -> Checkpoint:
    """The checkpoint of this name, which was there a moment ago; if it has gone, the page begins anew without it."""
    usable, _ = checkpoints()
    if name not in usable:
        st.rerun()
    return usable[name]


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_VERSION)
def denoiser(checkpoint: Checkpoint) -> Denoiser:
    """The denoiser of a checkpoint; those that were used stay in memory.

    One that turns out to be broken leaves the list of checkpoints, and the page begins anew without it.

    Raises:
        CheckpointError: It is broken, and it is no page that asks.
    """
    with _refused_if_broken(checkpoint):
        return load_denoiser(checkpoint)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_VERSION)
def sampler(checkpoint: Checkpoint) -> Sampler:
    """The sampler of a checkpoint; what `denoiser` says of broken ones is true of it, too."""
    with _refused_if_broken(checkpoint):
        return load_sampler(checkpoint)


@contextmanager
def _refused_if_broken(checkpoint: Checkpoint) -> Iterator[None]:
    try:
        yield
    except CheckpointError as error:
        _not_loaded()[checkpoint.name] = str(error)
        found.clear()
        if get_script_run_ctx(suppress_warning=True):
            st.rerun()
        raise


@st.cache_resource(show_spinner=False)
def _one_at_a_time() -> Lock:
    """A draw keeps both cores busy: a class that draws waits in line, so that other pages answer in between."""
    return Lock()


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_VERSION)
def way(checkpoint: Checkpoint, distorted: Floats, seed: int) -> Floats:
    """The states of a draw, from noise to picture: (STEPS + 1, 64, 64, 3) in [-1, 1] and beyond."""
    velocity = sampler(checkpoint).velocity
    with _one_at_a_time():
        return np.concatenate(list(states(velocity, distorted, [seed], STEPS)))


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_VERSION)
def some_draws(checkpoint: Checkpoint, distorted: Floats, seeds: tuple[int, ...]) -> Floats:
    """Pictures that could have been there, (N, 64, 64, 3) in [0, 1]; not to be written to."""
    velocity = sampler(checkpoint).velocity
    with _one_at_a_time():
        return draws(velocity, distorted, seeds, STEPS)


@st.cache_resource(max_entries=1024, show_spinner=False, hash_funcs=BY_VERSION)
def reconstruction(checkpoint: Checkpoint, distorted: Floats) -> Floats:
    """What a network makes of a distorted picture, both (64, 64, 3) float32 in [0, 1]; not to be written to."""
    return denoiser(checkpoint).reconstruct(distorted)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_VERSION)
def sample_latents(checkpoint: Checkpoint) -> Floats:
    """The latents of the shipped pictures, in the order of `SAMPLES`: (9, ...); not to be written to."""
    return denoiser(checkpoint).encode(np.stack([pictures.sample(name) for name in SAMPLES]))


@st.cache_resource(ttl=30, show_spinner=False)
def latent_map() -> LatentMap:
    """The map of the latents of `latents.MAPPED`, which has to be there.

    Raises:
        CheckpointError: The file is missing, broken, or of another encoder.
    """
    return load_map(checkpoint(MAPPED))


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


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_VERSION)
def repaired_samples(checkpoint: Checkpoint, undamaged: bool = False) -> Floats:
    """What a checkpoint makes of the shipped pictures with the report's damage or with none: (N, 64, 64, 3)."""
    originals = np.stack([pictures.sample(one) for one in SAMPLES])
    corruption = Corruption() if undamaged else REPORT_CORRUPTION
    return denoiser(checkpoint).reconstruct(corrupt_batch(originals, corruption, np.arange(len(originals))))


def reconstructed(name: str, pictures: Floats) -> Floats:
    """What a checkpoint makes of pictures, (N, 64, 64, 3) or one of them."""
    return denoiser(checkpoint(name)).reconstruct(pictures)
