"""Bottleneck: one picture through every size of the latent."""

import streamlit as st

from dae_core.metrics import mse
from ui import cache, controls, exhibits, page, scrubber, tiles

page.start("Bottleneck", "How many numbers does a face need?")
exhibit, side = st.columns([3, 1], gap="medium")
with side:
    scene = controls.scene()
    st.button("Clean picture, as in figure 4", on_click=controls.undamaged)
with exhibit:
    names = exhibits.trained(exhibits.BOTTLENECKS.values())
    sizes = [size for size, name in exhibits.BOTTLENECKS.items() if name in names]
    if not sizes:
        st.error("No network is trained for this page yet: run `python train_models.py 'bottleneck-*'`.")
        st.stop()
    models = {size: cache.denoiser(cache.checkpoint(exhibits.BOTTLENECKS[size])) for size in sizes}
    rebuilt = {size: model.reconstruct(scene.distorted) for size, model in models.items()}
    strip = [(f"{size:,}", picture, tiles.mse_line(picture, scene.original)) for size, picture in rebuilt.items()]
    tiles.strip([*strip, ("Original", scene.original, "12,288 values")])
    st.caption("All trained on clean pictures: what is damaged stays damaged.")
    default = 1000 if 1000 in sizes else sizes[-1]
    size = controls.one_of("Numbers in the latent", sizes, default, "bottleneck", wrap=True)
with exhibit, page.part():
    exhibits.bottleneck_curve({k: float(mse(picture, scene.original)) for k, picture in rebuilt.items()}, size)
    st.caption("Less is better. Click a point to pick its size.")
st.subheader(f"{size:,} numbers")
comparison, facts = st.columns([3, 2], gap="medium")
with comparison:
    scrubber.bottleneck(scene, rebuilt, size)
with facts:
    exhibits.compression(size)
    exhibits.returns()
with page.part():
    st.subheader("And a linear network?")
    exhibits.linear_networks()
