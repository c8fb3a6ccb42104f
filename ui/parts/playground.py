"""The Playground, which app.py shows: damage a picture, let a network rebuild it, compare."""

from dataclasses import asdict
from functools import partial

import numpy as np
import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.pictures.samples import SAMPLES
from ui.controls import address
from ui.controls.choice import one_of
from ui.controls.distortions import choose_seed, choose_strengths
from ui.controls.network.network import choose_network, pick_network
from ui.controls.picture import Choice, choose_picture
from ui.controls.scene import Scene
from ui.frame import page, presenter
from ui.parts import trained
from ui.shelf import networks, pictures
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.answers import answers
from ui.widgets.canvas import canvas
from ui.widgets.chart.chart import draw
from ui.widgets.wipe import wipe


def show() -> None:
    """The page, from its heading to its downloads. Presenter mode shows the stage alone."""
    draw_links = page.start("Playground", "Denoising lab", sentence=say("playground", "what_to_do"), links_later=True)
    stage, off_stage = st.container(key="stage"), st.container(key="off_stage")
    try:
        with off_stage:
            choice, seed, checkpoint = choose()
        with stage, canvas.whole_page():
            scene = first_screen(choice, seed, checkpoint)
    finally:
        draw_links()  # It is the pictures that somebody waits for.
    with off_stage:
        with st.container(key="not_printed_strip"):
            answers.answers(networks.checkpoints()[0], checkpoint.name, scene, pick_network)
        comparison = canvas.compare(checkpoint, scene)
        with st.container(key="not_printed_look"):
            closer_look(comparison, checkpoint, scene)
        with st.expander("Why is it blurry?"):
            st.markdown(say("playground", "blurry"))
            if page.BLUR in page.linked():
                label, params = "Draw what else could be there", address.params_of(page.BLUR)
                st.page_link(page.BLUR, label=label, icon=":material/arrow_forward:", query_params=params)
        downloads(comparison, checkpoint, scene)


def choose() -> tuple[Choice, int, Checkpoint]:
    """The pickers of network, seed and picture."""
    rows = st.container(key="controls").grid(3, min_column_width=280)
    below, side = rows.cell(column_span=2), rows.cell()
    with side:
        choice = choose_picture()
    with below:
        network = st.container()
        with st.container(horizontal=True, gap="small"):
            seed = choose_seed(compact=True)
            details = st.container(width="content")
        with network:
            return choice, seed, choose_network(details)


@st.fragment
def first_screen(choice: Choice, seed: int, checkpoint: Checkpoint) -> Scene:
    """The pictures, and the distortions: they are answered before the rest of the page follows."""
    presenting = presenter.presenting()
    pictures_row = st.container(gap="xsmall")
    corruption = choose_strengths(checkpoint.experiment.title if presenting else "")
    if (words := trained.otherwise(corruption, checkpoint.experiment)) and not presenting:
        st.markdown(f":small[:orange[:material/info: {words}]]")
    scene = Scene(choice.picture, choice.title, corruption, seed, corrupt(choice.picture, corruption, seed))
    with pictures_row:
        return canvas.canvas(checkpoint, scene)


def closer_look(comparison: tiles.Comparison, checkpoint: Checkpoint, scene: Scene) -> None:
    """One of several ways to look at the three pictures."""
    views = ("Before and after", "Error map", "Several pictures")
    view = one_of("A closer look", views, views[0], "view")
    if view == "Before and after":
        wipe.wipe(comparison.distorted, comparison.reconstructed)
    elif view == "Error map":
        from ui.charts.figures import error_maps  # Plotly takes longer to import than everything else here.

        maps = error_maps(comparison.distorted, comparison.reconstructed, comparison.original)
        draw(maps, key="error_maps", alt="Where each picture differs from the original, and how much")
    else:
        originals = np.stack([pictures.sample(name) for name in SAMPLES])
        damaged = corrupt_batch(originals, scene.corruption, scene.seed + np.arange(len(originals)))
        tiles.film_strip(
            [damaged, networks.denoiser(checkpoint).reconstruct(damaged), originals], list(SAMPLES.values())
        )


def downloads(comparison: tiles.Comparison, checkpoint: Checkpoint, scene: Scene) -> None:
    """The three pictures, and the numbers about them."""
    settings = {"original": scene.title, "model": checkpoint.name, "seed": scene.seed, **asdict(scene.corruption)}
    with st.container(horizontal=True):
        download = partial(st.download_button, icon=":material/download:", on_click="ignore")
        download("Pictures as PNG", partial(tiles.triptych_png, comparison), "denoising.png", "image/png")
        download("Numbers as CSV", partial(tiles.scores_csv, comparison, settings), "denoising.csv", "text/csv")
