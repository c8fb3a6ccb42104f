"""Inside: what happens between a picture and its copy; the latent, and what lies between two latents."""

import streamlit as st

from ui.controls.network.network import choose_network
from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import inside
from ui.shelf import networks

page.start("Inside", "What happens between the picture and its copy?")
exhibit, side = page.with_side()
with side:
    checkpoint = choose_network()
    scene = choose_scene()
denoiser = networks.denoiser(checkpoint)
with exhibit:
    inside.blocks(denoiser, scene)
st.header("The latent as a picture")
if denoiser.has_latent:
    inside.latent(checkpoint, scene)
else:
    inside.offer_latent()
with page.part():
    if mapped := inside.mapped():
        st.header("A map of latents")
        inside.map_of_latents(mapped, scene)
        st.header("From one to another")
        inside.morph(mapped)
        st.header("Less {}, more {}".format(*mapped.map.kinds))
        inside.arithmetic(mapped, scene)
