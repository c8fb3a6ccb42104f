"""Lesson: eleven steps, each with a question before the answer is shown; or the teacher's notes, in a second window."""

import streamlit as st

from dae_core.errors import UserError
from ui.frame import page
from ui.parts import lesson, lesson_notes, lesson_pictures
from ui.shelf import texts

draw_links = page.start("Lesson", "Predict first, then look", links_later=True)
try:
    course = lesson.chosen()
    number = lesson.step_number(course)
    step, answer = course.steps[number - 1], lesson.answers(course)[number - 1]
    if lesson_notes.wanted():
        st.header(f"Teacher's notes: {step.title}", anchor=False)
        if not lesson.missing(step):
            lesson_notes.show(step, texts.facts())
        lesson_notes.go_along()
        st.stop()

    # Below each other, the pictures stand above the question.
    halves = st.grid(2, min_column_width=340, gap="medium")
    exhibit, words = halves.cell(), halves.cell()
    with words:
        st.header(step.title, anchor=False)
        if lesson.missing(step):
            lesson.navigation(course, number)
            st.stop()

    lesson.enter(f"{course.name}-{number}", step.state)
    with exhibit:
        pictures = st.container(key="exhibit_lesson")
        scene, checkpoint = lesson_pictures.choose(step.state, answer is not None, lesson.reset)
    facts = texts.facts()
    with pictures:
        lesson_pictures.show(step, scene, checkpoint, facts, lesson.is_hidden(course, number))
    with words:
        lesson.words(course, number, facts)
except UserError as error:
    st.error(str(error))
finally:
    draw_links()  # They lead to what the step has set.
