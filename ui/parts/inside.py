"""What flows through a network, as pictures; and its latents: switched off in part, on a map, mixed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.pictures.arrays import Floats
from dae_core.pictures.samples import SAMPLES
from dae_core.pictures.writing import data_url
from dae_core.serving import activations
from dae_core.serving.denoiser import Denoiser
from dae_core.serving.latents import MAPPED, WAY, LatentMap, resting_value, switch_off, way_between
from dae_core.telling.classes import capital, list_classes
from ui.charts import diagram
from ui.controls import address
from ui.controls.choice import one_of, one_of_many, slider, whole_number
from ui.controls.network.network import pick_network
from ui.controls.scene import Scene
from ui.frame import page
from ui.parts.trained import trained
from ui.shelf import networks, pictures
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.chart.chart import chart
from ui.widgets.latent_map import latent_map
from ui.widgets.scrubber import scrubber

TILE = 384  # An activation of any size is drawn on so many screen pixels, or somewhat more.
TITLES = ("Distorted", "Original")


def blocks(denoiser: Denoiser, scene: Scene) -> None:
    """The drawing of the network, and below it what the picked block makes of the distorted and the clean picture."""
    shapes = denoiser.shapes()
    drawing = st.container()
    block = one_of("Block", list(shapes), "encoder_block_1", "block", format_func=_words, wrap=True)
    with drawing:
        chart(
            diagram.architecture(shapes, block),
            on_select=partial(_block_clicked, list(shapes)),
            selection_mode="points",
            key="architecture",
            alt=diagram.in_words(shapes),
        )
    both = [activations.channels(denoiser.activations(picture)[block]) for picture in (scene.distorted, scene.original)]
    maps = activations.stretch(np.stack(both))
    count = maps.shape[1]
    channel = slider("Channel", 1, count, 1, key="channel") if count > 1 else 1
    which = f"channel {channel} of {count}" if count > 1 else "all numbers, line by line"
    with st.grid(2, min_column_width=90, wrap=False, gap="small"):
        for title, each in zip(TITLES, maps, strict=True):
            _tile(activations.grey(each[channel - 1]), f"**{title}**: {which}")
        for title, each in zip(TITLES, maps if count > 1 else (), strict=False):
            _tile(activations.grey(activations.sheet(each)), f"**{title}**: all {count} channels")
    st.caption("Black is the lowest, white the highest value that a channel has in either of the two pictures.")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _block_clicked(names: Sequence[str]) -> None:
    for point in st.session_state.architecture.selection.points[:1]:
        st.session_state.block = names[point["point_index"]]


def _tile(picture: Floats, caption: str) -> None:
    with st.container(gap="xxsmall"):
        scale = ceil(TILE / picture.shape[1])
        st.image(data_url(picture, scale), width="stretch", alt=caption.replace("**", ""))
        st.markdown(f":small[{caption}]")


def latent(checkpoint: Checkpoint, scene: Scene) -> None:
    """The latents of the distorted and the clean picture, and what is left when a part of the first is switched off."""
    denoiser = networks.denoiser(checkpoint)
    exhibit, side = page.with_side("_latent")
    with side:
        percent = slider("Switch off a part of the latent", 0, 100, 50, 5, "%d\u00a0%%", key="off")
        draw = 0
        if 0 < percent < 100:
            draw = whole_number("Seed of the part", 0, 999_999, 0, key="off_seed")
    latents = {"Distorted": denoiser.encode(scene.distorted), "Original": denoiser.encode(scene.original)}
    rest = resting_value(networks.sample_latents(checkpoint))
    latents["Switched off"] = switch_off(latents["Distorted"], percent / 100, draw, rest)
    rebuilt = {name: denoiser.decode(numbers) for name, numbers in latents.items()}
    limit = float(np.quantile(np.abs(latents["Original"]), 0.99))  # A few numbers are much larger than all others.
    with exhibit, st.grid(3, min_column_width=90, wrap=False, gap="small"):
        for name, numbers in latents.items():
            with st.container(gap="xxsmall"):
                title = f"**{percent}\u00a0% off**" if name == "Switched off" else f"**{name}**"
                _tile(
                    activations.diverging(activations.sheet(activations.channels(numbers)), limit), f"{title}: latent"
                )
                _tile(rebuilt[name], f"Reconstructed from it: {tiles.mse_line(rebuilt[name], scene.original)}")
    with side:
        st.markdown(f":small[{say('inside', 'switched_off', limit=limit, channels=rest.size)}]")


def offer_latent() -> None:
    """In place of the latent of a network that has none: a way to one that has."""
    st.markdown(say("inside", "no_latent"))
    if MAPPED in networks.checkpoints()[0]:
        title = networks.checkpoint(MAPPED).experiment.title
        st.button(f"Show {title}", on_click=partial(pick_network, MAPPED))


@dataclass(frozen=True)
class Mapped:
    """The network whose latents are mapped, and the map."""

    checkpoint: Checkpoint
    denoiser: Denoiser
    map: LatentMap


def mapped() -> Mapped | None:
    """The network whose latents are mapped; None, and a sentence on the page, if it is not trained."""
    if not trained([MAPPED]):
        return None
    checkpoint = networks.checkpoint(MAPPED)
    return Mapped(checkpoint, networks.denoiser(checkpoint), networks.latent_map())


def map_of_latents(mapped: Mapped, scene: Scene) -> None:
    """Where the test pictures, the shipped pictures and this one lie, and what the directions of the map mean."""
    plane = mapped.map
    samples = plane.project(networks.sample_latents(mapped.checkpoint))
    path = np.stack([plane.project(mapped.denoiser.encode(picture)) for picture in (scene.distorted, scene.original)])
    exhibit, side = page.with_side("_map_of_latents")
    with exhibit:
        latent_map.show(plane, mapped.denoiser, samples, path, scene)
    with side:
        network, clickable = mapped.checkpoint.experiment.title, int(latent_map.has_test_pictures(plane))
        points = say("inside", "map_points", numbers=plane.mean.size, network=network, to_click=clickable)
        st.markdown(f":small[{points}]")
        st.markdown(f":small[{_directions(plane)}]")
        reach = 3 * plane.test_points.std(axis=0)
        ends = {"left": (-1, 0), "right": (1, 0), "down": (0, -1), "up": (0, 1)}
        with st.grid(2, min_column_width=60, wrap=False, gap="xsmall"):
            for name, direction in ends.items():
                _tile(mapped.denoiser.decode(plane.lift(reach * direction)), f"Far {name}")


def _directions(plane: LatentMap) -> str:
    """What the map shows of the latents, and what it does not."""
    first, second = (float(part) for part in plane.explained)
    means = np.stack([plane.test_points[plane.test_classes == kind].mean(axis=0) for kind in plane.kinds])
    # The distance is in standard deviations, of the two classes and along the direction in which it is the longest.
    kinds_apart = float((np.ptp(means, axis=0) / plane.test_points.std(axis=0)).max())
    return say(
        "inside",
        "map_directions",
        fitted_on=plane.fitted_on,
        first=first,
        second=second,
        left_out=1 - first - second,
        kinds_apart=kinds_apart,
        kinds=capital(list_classes(plane.kinds.tolist())),
    )


def morph(mapped: Mapped) -> None:
    """Between two shipped pictures: the straight line through the latents, and that through the pixels."""
    exhibit, side = page.with_side("_morph")
    with side:
        start, end = (
            one_of_many(label, SAMPLES, default, label.lower(), SAMPLES.__getitem__)
            for label, default in (("From", "cat-chelsea"), ("To", "dog-golden-retriever"))
        )
    ends = [pictures.sample(name) for name in (start, end)]
    decoded = mapped.denoiser.decode(way_between(*mapped.denoiser.encode(np.stack(ends))))
    percents = [f"{100 * part:.0f}" for part in WAY]
    address.keep("way", "50", address.option(percents))
    with exhibit:
        scrubber.scrub(
            "morph_scrubber",
            "How far along",
            [f"{percent}\u00a0%" for percent in percents],
            [
                scrubber.Strip("Mixed latents", list(decoded), ["decoded"] * len(WAY)),
                scrubber.Strip("Mixed pixels", list(way_between(*ends)), ["a cross-fade"] * len(WAY)),
            ],
            percents.index(st.session_state.way),
            lambda index: st.session_state.update(way=percents[index]),
        )
        st.markdown(f":small[{say('inside', 'cross_fade')}]")


def arithmetic(mapped: Mapped, scene: Scene) -> None:
    """The picture on screen, the difference of mean dog and mean cat added to its latent, or taken away.

    With other classes than cats and dogs, it is that of the first two.
    """
    plane = mapped.map
    cat, dog = plane.kinds[:2].tolist()
    towards_dog = plane.means[1] - plane.means[0]
    numbers = mapped.denoiser.encode(scene.original)
    exhibit, side = page.with_side("_arithmetic")
    with side:
        times = slider("How many times", 1, 5, 2, key="times")
    change = np.float32(times) * towards_dog
    with exhibit:
        tiles.strip(
            [
                (f"Less {dog}, more {cat}", mapped.denoiser.decode(numbers - change), f"− {times} · ({dog} − {cat})"),
                ("As it is", mapped.denoiser.decode(numbers), f"{scene.title}, reconstructed"),
                (f"Less {cat}, more {dog}", mapped.denoiser.decode(numbers + change), f"+ {times} · ({dog} − {cat})"),
            ],
            scale=4,
        )
    with side:
        apart, away = (float(np.linalg.norm(way)) for way in (towards_dog, numbers - plane.mean))
        words = say("inside", "arithmetic", cat=cat, dog=dog, apart=apart, away=away, told_apart=plane.told_apart)
        st.markdown(f":small[{words}]")
