"""Beyond: from where the report ended to a network that one would use, one idea at a time."""

import streamlit as st

from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import beyond_steps, failures

page.start("Beyond", "What the ideas since then buy, one at a time")
film_strip = st.container()
exhibit, side = st.columns([3, 1], gap="medium")
with side:
    scene = choose_scene()
with film_strip:
    rebuilt = beyond_steps.ladder(scene)
with exhibit, page.part():
    beyond_steps.one_idea(rebuilt)
with page.part():
    beyond_steps.gains()
with page.part():
    failures.failures()
with page.part():
    beyond_steps.sharp_or_right(scene)
with page.part():
    beyond_steps.strengths()
with page.part():
    beyond_steps.bottleneck(scene)
with page.part():
    beyond_steps.aims()
