"""Lesson: ten steps that move the controls, each with a question before the answer is shown."""

from functools import partial

import streamlit as st

from dae_core.distortions.apply import corrupt
from dae_core.errors import UserError
from dae_core.experiments import TITLES
from dae_core.telling.placeholders import fill
from ui.controls.distortions import choose_distortions
from ui.controls.network.network import choose_network
from ui.controls.picture import choose_picture
from ui.frame import page
from ui.parts import lesson
from ui.shelf import networks, texts
from ui.shelf.texts import say
from ui.widgets import tiles

draw_links = page.start("Lesson", "Predict first, then look", sets_controls=True)
try:
    course = lesson.chosen()
    number = lesson.step_number(course)
    step, answer = course.steps[number - 1], lesson.answers(course)[number - 1]
    thirds = st.grid(3, min_column_width=270, gap="medium")
    words, exhibit = thirds.cell(), thirds.cell(column_span=2)
    if missing := step.missing(networks.checkpoints()[0]):
        titles = "; ".join(TITLES[name] for name in missing)
        with words:
            st.markdown(f"##### {step.title}")
            st.warning(
                say(
                    "lesson",
                    "missing",
                    networks=titles,
                    arguments=" ".join(missing),
                )
            )
            lesson.navigation(course, number)
        st.stop()

    lesson.enter(f"{course.name}-{number}", step.state)
    with exhibit:
        tile_row = st.grid(3, min_column_width=90, wrap=False, gap="small")
        halves = st.grid(2, min_column_width=230)
        left, right = halves.cell(), halves.cell()
    with left:
        corruption, seed = choose_distortions()
    with right:
        choice = choose_picture()
        checkpoint = choose_network()
        lesson.reset(step.state)
    distorted = corrupt(choice.picture, corruption, seed)
    rebuilt = networks.denoiser(checkpoint).reconstruct(distorted)
    with tile_row:
        tiles.show(tiles.Comparison(distorted, rebuilt, choice.picture, choice.title), step.hide and answer is None)

    facts = texts.facts()
    write = partial(fill, facts=facts)
    with words:
        st.markdown(f"##### {step.title}")
        st.markdown(write(step.text))
        lesson.question(course, number, write)
        lesson.navigation(course, number)  # It stands above what is revealed, so that it stays where it is.
        if answer is not None:
            lesson.verdict(step, answer, facts)
            if number == len(course.steps):
                lesson.result(course, facts)
    lesson.notes(step, write)
except UserError as error:
    st.error(str(error))
finally:
    draw_links()  # They lead to what the step has set.
