"""What networks are worst at."""

import numpy as np
import streamlit as st

from dae_core.distortions.apply import corrupt_batch
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.experiments import TITLES
from dae_core.pictures.dataset import DATA_FOLDER, DataError, as_float
from dae_core.pictures.samples import SAMPLES
from dae_core.scores.metrics import mse, psnr_of
from dae_core.telling.steps import BOTTLENECK, LADDER
from ui.controls.choice import one_of
from ui.parts.trained import there
from ui.shelf import networks, pictures, scores
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.tables import show_table

DISTORTED, CLEAN = "All three distortions", "Clean"


def failures() -> None:
    """What a network is worst at: among the test pictures, and among those that are shipped."""
    names = {TITLES[name]: name for name in there(*LADDER, BOTTLENECK)}
    if not names:
        return
    st.header("Where it fails")
    best = TITLES[(there(*LADDER) or [BOTTLENECK])[-1]]
    name = names[one_of("Network", list(names), best, key="failing", wrap=True)]
    clean = False
    if len(scores.errors(name, "clean")):  # Only blind networks were measured on them.
        clean = one_of("Pictures", (DISTORTED, CLEAN), DISTORTED, key="failing_on") == CLEAN
    originals, distorted = shipped(clean)
    rebuilt = networks.repaired_samples(networks.checkpoint(name), clean)
    errors = mse(rebuilt, originals)
    order = np.argsort(-errors)
    titles = [_score(errors[i], clean) for i in order]
    _failed(distorted[order], rebuilt[order], originals[order], titles, clean)
    st.caption(say("beyond", "worst_shipped", score="PSNR" if clean else "MSE"))
    _worst_ten(name, clean)


def shipped(clean: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The shipped pictures, and what the networks get of them: (N, 64, 64, 3) each."""
    originals = np.stack([pictures.sample(sample) for sample in SAMPLES])
    return originals, _distorted(originals, np.arange(len(originals)), clean)


def _distorted(pictures: np.ndarray, seeds: np.ndarray, clean: bool) -> np.ndarray:
    return pictures if clean else corrupt_batch(pictures, REPORT_CORRUPTION, seeds)


def _score(error: float, clean: bool) -> str:
    """The MSE; of what should be left alone the PSNR, in which its goal is."""
    return f"{psnr_of(error):.1f} dB" if clean else f"{error:.4f}"


def _failed(distorted: np.ndarray, rebuilt: np.ndarray, originals: np.ndarray, titles: list[str], clean: bool) -> None:
    """What a network gets, what it makes of it, and the original, or how far it is from that."""
    if clean:
        change = np.clip(10 * np.abs(rebuilt - originals), 0, 1)
        tiles.film_strip([originals, rebuilt, change], titles, "original, reconstructed, their difference times ten")
    else:
        tiles.film_strip([distorted, rebuilt, originals], titles)


def _worst_ten(name: str, clean: bool) -> None:
    """Of the test set: their pictures, or at least their numbers."""
    errors = scores.errors(name, "clean" if clean else "test")
    worst = np.argsort(-errors)[:10]
    try:
        there = (DATA_FOLDER / "test").is_dir() and pictures.test_split()
    except DataError:
        there = None
    if there and there.digest == networks.checkpoint(name).manifest["data"].get("test"):
        titles = [f"{i}: {_score(errors[i], clean)}" for i in worst]
        originals = as_float(there.pictures[worst])
        distorted = _distorted(originals, worst, clean)
        _failed(distorted, networks.reconstructed(name, distorted), originals, titles, clean)
        if clean:
            st.caption(say("beyond", "worst_ten_clean", measured=len(errors)))
        else:
            st.caption(say("beyond", "worst_ten", measured=len(errors)))
    else:
        measure = "PSNR" if clean else "MSE"
        show_table([{"Test picture": str(i), measure: _score(errors[i], clean)} for i in worst])
        half = _score(float(np.median(errors)), clean)
        st.caption(say("beyond", "worst_ten_unseen", measured=len(errors), half=half))
