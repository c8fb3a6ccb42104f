"""The replay of a training, and what it says in words; in the browser: test_browser_training.py."""

import pytest

import ui.shelf.networks
from dae_core.checkpoints import CheckpointError
from tests.apptest.opened import open_page
from tests.sampled import COMMITTED, SAMPLED
from ui.widgets.replay.replay import what_happened


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            (38, 35, 3),
            "lowest after epoch 35. 3 epochs in a row did not lower it, so training stopped after epoch 38",
        ),
        ((12, 11, 1), "lowest after epoch 11. 1 epoch in a row did not"),
        ((50, 47, 3), "so training stopped after epoch 50"),
        ((50, 49, 10), "all 50 epochs were run. The best was epoch 49, 1 epoch before the end"),
        ((50, 44, 10), "The best was epoch 44, 6 epochs before the end, less than the patience of 10 epochs"),
        ((50, 50, 3), "all 50 epochs were run, and the last one was the best"),
    ],
)
def test_the_sentence_says_what_happened(run, words):
    assert words in what_happened(*run)
    assert f"The weights of epoch {run[1]} were kept." in what_happened(*run)


@pytest.mark.parametrize("name", SAMPLED.values())
def test_the_sentence_is_on_the_page(name):
    app = open_page("pages/5_Training.py")
    app.selectbox(key="model").set_value(name).run()
    facts = COMMITTED[name].manifest
    sentence = what_happened(facts["epochs_run"], facts["best_epoch"], facts["experiment"]["patience"])
    assert sentence in [element.value for element in app.markdown]


def test_a_replay_that_is_not_what_was_published_gets_a_sentence_and_the_rest_of_the_page_works(monkeypatch):
    def refuse(name):
        raise CheckpointError("its replay.webp is not the file that was published")

    monkeypatch.setattr(ui.shelf.networks, "replay", refuse)
    app = open_page("pages/5_Training.py")
    assert not app.exception
    assert ["not the file that was published" in error.value for error in app.error] == [True]
    assert "trainer" in [widget.proto.component_name for widget in app.get("bidi_component")]
