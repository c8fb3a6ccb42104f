"""The rows of chips that say which network is on and which others there are: decoder, latent size, trained on."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import NUMBERED, Experiment
from dae_core.telling.choices import ANY_STRENGTH, CLEAN, choice_of, label, nearest, options
from dae_core.telling.steps import RECOMMENDED
from ui.component import component
from ui.controls.choice import one_of_many
from ui.shelf import networks
from ui.shelf.texts import say

_picker = component(__file__)

LABELS = {"decoder": "Decoder", "latent_size": "Latent size", "trained_on": "Trained on"}
HELP = {
    "decoder": "The part that turns the latent, the few numbers in the middle, back into a picture.",
    "latent_size": "How many numbers the picture has to pass through. The picture itself has 12,288.",
    "trained_on": "The pictures that the network learned to reconstruct.",
}
MENUS = {"decoder": "Beyond", "trained_on": "The report's"}


def picker(experiments: Mapping[str, Experiment], name: str, pick: Callable[[str], None]) -> None:
    """Three rows in which one network is on. What was not trained is dashed; picking it moves the other rows.

    Args:
        experiments: Of all networks there are, by name.
        name: The one that is on.
        pick: Is told the name of the one that a visitor picks.
    """
    now = experiments[name]
    data = {"network": name, "rows": rows(tuple(experiments.values()), now)}
    _picker(key="picker", data=data, on_picked_change=partial(_picked, experiments, now, pick))
    row, option, shown = st.session_state.get("picker_moved", (None, None, None))
    if shown == name:
        st.caption(say("frame", "nearest", row=row, option=option, network=now.title))


@lru_cache(maxsize=64)  # Where each option leads takes a third of a rerun to find out.
def rows(experiments: tuple[Experiment, ...], now: Experiment) -> tuple[dict[str, Any], ...]:
    """What a browser needs to know of each row."""
    return tuple(_row(experiments, now, row) for row in LABELS)


def _row(experiments: tuple[Experiment, ...], now: Experiment, row: str) -> dict[str, Any]:
    """What the browser needs to know of a row; some of the options stand in a menu behind the chips."""
    wishes = {label(row, value): value for value in options(experiments, row)}
    entries = [_option(experiments, now, row, name, value) for name, value in wishes.items()]
    data: dict[str, Any] = {"name": row, "label": LABELS[row], "help": HELP[row]}
    in_menu = [entry for entry in entries if _in_menu(row, entry["value"])]
    data["chips"] = [entry for entry in entries if entry not in in_menu]
    return data | ({"menu": {"label": MENUS[row], "options": in_menu}} if in_menu else {})


def _option(
    experiments: tuple[Experiment, ...], now: Experiment, row: str, name: str, value: str | int
) -> dict[str, Any]:
    then = nearest(experiments, now, row, value)
    assert then is not None  # The options are those of the experiments.
    missing = _moved(now, then, row)
    hint = say("frame", "leads_to", network=then.title) if missing else then.title
    return {"value": value, "label": name, "on": then == now, "missing": missing, "hint": hint}


def _moved(now: Experiment, then: Experiment, row: str) -> bool:
    """Whether getting from one to the other changes more than this row."""
    before, after = choice_of(now), choice_of(then)
    return any(getattr(before, other) != getattr(after, other) for other in LABELS if other != row)


def _in_menu(row: str, value: str | int) -> bool:
    if row == "decoder":
        return value not in (*map(str, NUMBERED.values()), "Fully convolutional")
    return row == "trained_on" and value not in (ANY_STRENGTH, CLEAN)


def _picked(experiments: Mapping[str, Experiment], now: Experiment, pick: Callable[[str], None]) -> None:
    row, value = st.session_state.picker.picked
    if row not in LABELS or value not in options(experiments.values(), row):
        return  # The network went while the page was open.
    then = nearest(experiments.values(), now, row, value)
    if then is None:
        return
    asked = (LABELS[row].lower(), label(row, value), then.name)
    st.session_state.picker_moved = asked if _moved(now, then, row) else (None, None, None)
    pick(then.name)


def choose_network(details: DeltaGenerator | None = None) -> Checkpoint:
    """The network picker; the page stops here with a sentence if there is nothing to pick.

    Args:
        details: Where the network is told about; below the rows, if nowhere else.
    """
    usable, _ = networks.checkpoints()
    if not usable:
        st.error("There is no trained network yet: run `python train_models.py convolutional-all`, then reload.")
        st.stop()
    rows = st.container(gap="xsmall")
    with details or st.container(), st.popover("This network", icon=":material/info:"):
        about = st.container()
        titles = {name: known.experiment.title for name, known in usable.items()}
        name = one_of_many("All networks", usable, default_network(usable), "model", titles.__getitem__)
    about.markdown(_describe(usable[name]))
    with rows:
        picker({one: known.experiment for one, known in usable.items()}, name, pick_network)
    return usable[name]


def default_network(usable: Collection[str]) -> str:
    """What is on where nothing was picked, of the names of the networks there are."""
    return RECOMMENDED if RECOMMENDED in usable else next(iter(usable))


def _describe(checkpoint: Checkpoint) -> str:
    known = checkpoint.experiment
    recommended = int(checkpoint.name == RECOMMENDED)
    what = say("frame", "this_network", title=known.title, summary=known.summary, recommended=recommended)
    size = checkpoint.model_bytes / 1e6
    numbers = known.model.latent_size
    return f"{what}  \n{say('frame', 'size_of_network', numbers=numbers, parameters=checkpoint.parameters, size=size)}"


def pick_network(name: str) -> None:
    """Puts a network where the picker, and the address, have it."""
    st.session_state.model = name
