"""Bottleneck: one picture through every latent size."""

import streamlit as st

from dae_core.distortions.strengths import ALL_DAMAGE
from dae_core.scores.metrics import mse
from ui.controls.choice import one_of
from ui.controls.distortions import undamaged
from ui.controls.scene import choose_scene
from ui.frame import page
from ui.parts import bottleneck, training_switch
from ui.parts.trained import trained
from ui.shelf import networks
from ui.shelf.texts import say
from ui.widgets import tiles
from ui.widgets.scrubber import scrubber

page.start("Bottleneck", "How many numbers does a face need?")
exhibit, side = page.with_side()
with side:
    scene = choose_scene()
    st.button("Clean picture, as in figure 4", on_click=undamaged)
with exhibit:
    trained_on = training_switch.trained_on({kind: names.values() for kind, names in training_switch.SIZES.items()})
    by_size = training_switch.SIZES[trained_on]
    names = trained(by_size.values())
    sizes = [size for size, name in by_size.items() if name in names]
    if not sizes:
        st.error(f"No network is trained for this yet: run `python train_models.py {' '.join(by_size.values())}`.")
        st.stop()
    models = {size: networks.denoiser(networks.checkpoint(by_size[size])) for size in sizes}
    rebuilt = {size: model.reconstruct(scene.distorted) for size, model in models.items()}
    strip = [(f"{size:,}", picture, tiles.mse_line(picture, scene.original)) for size, picture in rebuilt.items()]
    tiles.strip([*strip, ("Original", scene.original, "12,288 values")])
    st.caption(
        "All were trained on all three distortions, at any strength."
        if trained_on == training_switch.DISTORTED
        else "All were trained on clean pictures: what is distorted stays distorted."
    )
    default = 1000 if 1000 in sizes else sizes[-1]
    size = one_of("Latent size", sizes, default, "bottleneck", wrap=True, format_func="{:,}".format)
with exhibit, page.part():
    live = {size: float(mse(picture, scene.original)) for size, picture in rebuilt.items()}
    if trained_on == training_switch.DISTORTED:
        training_switch.cost_of_distortion(live, size)
    else:
        bottleneck.bottleneck_curve(live, size)
    st.caption(say("bottleneck", "less_is_better"))
st.header(f"{size:,} numbers")
comparison, facts = st.columns([3, 2], gap="medium")
with comparison:
    scrubber.bottleneck(scene, rebuilt, size)
with facts, page.part():
    bottleneck.compression(size)
    distorted = training_switch.errors(trained_on, ALL_DAMAGE)
    bottleneck.returns(distorted if trained_on == training_switch.DISTORTED else bottleneck.validation_curve())
with page.part():
    st.header("And a linear network?")
    bottleneck.linear_networks()
