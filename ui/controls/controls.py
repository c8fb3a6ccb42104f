"""What a visitor can change: distortions, seed, model, picture. All of it is kept in the address of the page."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION, Corruption, Kind
from dae_core.errors import UserError
from dae_core.events import log
from dae_core.pictures.dataset import DATA_FOLDER, as_float
from dae_core.pictures.reading import FORMATS, MAX_BYTES, PictureError, read_picture
from dae_core.pictures.samples import FACES, NEVER_SEEN, SAMPLES
from dae_core.pictures.writing import data_url
from dae_core.telling.steps import RECOMMENDED
from ui.shelf import cache
from ui.widgets.picker import picker

# In the address, and the same on every page.
_shared: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


@dataclass(frozen=True)
class Choice:
    """The picture that a visitor chose: (64, 64, 3) float32 in [0, 1], and what to call it."""

    picture: np.ndarray
    title: str


@dataclass(frozen=True)
class Scene:
    """What all pages share: the picture, what is done to it, and the result, pictures as in `Choice`."""

    original: np.ndarray
    title: str
    corruption: Corruption
    seed: int
    distorted: np.ndarray


def scene() -> Scene:
    """The pickers of picture, distortions and seed, one below the other, with what they say on every page."""
    choice = picture()
    corruption, seed = distortions(narrow=True)
    return Scene(choice.picture, choice.title, corruption, seed, corrupt(choice.picture, corruption, seed))


def one_of(label: str, options: Iterable[Any], default: Any, key: str, **how: Any) -> Any:
    """The option that is picked, of a row that keeps its choice in the address.

    An address that ends in `view=` picks none, in spite of `required`: then it is the default.
    """
    how |= {"default": default, "required": True, "key": key, "bind": "query-params"}
    picked = st.segmented_control(label, options, **how)
    return default if picked is None else picked


def undamaged() -> None:
    """Switches all three distortions off."""
    for name in KINDS:
        st.session_state[name] = False


def set_strength(name: str, strength: float) -> None:
    """Puts a distortion's toggle and slider where they belong for a strength; 0 is off."""
    st.session_state[name] = strength > 0
    if strength > 0:
        st.session_state[KINDS[name].control] = strength


def preset(names: Iterable[str]) -> None:
    """Switches the named distortions on, at the report's strength, and the others off."""
    for name, kind in KINDS.items():
        st.session_state[name] = name in names
        st.session_state[kind.control] = kind.preset


def distortions(narrow: bool = False) -> tuple[Corruption, int]:
    """A toggle and a strength for each distortion, beside or, where it is narrow, below each other; and the seed."""
    with st.container(gap="xsmall"):
        strengths: dict[str, Any] = {name: _distortion(name, kind, narrow) for name, kind in KINDS.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input("Seed of the draw", 0, 999_999, 0, key="seed", **_shared)
        st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle)
    return Corruption(**strengths), seed


def _distortion(name: str, kind: Kind, narrow: bool) -> float:
    in_the_report = name in REPORT_CORRUPTION.active
    row: dict[str, Any] = {"horizontal": True, "wrap": False, "vertical_alignment": "center"}
    with st.container(**{"gap": "xxsmall"} if narrow else row):
        on = st.toggle(kind.title, in_the_report, key=name, width=_toggle_width(), **_shared)
        value = st.slider(
            f"{kind.title}: strength",
            *kind.bounds,
            kind.preset,
            0.01 if isinstance(kind.preset, float) else 1,
            kind.unit,
            key=kind.control,
            disabled=not on,
            label_visibility="collapsed",
            **_shared,
        )
    return value if on else 0


def _toggle_width() -> int:
    return 180 if st.session_state.get("present") else 145  # The type of presenter mode is larger.


def _shuffle() -> None:
    st.session_state.seed = random.randrange(1_000_000)


def model() -> Checkpoint:
    """The network picker; the page stops here with a sentence if there is nothing to pick."""
    usable, _ = cache.checkpoints()
    if not usable:
        st.error("There is no trained network yet: run `python train_models.py convolutional-all`, then reload.")
        st.stop()
    rows = st.container(gap="xsmall")
    with st.container(horizontal=True), st.popover("This network", icon=":material/info:"):
        about = st.container()
        name = st.selectbox("Its name in addresses and on the command line", list(usable), key="model", **_shared)
    about.markdown(_describe(usable[name]))
    with rows:
        picker.picker({one: known.experiment for one, known in usable.items()}, name, pick_network)
    return usable[name]


def _describe(checkpoint: Checkpoint) -> str:
    numbers = checkpoint.experiment.model.latent_size
    latent = f"{numbers:,} numbers in the latent" if numbers else "no latent: the picture goes around the bottleneck"
    size = f"{latent} · {checkpoint.parameters:,} parameters · {checkpoint.model_bytes / 1e6:.1f} MB"
    star = ":material/star: Recommended. " if checkpoint.name == RECOMMENDED else ""
    return f"**{checkpoint.experiment.title}.** {star}{checkpoint.experiment.summary}.  \n{size}"


def pick_network(name: str) -> None:
    """Puts a network where the picker, and the address, have it."""
    _choose("model", name)


def _choose(key: str, value: str) -> None:
    st.session_state[key] = value


def picture() -> Choice:
    """The picture picker: shipped pictures, an upload, the camera, and the test set where it is there."""
    sources: dict[str, Callable[[str], Choice]] = {"upload": _own_picture, "camera": _own_picture}
    if (DATA_FOLDER / "test").is_dir():
        sources["test"] = _test_picture
    name = st.selectbox("Picture", [*SAMPLES, *sources], key="image", **_shared)
    with st.popover("All pictures", icon=":material/grid_view:", on_change="rerun", key="all_pictures") as popover:
        if popover.open:
            _gallery(sources)
    if name in SAMPLES:
        return Choice(cache.sample(name), SAMPLES[name])
    return sources[name](name)


def _gallery(sources: Iterable[str]) -> None:
    for heading, names in (("Faces", FACES), ("Things it has never seen", NEVER_SEEN)):
        st.markdown(f"**{heading}**")
        with st.grid(3, min_column_width=80, wrap=False, gap="small"):
            for name, title in names.items():
                with st.container(gap="xxsmall"):
                    st.image(data_url(cache.sample(name), scale=2), width="stretch", alt=title)
                    st.button(title, key=f"pick_{name}", on_click=partial(_choose, "image", name), type="tertiary")
    st.markdown("**Your own, and the test set**" if "test" in sources else "**Your own**")
    with st.container(horizontal=True):
        for name in sources:
            st.button(_SOURCES[name], key=f"pick_{name}", on_click=partial(_choose, "image", name))


_SOURCES = {"upload": "Upload a picture", "camera": "Use the camera", "test": "Test pictures"}


# What Streamlit serves with would put an upload of more than 1 MB on the disk for a moment.
MultiPartParser.spool_max_size = 2 * MAX_BYTES


def _own_picture(source: str) -> Choice:
    """A visitor's picture: it stays in the memory of their session and goes with it."""
    if source == "upload":
        types = [*(name.lower() for name in FORMATS), "jpg", "tif"]
        file = st.file_uploader(_SOURCES[source], types, key="upload_file", max_upload_size=MAX_BYTES // 10**6)
    else:
        file = st.camera_input(_SOURCES[source], key="camera_file")
    own = st.session_state.setdefault(f"own_{source}", _OwnPicture())
    own.take(file)
    if own.complaint:
        st.error(own.complaint)
    if own.picture is not None:
        return Choice(own.picture, "Your picture")
    st.caption("Until there is one, this is Chelsea. Your picture stays in this session: a link does not carry it.")
    return Choice(cache.sample("cat-chelsea"), SAMPLES["cat-chelsea"])


@dataclass
class _OwnPicture:
    """The last file that a visitor gave us, decoded once, and the last good picture."""

    file_id: str | None = None
    picture: np.ndarray | None = None
    complaint: str | None = None

    def take(self, file: UploadedFile | None) -> None:
        """Reads a file that was not read before; a broken one leaves the picture as it was."""
        if file is None:
            self.file_id, self.complaint = None, None
        elif file.file_id != self.file_id:
            self.file_id, self.complaint = file.file_id, None
            try:
                self.picture = read_picture(file.getvalue())
            except PictureError as error:
                self.complaint = str(error)
                log("upload refused", reason=self.complaint)


def _test_picture(_: str) -> Choice:
    try:
        split = cache.test_split()
    except UserError as error:
        st.error(f"{error} Until then, this is Chelsea.")
        return Choice(cache.sample("cat-chelsea"), SAMPLES["cat-chelsea"])
    count = len(split.pictures)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = st.number_input("Number in the test set", 0, count - 1, 0, key="test_picture", **_shared)
        st.button("Another", icon=":material/shuffle:", on_click=_another, args=(count,))
    return Choice(as_float(split.pictures[index]), f"A {split.classes[index]} of the test set")


def _another(count: int) -> None:
    st.session_state.test_picture = random.randrange(count)
