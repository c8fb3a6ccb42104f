"""The Playground, which app.py shows: damage a picture, let a network rebuild it, compare."""

from dataclasses import asdict
from functools import partial

import numpy as np
import streamlit as st

from dae_core.distortions.apply import corrupt, corrupt_batch
from dae_core.pictures.samples import SAMPLES
from ui.controls.choice import one_of
from ui.controls.distortions import choose_distortions
from ui.controls.network.network import choose_network, pick_network
from ui.controls.picture import choose_picture
from ui.controls.scene import Scene
from ui.frame import page
from ui.parts import trained
from ui.shelf import networks, pictures
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.answers import answers
from ui.widgets.brush import brush
from ui.widgets.scrubber import scrubber
from ui.widgets.wipe import wipe


def show() -> None:
    """The page, from its heading to its downloads."""
    page.start("Playground", "Damage a picture, and watch a network rebuild it")
    tile_row = st.grid(3, min_column_width=90, wrap=False, gap="small")
    thirds = st.grid(3, min_column_width=280)  # In a narrower one, a slider beside its toggle would be too short.
    left, middle, right = thirds.cell(), thirds.cell(), thirds.cell()

    with left:
        corruption, seed = choose_distortions()
    with right:
        choice = choose_picture()
    with middle:
        checkpoint = choose_network(details=right)
        if words := trained.otherwise(corruption, checkpoint.experiment):
            st.markdown(f":small[:orange[:material/info: {words}]]")
    denoiser = networks.denoiser(checkpoint)
    distorted = corrupt(choice.picture, corruption, seed)
    comparison = tiles.Comparison(distorted, denoiser.reconstruct(distorted), choice.picture, choice.title)
    scene = Scene(choice.picture, choice.title, corruption, seed, distorted)
    with tile_row:
        tiles.show(comparison)

    st.caption(say("playground", "scores"))
    # It is filled last, so that no tile waits for two dozen networks.
    strip = st.container(key="not_printed_strip")
    views = ("Before and after", "Drag the strength", "Paint", "Error map", "Several pictures")
    with st.container(key="not_printed_look"):
        view = one_of("A closer look", views, views[0], "view")
        if view == "Before and after":
            wipe.wipe(comparison.distorted, comparison.reconstructed)
        elif view == "Drag the strength":
            scrubber.strength(denoiser, scene)
        elif view == "Paint":
            brush.brush(denoiser, scene)
        elif view == "Error map":
            from ui.charts.figures import error_maps  # Plotly takes longer to import than everything else here.

            st.plotly_chart(error_maps(comparison.distorted, comparison.reconstructed, comparison.original))
        else:
            originals = np.stack([pictures.sample(name) for name in SAMPLES])
            damaged = corrupt_batch(originals, corruption, seed + np.arange(len(originals)))
            tiles.film_strip([damaged, denoiser.reconstruct(damaged), originals], list(SAMPLES.values()))

    with st.expander("Why is it blurry?"):
        st.markdown(say("playground", "blurry"))
    settings = {"original": choice.title, "model": checkpoint.name, "seed": seed, **asdict(corruption)}
    with st.container(horizontal=True):
        download = partial(st.download_button, icon=":material/download:", on_click="ignore")
        download("Pictures as PNG", partial(tiles.triptych_png, comparison), "denoising.png", "image/png")
        download("Numbers as CSV", partial(tiles.scores_csv, comparison, settings), "denoising.csv", "text/csv")
    with strip:
        answers.answers(networks.checkpoints()[0], checkpoint.name, scene, pick_network)
