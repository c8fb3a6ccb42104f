"""Live training on its page."""

import importlib.util

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.shelf.networks
import ui.shelf.server
from dae_core.distortions.strengths import REPORT_CORRUPTION
from dae_core.pictures.samples import load_sample
from dae_core.training.live import LiveSettings
from dae_core.training.live_queue import LiveQueue
from tests.apptest.opened import open_page
from tests.training.test_live import BROKEN, LASTING, SHORT, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def open_training(monkeypatch):
    """Opens the page with a line of its own, and leaves none of its trainings behind."""
    opened = []

    def open_training(command=LASTING) -> AppTest:
        queue = LiveQueue(command)
        monkeypatch.setattr(ui.shelf.server, "live_queue", lambda: queue)
        opened.append(open_page("pages/5_Training.py"))
        return opened[-1]

    yield open_training
    for app in opened:
        if "live_training" in app.session_state:
            app.session_state["live_training"].stop()
            wait_until(lambda app=app: app.session_state["live_training"].ended)


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button} & {"Train", "Stop"}


def test_a_training_runs_on_the_page_with_its_settings_and_can_be_stopped(open_training):
    app = open_training()
    app.toggle(key="cutout").set_value(False)
    app.selectbox(key="image").set_value("owl")
    app.slider(key="epochs").set_value(10).run()
    press(app, "Train")
    training = app.session_state["live_training"]
    assert training.settings == LiveSettings(REPORT_CORRUPTION.only("gaussian_noise", "salt_and_pepper"), epochs=10)
    assert np.array_equal(training.held_out, load_sample("owl"))
    assert labels(app) == {"Stop"}
    wait_until(lambda: training.history, training)
    app.run()
    assert len(app.get("plotly_chart")) == 1
    app.toggle(key="cutout").set_value(True).run()
    assert any("other settings than the ones on screen" in caption.value for caption in app.caption)
    press(app, "Stop")
    assert not app.exception and labels(app) == {"Train"}
    assert [element.value for element in app.success] == ["You stopped it after epoch 0."]


def said(app: AppTest) -> list[str]:
    """What stands above the bar of the training."""
    return [bar.proto.text for bar in app.get("progress")]


def test_who_waits_is_told_their_number(open_training, picture):
    app = open_training()
    other = ui.shelf.server.live_queue().ask(SHORT, picture)
    wait_until(lambda: other.history, other)
    press(app, "Train")
    assert said(app) == ["You are number 2 in line: one training runs at a time."]
    assert len(app.get("plotly_chart")) == 1  # There from the start: nothing moves when the first epoch ends.
    other.stop()
    wait_until(lambda: app.session_state["live_training"].history, app.session_state["live_training"])
    app.run()
    assert not any("in line" in sentence for sentence in said(app))


def test_the_page_lives_on_when_the_process_dies(open_training):
    app = open_training(BROKEN)
    press(app, "Train")
    wait_until(lambda: app.session_state["live_training"].ended, app.session_state["live_training"])
    app.run()
    assert not app.exception
    assert ["exit status 3" in error.value for error in app.error] == [True]
    assert labels(app) == {"Train"}


def test_live_training_can_be_switched_off(open_training, monkeypatch):
    monkeypatch.setenv("DAE_LIVE_TRAINING", "0")
    app = open_training()
    assert not app.exception and labels(app) == set()
    assert any("switched off on this server" in element.value for element in app.info)


def test_without_tensorflow_there_is_a_sentence_instead(open_training, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorflow" else find(name))
    app = open_training()
    assert not app.exception and labels(app) == set()
    assert any("Live training needs tensorflow" in element.value for element in app.info)
