"""Decoders: the report's three decoders, and the fully convolutional network, on the same picture."""

import streamlit as st

from dae_core.serving.frequencies import fine_detail, spectrum
from ui.controls.choice import one_of
from ui.controls.distortions import undamaged
from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import decoders, seeds, training_switch
from ui.parts.trained import trained
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles

page.start("Decoders", "Three ways back from a few numbers to a picture")
exhibit, side = page.with_side()
with side:
    scene = choose_scene()
    st.button("Clean picture, as in Table 1", on_click=undamaged)
views = {"Picture": lambda picture: picture, "Fine detail": fine_detail, "Spectrum": spectrum}
with exhibit:
    trained_on = training_switch.trained_on(training_switch.DECODERS)
    names = trained([*training_switch.DECODERS[trained_on], "convolutional-all"])
    view = one_of("Show", list(views), "Picture", "show")
    strip = [("Distorted", views[view](scene.distorted), tiles.mse_line(scene.distorted, scene.original))]
    for name in names:
        checkpoint = networks.checkpoint(name)
        rebuilt = networks.denoiser(checkpoint).reconstruct(scene.distorted)
        title = checkpoint.experiment.short_title  # The caption says the rest.
        strip.append((title, views[view](rebuilt), tiles.mse_line(rebuilt, scene.original)))
    tiles.strip([*strip, ("Original", views[view](scene.original), scene.title)], narrowest=110)
    if trained_on == training_switch.DISTORTED:
        st.caption(say("decoders", "trained_on_distorted"))
    else:
        st.caption(say("decoders", "trained_on_clean"))
    with st.expander("What the decoders leave behind", expanded=True):
        st.markdown(say("decoders", "what_is_left"))
with page.part():
    st.header("Table 1")
    decoders.table_1(all_seeds=False)
    seeds.pointer()
decoders.costs(names)
with page.part():
    st.header("Figure 2: loss by epoch")
    decoders.loss_curves()
with page.part():
    st.header("Figure 3: error by picture")
    decoders.error_histogram()
