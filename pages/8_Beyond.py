"""Beyond: from where the report ended to a network that one would use, one idea at a time."""

import streamlit as st

from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import beyond_draws, beyond_ladder, beyond_pictures, beyond_scores, failures

page.start("Beyond", "What newer ideas bring, one at a time")
film_strip = st.container(key="exhibit_strip")
exhibit, side = page.with_side()
with side:
    scene = choose_scene()
with film_strip:
    rebuilt = beyond_ladder.ladder(scene)
with film_strip, page.part():
    beyond_ladder.film_strip(rebuilt, scene)
with exhibit, page.part():
    beyond_ladder.one_idea(rebuilt)
with page.part():
    beyond_scores.gains()
with page.part():
    failures.failures()
with page.part():
    beyond_pictures.sharp_or_right(scene)
with page.part():
    beyond_draws.draws()
with page.part():
    beyond_pictures.any_strength()
with page.part():
    beyond_pictures.bottleneck(scene)
with page.part():
    beyond_scores.aims()
