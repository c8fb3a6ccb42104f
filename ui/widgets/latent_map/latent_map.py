"""The map of the latents: every picture a point, its thumbnail under the pointer."""

import base64
import io
from functools import partial
from math import ceil
from operator import attrgetter

import numpy as np
import streamlit as st
from PIL import Image

from dae_core.errors import UserError
from dae_core.pictures.arrays import Floats
from dae_core.pictures.samples import NEVER_SEEN, SAMPLES
from dae_core.pictures.writing import to_image
from dae_core.serving.denoiser import Denoiser
from dae_core.serving.latents import BATCH, LatentMap
from dae_core.telling.classes import all_of_class, one_of_class
from ui.charts.figures import kind_colours
from ui.component import component
from ui.controls.scene import Scene
from ui.shelf import pictures
from ui.shelf.texts import say

_map = component(__file__)

COLUMNS = 32  # The sheet of thumbnails has so many.
THUMBNAIL = 48  # It is so many pixels wide; a thousand of them take 500 kB.
MARGIN = 0.06  # This part of the plane is free on each side.


def show(plane: LatentMap, denoiser: Denoiser, samples: Floats, path: Floats, scene: Scene) -> None:
    """The map; a click on a point picks its picture, if it is here.

    Without the test pictures, the pointer shows what the decoder makes of their places.

    Args:
        plane: With the test pictures on it.
        denoiser: The network whose latents they are.
        samples: (9, 2), where the shipped pictures lie.
        path: (2, 2), where the picture on screen lies, distorted and original.
        scene: The picture on screen.
    """
    with_test_pictures = has_test_pictures(plane)
    # This is no part of the component's data and always the same, so that it travels once, not with every click. A
    # page's style is the only thing that reaches into a component.
    sheet = _thumbnails(with_test_pictures, plane, denoiser)
    st.html(f"<style>:root {{ --map-pictures: url({sheet}) }}</style>")
    everything = np.concatenate([samples, plane.test_points, path])
    low, high = everything.min(axis=0), everything.max(axis=0)
    places = np.round(MARGIN + (1 - 2 * MARGIN) * (everything - low) / (high - low), 4).tolist()
    kinds = list(colours := kind_colours(plane.kinds.tolist()))
    points = [
        {"at": at, "kind": kinds.index(_kind(name, kinds)), "name": title, "title": title}
        for at, (name, title) in zip(places, SAMPLES.items(), strict=False)
    ]
    what = "" if with_test_pictures else "the place of "
    points += [
        {"at": at, "kind": kinds.index(kind), "title": f"{what}test picture {number}, {one_of_class(kind)}"}
        for number, (at, kind) in enumerate(zip(places[len(samples) :], plane.test_classes.tolist(), strict=False))
    ]
    first, second = plane.explained
    _map(
        key="latent_map",
        data={
            "kinds": [{"title": all_of_class(kind), "colour": colour} for kind, colour in colours.items()],
            "points": points,
            "path": places[-2:],
            "columns": COLUMNS,
            "axis": say("inside", "map_axes", first=float(first), second=float(second)),
            "label": "The latents of the test pictures, of the shipped pictures and of "
            f"{scene.title} as points of a plane",
        },
        on_picked_change=partial(_picked, with_test_pictures),
    )


def _kind(sample: str, kinds: list[str]) -> str:
    """The class of a shipped picture, of those on the map; a cat among other people's pictures is a thing."""
    kind = sample.partition("-")[0]
    return kind if kind in kinds and sample not in NEVER_SEEN else "thing"


def _picked(with_test_pictures: bool) -> None:
    index = int(st.session_state.latent_map.picked)
    number = index - len(SAMPLES)
    if number < 0:
        st.session_state.image = list(SAMPLES)[index]
    elif with_test_pictures:
        st.session_state.image, st.session_state.test_picture = "test", number


def has_test_pictures(plane: LatentMap) -> bool:
    """Whether the test pictures of the map are on this computer."""
    try:
        return pictures.test_split().digest == plane.test_digest
    except UserError:
        return False


@st.cache_resource(show_spinner=False, hash_funcs={LatentMap: attrgetter("encoder_sha256")})
def _thumbnails(with_test_pictures: bool, plane: LatentMap, _denoiser: Denoiser) -> str:
    """The shipped and the test pictures, or what lies in their places, in one picture inside its own address."""
    thumbnails = [to_image(pictures.sample(name)) for name in SAMPLES]
    if with_test_pictures:
        thumbnails += [Image.fromarray(picture) for picture in pictures.test_split().pictures]
    else:
        for points in np.array_split(plane.test_points, ceil(len(plane.test_points) / BATCH)):
            thumbnails += [to_image(face) for face in _denoiser.decode(plane.lift(points))]
    sheet = Image.new("RGB", (COLUMNS * THUMBNAIL, ceil(len(thumbnails) / COLUMNS) * THUMBNAIL))
    for index, picture in enumerate(thumbnails):
        row, column = divmod(index, COLUMNS)
        sheet.paste(picture.resize((THUMBNAIL, THUMBNAIL)), (column * THUMBNAIL, row * THUMBNAIL))
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=60)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()
