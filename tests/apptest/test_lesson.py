"""The page Lesson: it is walked, linked to, left and come back to."""

import pytest
from streamlit.testing.v1 import AppTest

from dae_core.checkpoints import list_checkpoints
from dae_core.distortions.strengths import DISTORTIONS, KINDS
from dae_core.experiments import TITLES
from dae_core.telling.lessons import load_lesson
from tests.apptest.opened import open_page
from tests.apptest.test_pages import text
from tests.telling.test_lessons import GOOD, LESSON
from ui.controls.distortions import SLIDERS
from ui.parts.lesson import PLACES
from ui.shelf import networks


def open_lesson(**address: str) -> AppTest:
    return open_page("pages/6_Lesson.py", **address)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def images(app: AppTest) -> list:
    """All that are reconstructions, or question marks in their places."""
    alts = {image.proto.imgs[0].alt: image.proto.imgs[0] for image in app.get("image")}
    return [image for alt, image in alts.items() if ", reconstructed" in alt or alt.startswith("Hidden")]


def hidden(app: AppTest) -> bool:
    states = {image.alt.startswith("Hidden") for image in images(app)}
    assert len(states) == 1
    return states.pop()


def controls(app: AppTest) -> dict:
    """What is set, whether or not there are controls that show it; these show nothing else."""
    state = app.session_state
    for widget in (*app.toggle, *app.slider, *app.number_input, *app.selectbox):
        assert widget.value == state[widget.key]
    values = {name: state[slider.key] if state[name] else 0 for name, slider in SLIDERS.items()}
    return values | {key: state[key] for key in ("model", "image", "seed")}


def answered(step: int, pick: int = 1) -> dict[str, str]:
    """The address of a step whose question is answered."""
    return {"step": str(step), "answers": ".".join([*["-"] * (step - 1), str(pick)])}


def asked(step) -> dict:
    strengths = {name: getattr(step.state.corruption, name) for name in DISTORTIONS}
    return strengths | {"model": step.state.model, "image": step.state.image, "seed": step.state.seed}


def test_the_lesson_is_walked_to_its_end():
    app = open_lesson()
    trained = list_checkpoints()[0]
    for number, step in enumerate(LESSON.steps, start=1):
        assert step.title in text(app)
        if not (missing := step.missing(trained)):
            assert controls(app) == asked(step)
            assert hidden(app) == step.hide
            app.radio(key=f"choice_{number}").set_value(0)
            press(app, "Check")
            assert not hidden(app)
            assert any("right" in box.value.lower() for box in (*app.success, *app.info))
        else:
            assert missing[0] in text(app)
        assert not app.exception and not app.error
        if number < len(LESSON.steps):
            press(app, "Next")
    assert "You predicted" in text(app)
    assert app.query_params["step"] == "11"


def test_a_link_leads_to_the_step_and_its_controls():
    app = open_lesson(step="4")
    assert controls(app) == asked(LESSON.steps[3])


def test_progress_is_restored_from_the_address():
    app = open_lesson(step="2", answers="1.0.-.3")
    assert "4" not in app.radio(key="choice_2").options
    assert app.radio(key="choice_2").value == 0
    assert not hidden(app)
    assert "Not quite" in app.info[0].value
    assert "3 answered" in text(app)


def test_controls_come_after_the_answer():
    app = open_lesson(step="2")
    assert not app.toggle and not app.slider and not app.selectbox and not app.expander
    app.radio(key="choice_2").set_value(1)
    press(app, "Check")
    assert [expander.label for expander in app.expander] == ["Now try to break it", "The question again"]
    assert {toggle.key for toggle in app.toggle} == set(KINDS)
    assert controls(app) == asked(LESSON.steps[1])
    press(app, "Next")
    assert not app.toggle and controls(app) == asked(LESSON.steps[2])


def test_a_picture_of_ones_own_can_be_chosen_before_the_answer():
    assert open_lesson(step="11").selectbox(key="image").value == "upload"
    assert open_lesson(step="1", image="upload").selectbox(key="image").value == "upload"


def test_what_is_set_stays_in_the_address_while_there_are_no_controls():
    app = open_lesson(step="4", image="owl", gaussian_noise="true", gaussian_noise_std="0.3")
    assert app.query_params["image"] == "owl"
    assert app.query_params["gaussian_noise_std"] == "0.3"
    app.switch_page("pages/4_Inside.py").run()
    assert app.selectbox(key="image").value == "owl" and app.slider(key="gaussian_noise_std").value == 0.3


@pytest.mark.parametrize("number", [number for number, step in enumerate(LESSON.steps, 1) if step.beside])
def test_where_the_question_is_which_is_better_they_stand_side_by_side_with_their_errors(number):
    step = LESSON.steps[number - 1]
    app = open_lesson(step=str(number))
    assert hidden(app) == step.hide
    headings = [one.value for one in app.markdown if "What do you expect?" in one.value]
    assert len(headings) == 1 + len(step.beside)
    assert headings[0].startswith(f"**{TITLES[step.state.model]}**")
    app = open_lesson(**answered(number))
    assert not hidden(app)
    assert len({image.url for image in images(app)}) == 1 + len(step.beside)
    assert all("error 0.0" in image.alt for image in images(app))
    app.selectbox(key="model").set_value("beyond-restorer").run()
    assert len(images(app)) == 2 + len(step.beside), "another network stands beside those of the step"


def test_the_notes_are_a_window_of_their_own_that_goes_where_it_is_told():
    app = open_lesson(step="2", notes="true")
    assert "Common wrong answers" in text(app) and LESSON.steps[1].title in text(app)
    assert not app.get("image") and not app.radio and not app.toggle
    press(app, "Show the lesson here")
    assert "Common wrong answers" not in text(app) and len(app.get("image")) == 3
    assert "notes" not in app.query_params


def test_a_changed_control_stays_changed_until_the_next_step():
    app = open_lesson(**answered(2))
    app.slider(key="cutout_squares").set_value(7).run()
    assert controls(app) == asked(LESSON.steps[1]) | {"cutout": 7}
    press(app, "Next")
    assert controls(app) == asked(LESSON.steps[2])
    press(app, "Previous")
    assert controls(app) == asked(LESSON.steps[1])


def test_an_address_that_was_entered_already_says_all_about_the_controls():
    app = open_lesson(step="2", entered="denoising-2", model="bottleneck-1000", salt_and_pepper="false")
    assert controls(app) == asked(LESSON.steps[1]) | {"gaussian_noise": 0.1}


def test_what_a_link_says_of_a_control_counts_more_than_the_step():
    assert controls(open_lesson(step="2", image="owl")) == asked(LESSON.steps[1]) | {"image": "owl"}


def test_changed_controls_can_be_set_back():
    app = open_lesson(**answered(2))
    label = "Back to the step's settings"
    assert label not in [button.label for button in app.button]
    app.selectbox(key="image").set_value("parrot").run()
    press(app, label)
    assert controls(app) == asked(LESSON.steps[1])
    assert label not in [button.label for button in app.button]


def test_what_is_hidden_is_not_sent():
    app = open_lesson(step="2")
    before = images(app)[0].url
    assert images(open_lesson(step="2", model="distortion-all"))[0].url == before
    app.radio(key="choice_2").set_value(1)
    press(app, "Check")
    assert images(app)[0].url != before


def test_checking_without_an_answer_asks_for_one():
    app = press(open_lesson(), "Check")
    assert "Pick an answer first" in text(app)
    assert hidden(app)


def test_restart_forgets_everything():
    app = open_lesson(step="1", answers="1")
    app.selectbox(key="image").set_value("parrot").run()
    press(app, "Restart")
    assert controls(app) == asked(LESSON.steps[0])
    assert app.radio(key="choice_1").value is None
    assert hidden(app)


@pytest.mark.parametrize("step", ["0", "12", "-1", "x", "1.5", "<b>"])
def test_nonsense_in_the_address_shows_the_first_step(step):
    app = open_lesson(step=step, answers="a.b.<script>")
    assert LESSON.steps[0].title in text(app)
    assert hidden(app)
    assert not app.exception and not app.error


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "nobody"])
def test_another_lesson_is_refused_kindly(name):
    app = open_lesson(lesson=name)
    assert "No lesson has this name" in text(app)
    assert name not in text(app)
    assert LESSON.steps[0].title in text(app)


def test_a_step_without_its_model_says_so_and_the_others_work(monkeypatch):

    usable, broken = list_checkpoints()
    few = {name: checkpoint for name, checkpoint in usable.items() if name != "decoder-1"}
    monkeypatch.setattr(networks, "checkpoints", lambda: (few, broken))
    app = open_lesson(step="3")
    assert f"not here: {TITLES['decoder-1']}. Run `python train_models.py decoder-1`" in text(app)
    press(app, "Next")
    assert controls(app) == asked(LESSON.steps[3])


def test_a_wrong_lesson_is_named_on_the_page(monkeypatch, tmp_path):
    from ui.parts import lesson as parts

    (tmp_path / "denoising.toml").write_text(GOOD.replace("owl", "oul"), encoding="utf-8")
    monkeypatch.setattr(parts, "load_lesson", lambda name, places: load_lesson(name, PLACES, tmp_path))
    assert "lessons/denoising.toml, line 14: `image` has to be" in text(open_lesson())


def test_the_limits_of_a_lesson_are_those_of_the_sliders():
    app = open_page()
    for name, kind in KINDS.items():
        assert (app.slider(key=SLIDERS[name].key).min, app.slider(key=SLIDERS[name].key).max) == kind.bounds
