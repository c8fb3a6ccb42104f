"""What a visitor leaves behind goes soon after them."""

import asyncio
from dataclasses import dataclass

import streamlit as st
from streamlit import config, runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState


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
def _left() -> dict[str, float]:
    """When visitors left, by session, on the clock of the event loop."""
    return {}


def _end_later(session: _Session) -> None:
    loop = asyncio.get_running_loop()
    _left()[session.id] = now = loop.time()
    loop.call_later(config.get_option("server.disconnectedSessionTTL") - 1, _end, session, now)


def _end(session: _Session, left: float) -> None:
    if _left().get(session.id) == left:  # Otherwise they came back, and left again later.
        del _left()[session.id]
        if not runtime.get_instance().is_active_session(session.id):
            runtime.get_instance().close_session(session.id)
            session.state.clear()  # Streamlit still holds the session that left last.


@st.cache_resource(scope="session", on_release=_end_later, show_spinner=False)
def _session() -> _Session:
    context = get_script_run_ctx()
    assert context is not None
    return _Session(context.session_id, context.session_state._state)
