"""Distortions: what a network was trained on against what it is tested on, and classical denoisers against both."""

import streamlit as st

from dae_core.scores.rows import DAMAGED_INPUT
from dae_core.serving.classical import BASELINES
from ui.charts import figures
from ui.controls.choice import one_of_many
from ui.controls.network.network import choose_network
from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import denoisers, seeds, table_2
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles

page.start("Distortions", "Does training on one distortion help against another?")
exhibit, side = page.with_side()
with side:
    checkpoint = choose_network()
    classical = one_of_many("Classical denoiser", BASELINES, next(iter(BASELINES)), "classical", denoisers.method_title)
    scene = choose_scene()
restored = {checkpoint.name: networks.denoiser(checkpoint).reconstruct(scene.distorted)}
with exhibit, page.part():
    restored |= {name: denoisers.restore_classically(name, scene) for name in BASELINES}
with exhibit, page.part():
    shown = [("Distorted", scene.distorted)]
    shown += [
        (denoisers.method_title(name), restored[name]) for name in (checkpoint.name, classical) if name in restored
    ]
    strip = [(title, picture, tiles.mse_line(picture, scene.original)) for title, picture in shown]
    tiles.strip([*strip, ("Original", scene.original, scene.title)], scale=4)
    st.markdown(say("distortions", "matrix"))
    denoisers.matrix()
    st.caption(say("distortions", "rows_and_columns"))
if classical in restored:
    st.header("All classical denoisers on this picture")
    tiles.strip(
        [(denoisers.method_title(n), restored[n], tiles.mse_line(restored[n], scene.original)) for n in BASELINES]
    )
    st.caption("Their parameters were chosen on the validation pictures, for each mix of distortions.")
with page.part():
    st.header("Table 2")
    table_2.second_table(all_seeds=False)
    seeds.pointer()
with page.part():
    st.header("Error against strength")
    compared = {figures.NOTHING: DAMAGED_INPUT} | {denoisers.method_title(n): n for n in (checkpoint.name, classical)}
    denoisers.strength(compared, checkpoint.experiment)
    st.caption("The classical denoiser keeps the parameters that were chosen for the report's strength.")
