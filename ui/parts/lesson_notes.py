"""The teacher's notes of the lesson, in a window of their own: they never stand on the projection."""

from functools import partial
from typing import Any

import streamlit as st

from dae_core.telling.lessons import Lesson, Step
from dae_core.telling.placeholders import Facts, fill
from ui.controls import address
from ui.shelf.texts import say
from ui.widgets.follow import follow


def wanted() -> bool:
    """Whether this window is that of the notes, by `?notes=true`."""
    address.keep("notes", False, address.flag, address.written_flag)
    return bool(st.session_state.notes)


def link(lesson: Lesson, number: int) -> None:
    """Opens the window of the notes, which goes where this one goes."""
    follow.lead("Teacher's notes", {"lesson": lesson.name, "step": number})


def show(step: Step, facts: Facts) -> None:
    """What a teacher may ask, what students tend to answer, and what is right."""
    write = partial(fill, facts=facts)
    right, reveal = step.outcome(facts)
    st.markdown(f"**To ask.** {write(step.ask)}")
    st.markdown(f"**Common wrong answers.** {write(step.mistakes)}")
    with st.expander(f"**{write(step.question)}** {write(step.choices[right])}"):
        st.markdown(write(reveal))


def go_along() -> None:
    """Follows the window of the lesson; and the way there, for who came here in another way."""
    follow.follow(_go)
    st.caption(say("lesson", "notes_window"))
    st.button("Show the lesson here", on_click=partial(st.session_state.update, notes=False))


def _go(where: dict[str, Any]) -> None:
    st.session_state.update({key: where[key] for key in ("lesson", "step") if key in where})
