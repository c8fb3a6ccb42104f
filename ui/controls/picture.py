"""Which picture: a shipped one, a visitor's own, or one of the test set."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from dae_core.errors import UserError
from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import DATA_FOLDER, as_float
from dae_core.pictures.samples import FACES, NEVER_SEEN, SAMPLES
from dae_core.pictures.writing import data_url
from dae_core.telling.classes import capital, one_of_class
from ui.controls.choice import one_of_many, whole_number
from ui.controls.own_picture import own_picture
from ui.shelf import networks, pictures
from ui.shelf.texts import say

OWN = ("upload", "camera")
TITLES = SAMPLES | {"upload": "Upload a picture", "camera": "Use the camera", "test": "Test pictures"}


@dataclass(frozen=True)
class Choice:
    """The picture that a visitor chose: (64, 64, 3) float32 in [0, 1], and what to call it."""

    picture: Floats
    title: str


def choose_picture() -> Choice:
    """The picture picker: shipped pictures, an upload, the camera, and the test set where it is there."""
    sources: dict[str, Callable[[str], Choice]] = dict.fromkeys(OWN, _own_picture)
    if (DATA_FOLDER / "test").is_dir():
        sources["test"] = _test_picture
    name = one_of_many(
        "Picture", [*SAMPLES, *sources], next(iter(SAMPLES)), key="image", format_func=TITLES.__getitem__
    )
    with st.popover("All pictures", icon=":material/grid_view:", on_change="rerun", key="all_pictures") as popover:
        if popover.open:
            _gallery(sources)
    if name in SAMPLES:
        return Choice(pictures.sample(name), SAMPLES[name])
    return sources[name](name)


def _gallery(sources: Iterable[str]) -> None:
    for heading, names in (("Faces", FACES), ("Things it has never seen", NEVER_SEEN)):
        st.markdown(f"**{heading}**")
        with st.grid(3, min_column_width=80, wrap=False, gap="small"):
            for name, title in names.items():
                with st.container(gap="xxsmall"):
                    st.image(data_url(pictures.sample(name), scale=2), width="stretch", alt=title)
                    st.button(title, key=f"pick_{name}", on_click=partial(_pick, name), type="tertiary")
    st.markdown("**Your own, and the test set**" if "test" in sources else "**Your own**")
    with st.container(horizontal=True):
        for name in sources:
            st.button(TITLES[name], key=f"pick_{name}", on_click=partial(_pick, name))


def _pick(name: str) -> None:
    st.session_state.image = name
    st.session_state.all_pictures = False  # What is picked there stands below it, an uploader for instance.


def _own_picture(source: str) -> Choice:
    picture = own_picture.uploaded() if source == "upload" else own_picture.photographed()
    return _chelsea() if picture is None else Choice(picture, "Your picture")


def _chelsea() -> Choice:
    """What is shown until there is something else."""
    return Choice(pictures.sample("cat-chelsea"), SAMPLES["cat-chelsea"])


def _test_picture(_: str) -> Choice:
    try:
        split = pictures.test_split()
    except UserError as error:
        st.error(f"{error} Until then, this is Chelsea.")
        return _chelsea()
    count = len(split.pictures)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = whole_number("Number in the test set", 0, count - 1, 0, key="test_picture")
        st.button("Another", icon=":material/shuffle:", on_click=_another, args=(count,))
    if all(one.manifest["data"].get("test") != split.digest for one in networks.checkpoints()[0].values()):
        st.caption(say("frame", "other_test_pictures"))
    kind = one_of_class(str(split.classes[index]))
    return Choice(as_float(split.pictures[index]), f"{capital(kind)} of the test set")


def _another(count: int) -> None:
    st.session_state.test_picture = random.randrange(count)
