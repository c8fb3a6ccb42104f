"""Which of the networks of a page are there, and what they were trained on."""

from collections.abc import Iterable

import streamlit as st

from dae_core.distortions.strengths import KINDS, Corruption, differences
from dae_core.experiments import TITLES, Experiment, training_corruption
from dae_core.telling.placeholders import show
from ui.shelf import networks
from ui.shelf.texts import say


def trained(names: Iterable[str]) -> list[str]:
    """Those of the names that have a usable checkpoint; a sentence on the page names the others."""
    usable, _ = networks.checkpoints()
    if missing := [name for name in names if name not in usable]:
        titles = "; ".join(TITLES[name] for name in missing)  # There are commas in the titles.
        sentence = say("frame", "missing_here", titles=titles, arguments=" ".join(missing))
        st.markdown(f":small[{sentence}]")  # In the grey of a caption, the command could hardly be read.
    return [name for name in names if name in usable]


def there(*names: str) -> list[str]:
    """Those of the names that are trained; `ladder` says which steps are not."""
    return [name for name in names if name in networks.checkpoints()[0]]


def otherwise(corruption: Corruption, experiment: Experiment) -> str:
    """How the training of a network differed from what is on screen; empty if it did not, or knew any strength."""
    if experiment.blind:
        return ""
    unlike = differences(corruption, training_corruption(experiment))
    new = ", ".join(KINDS[name].noun for name, (_, known) in unlike.items() if not known)
    unused = ", ".join(KINDS[name].noun for name, (here, _) in unlike.items() if not here)
    sentences = [say("playground", "trained_without", names=new or None)]
    sentences.append(say("playground", "trained_with", names=unused or None))
    for name, (here, known) in unlike.items():
        if here and known:
            sentences.append(
                say(
                    "playground",
                    "trained_with_other_strength",
                    distortion=KINDS[name].noun,
                    known=show(KINDS[name].form, known),
                    here=show(KINDS[name].form, here),
                )
            )
    return " ".join(filter(None, sentences))
