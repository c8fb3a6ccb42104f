"""Blur: why the answers are blurred, shown with a network that draws one face after the other."""

import streamlit as st

from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import blur

page.start("Blur", "Why is it blurry?", sentence="Many faces fit what you see. Draw sixteen of them.")
sampler = blur.sampler()
exhibit, side = page.with_side()
with side:
    scene = choose_scene()
    seed = blur.choose_draws()
with exhibit:
    scene, drawn = blur.sixteen(sampler, scene, seed)
with page.part():
    st.header("Average them")
    blur.averages(sampler, scene, drawn)
with page.part():
    st.header("From noise to a face")
    blur.way(sampler, scene, seed)
with page.part():
    st.header("Where it is unsure")
    blur.unsure(scene, drawn)
