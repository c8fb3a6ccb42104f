"""Tables on the page."""

import streamlit as st

from dae_core.telling import tables


def show_table(lines: tables.Table) -> None:
    """A table that can be pushed sideways where it is too wide, unlike one in Markdown."""
    st.table(lines, border="horizontal", hide_index=True, width="content")
