"""Training: the replay of every training, epoch by epoch; and a tiny network to train in the browser."""

import streamlit as st

from ui.controls.network.network import choose_network
from ui.controls.scene import choose_scene
from ui.frame import page
from ui.shelf.texts import say
from ui.widgets.replay import replay
from ui.widgets.trainer import trainer

page.start("Training", "How does a network learn, epoch by epoch?")
exhibit, side = page.with_side()
with side:
    checkpoint = choose_network()
with exhibit, page.part():
    replay.show(checkpoint)
    facts = checkpoint.manifest
    st.markdown(replay.what_happened(facts["epochs_run"], facts["best_epoch"], checkpoint.experiment.patience))

st.header("Train one yourself")
exhibit, side = page.with_side("_trainer")
with side:
    scene = choose_scene()
with exhibit, page.part():
    trainer.train(scene)
    with st.expander("Train a full one on your own computer"):
        st.markdown(say("training", "yourself"))
        st.code("python train_models.py --list\npython train_models.py convolutional-all", language="sh")
        st.markdown("It may be interrupted: the same command goes on after the last finished epoch.")
