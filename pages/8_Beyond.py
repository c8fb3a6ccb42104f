"""Beyond: from where the report ended to a network that one would use, one idea at a time."""

import streamlit as st

from ui import beyond, controls, page

page.start("Beyond", "What the ideas since then buy, one at a time")
film_strip = st.container()
exhibit, side = st.columns([3, 1], gap="medium")
with side:
    scene = controls.scene()
with film_strip:
    rebuilt = beyond.ladder(scene)
with exhibit, page.part():
    beyond.one_idea(rebuilt)
with page.part():
    beyond.gains()
with page.part():
    beyond.failures()
with page.part():
    beyond.sharp_or_right(scene)
with page.part():
    beyond.strengths()
with page.part():
    beyond.bottleneck(scene)
with page.part():
    beyond.aims()
