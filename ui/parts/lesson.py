"""The parts of the page Lesson: which lesson and step, the question, the answers; all of it is kept in the address."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dae_core.distortions.strengths import KINDS
from dae_core.experiments import TITLES
from dae_core.pictures.samples import SAMPLES
from dae_core.telling.lessons import (
    DEFAULT_LESSON,
    Lesson,
    Places,
    State,
    Step,
    lesson_names,
    load_lesson,
    read_answers,
    write_answers,
)
from dae_core.telling.placeholders import Facts, fill
from ui.controls import address, hidden
from ui.controls.choice import one_of
from ui.controls.distortions import SLIDERS
from ui.controls.picture import OWN
from ui.frame import page
from ui.parts import lesson_notes
from ui.shelf import networks
from ui.shelf.texts import say

PLACES = Places((*SAMPLES, *OWN), tuple(page.PAGES))


def chosen() -> Lesson:
    """The lesson that the address names; the first one, and a sentence, if it names none that is there.

    It is read on every run, which takes less than a picture: a teacher who writes one sees it after a reload.

    Raises:
        TextError: Its file is wrong, or there is no lesson at all.
    """
    address.keep("lesson", DEFAULT_LESSON, str)
    name = st.session_state.lesson
    if name not in (names := lesson_names()) and names:
        st.warning(say("lesson", "unknown_lesson", name=names[0], names=", ".join(names)))
        name = names[0]
    return load_lesson(name, PLACES)


def step_number(lesson: Lesson) -> int:
    """The step that the visitor is in, from 1, and the way to any other; progress, and the way to the notes."""
    numbers = range(1, len(lesson.steps) + 1)
    st.session_state.steps = len(lesson.steps)  # The keys of presenter mode need it.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = f"Steps of the lesson: {lesson.title}"
        number: int = one_of(label, numbers, 1, "step", label_visibility="collapsed", wrap=True)
        if lesson_notes.wanted():
            return number
        answered = sum(answer is not None for answer in answers(lesson))
        st.caption(f"Step {number} of {len(lesson.steps)} · {answered} answered", width="content")
        lesson_notes.link(lesson, number)
    return number


def answers(lesson: Lesson) -> list[int | None]:
    """What the visitor picked so far, step by step."""
    address.keep("answers", "", str)
    return read_answers(st.session_state.answers, lesson)


def enter(place: str, state: State) -> None:
    """Sets the controls to the state of a step, once; `place` names the step.

    What the address of a new visitor says of a control counts more than the step. Such an address also says that the
    step was entered: reloading it must not set the controls again, or a change that the visitor made would be lost.
    """
    address.keep("entered", "", str)
    if place != st.session_state.entered:
        st.session_state.update(_values(state))
        st.session_state.entered = place
        hidden.forget()


def is_hidden(lesson: Lesson, number: int) -> bool:
    """Whether the reconstruction is out of sight: until the answer, unless a key of presenter mode asks for it."""
    step, answer = lesson.steps[number - 1], answers(lesson)[number - 1]
    return hidden.is_hidden(at_first=step.hide and answer is None)


def _values(state: State) -> dict[str, Any]:
    """The state by the keys of the controls; what is off keeps the report's strength, for when it is switched on."""
    values: dict[str, Any] = {"model": state.model, "image": state.image, "seed": state.seed}
    for name, kind in KINDS.items():
        strength = getattr(state.corruption, name)
        values |= {name: strength > 0, SLIDERS[name].key: strength or kind.preset}
    return values


def reset(state: State) -> None:
    """A button that sets the controls back to the step's state; there only after something was changed."""
    values = _values(state)
    if any(st.session_state.get(key) != value for key, value in values.items()):
        st.button(
            "Back to the step's settings", icon=":material/undo:", on_click=st.session_state.update, args=(values,)
        )


def question(lesson: Lesson, number: int, write: Callable[[str], str]) -> None:
    """The question with its choices, to be checked when one is picked: arrow keys pass over the others.

    Args:
        lesson: The lesson.
        number: The step, from 1.
        write: Fills the placeholders of a text.
    """
    step, answer = lesson.steps[number - 1], answers(lesson)[number - 1]
    choices = [write(choice) for choice in step.choices]
    key = f"choice_{number}"
    with st.form(f"question_{number}", border=False):
        st.radio(f"**{write(step.question)}**", range(len(choices)), answer, format_func=choices.__getitem__, key=key)
        checked = st.form_submit_button("Check", on_click=partial(_check, lesson, number, key))
    if checked and answer is None:
        st.caption("Pick an answer first; a guess is fine.")


def _check(lesson: Lesson, number: int, key: str) -> None:
    if st.session_state[key] is not None:
        picked = answers(lesson)
        picked[number - 1] = st.session_state[key]
        st.session_state.answers = write_answers(picked)
        hidden.forget()


def verdict(step: Step, answer: int, facts: Facts) -> None:
    """Whether the answer was right, kindly, and the explanation; the question is out of sight by now."""
    right, reveal = step.outcome(facts)
    choice = fill(step.choices[right], facts)
    st.markdown(f"**{fill(step.question, facts)}**")
    if answer == right:
        st.success(say("lesson", "right", choice=choice), icon=":material/check_circle:")
    else:
        st.info(say("lesson", "not_quite", choice=choice), icon=":material/lightbulb:")
    with st.container(key="explanation"):
        st.markdown(fill(reveal, facts))
    if step.page in page.linked():
        st.page_link(step.page, label=f"Go on exploring: {page.PAGES[step.page][0]}", icon=":material/arrow_forward:")


def result(lesson: Lesson, facts: Facts) -> None:
    """How many of the visitor's predictions came true."""
    pairs = zip(lesson.steps, answers(lesson), strict=True)
    answered = [(step, pick) for step, pick in pairs if pick is not None and not step.missing(facts.manifests)]
    right = sum(step.outcome(facts)[0] == pick for step, pick in answered)
    st.markdown(say("lesson", "result", right=right, answered=len(answered)))


def navigation(lesson: Lesson, number: int) -> None:
    """Previous, Next, Restart; always there, so that the keyboard finds them where they were."""
    last = len(lesson.steps)
    with st.container(horizontal=True, gap="small"):
        st.button("Previous", icon=":material/arrow_back:", disabled=number == 1, on_click=_go, args=(number - 1,))
        st.button("Next", icon=":material/arrow_forward:", disabled=number == last, on_click=_go, args=(number + 1,))
        st.button("Restart", icon=":material/replay:", on_click=_restart)


def _go(number: int) -> None:
    st.session_state.step = number


def _restart() -> None:
    """Forgets every answer and begins anew; the controls are set again even if the visitor is in step 1."""
    _go(1)
    st.session_state.answers = st.session_state.entered = ""
    st.session_state["choice_1"] = None


def missing(step: Step) -> bool:
    """Whether a network of the step, or of the page that it leads to, is not there; says so."""
    names = step.missing(networks.checkpoints()[0])
    if step.page and step.page not in page.linked():
        names.append(page.NEED[step.page])
    if names:
        titles = "; ".join(TITLES[name] for name in names)
        st.warning(say("lesson", "missing", networks=titles, arguments=" ".join(names)))
    return bool(names)


def words(lesson: Lesson, number: int, facts: Facts) -> None:
    """What to know and the question; after the answer, the explanation in their place, where everybody can read it."""
    step, answer = lesson.steps[number - 1], answers(lesson)[number - 1]
    write = partial(fill, facts=facts)
    if answer is None:
        st.markdown(write(step.text))
        question(lesson, number, write)
        navigation(lesson, number)
        return
    verdict(step, answer, facts)
    if number == len(lesson.steps):
        result(lesson, facts)
    navigation(lesson, number)
    with st.expander("The question again"):
        st.markdown(write(step.text))
        question(lesson, number, write)
