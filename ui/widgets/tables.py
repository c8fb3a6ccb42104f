"""Tables on the page."""

import streamlit as st

from dae_core.telling import tables


def show_table(lines: tables.Table, hidden: str = "") -> None:
    """A table that can be pushed sideways where it is too wide, unlike one in Markdown; one column may stay hidden."""
    lines = [{heading: cell for heading, cell in line.items() if heading != hidden} for line in lines]
    st.table(lines, border="horizontal", hide_index=True, width="content")
