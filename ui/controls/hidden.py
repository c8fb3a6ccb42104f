"""Whether the reconstruction is out of sight: a key of presenter mode hides it, and steps of a lesson begin so."""

import streamlit as st


def is_hidden(at_first: bool = False) -> bool:
    """As `toggle` left it, and before that, as the page says."""
    return bool(st.session_state.setdefault("hidden", at_first))


def toggle() -> bool:
    """Hides it, or shows it again; whether it is hidden now."""
    st.session_state.hidden = not is_hidden()
    return is_hidden()


def forget() -> None:
    """The page may say anew."""
    st.session_state.pop("hidden", None)
