"""What a visitor leaves behind goes soon after them."""

import asyncio
from dataclasses import dataclass

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState

MOST = 100  # So many sessions may wait for somebody to come back; Streamlit keeps 128.


@dataclass(frozen=True)
class _Session:
    id: str
    state: SessionState


def end_when_gone() -> None:
    """Sees to it that this visitor's session ends, uploads and all, when they can no longer come back to it.

    Streamlit keeps the session of a closed page for two minutes, for those who lost their connection, but ends it only
    when it next has to make room: where nobody else comes, never.
    """
    _session()


@st.cache_resource(show_spinner=False)
def _left() -> dict[str, tuple[float, _Session]]:
    """Who left when, by session, on the clock of the event loop; those who left first come first."""
    return {}


def _end_later(session: _Session) -> None:
    loop, left = asyncio.get_running_loop(), _left()
    left.pop(session.id, None)
    now = loop.time()
    left[session.id] = (now, session)
    loop.call_later(config.get_option("server.disconnectedSessionTTL") - 1, _end, session.id, now)
    if len(left) > MOST:
        first = next(iter(left))
        _end(first, left[first][0])


def _end(session_id: str, time: float) -> None:
    since, session = _left().get(session_id, (None, None))
    if session and since == time:  # If it is another time, they came back and left again.
        del _left()[session_id]
        if not runtime.get_instance().is_active_session(session_id):
            runtime.get_instance().close_session(session_id)
            session.state.clear()  # Streamlit still holds the session that left last.


@st.cache_resource(scope="session", on_release=_end_later, show_spinner=False)
def _session() -> _Session:
    context = get_script_run_ctx()
    assert context is not None
    return _Session(context.session_id, context.session_state._state)  # noqa: SLF001 - there is no public way to it
