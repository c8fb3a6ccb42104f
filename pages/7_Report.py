"""Report: every table and figure of the report, theirs beside ours; a handout when printed."""

from functools import partial

import streamlit as st

from dae_core.telling import tables
from dae_core.telling.report_numbers import EXHIBITS
from ui.controls.choice import toggle
from ui.frame import page
from ui.parts import handout, seeds
from ui.shelf.texts import say
from ui.widgets.chart.chart import load_charts

page.start("Report", "The report's tables and figures, theirs and ours", layout="centered")  # It is as wide as paper.
handout.print_style()
load_charts()  # Whoever prints the page has not scrolled through it.
st.markdown(say("report", "introduction"))
for exhibit in EXHIBITS:
    with st.container(border=True, key=exhibit.key):
        st.header(f"{exhibit.name}: {exhibit.shows}")
        with page.part():
            handout.SHOW[exhibit.name]()
        with page.part():
            st.markdown(f":small[Section {exhibit.section} of the report. {say('exhibits', exhibit.key)}]")
        if where := handout.PAGES.get(exhibit.name):
            st.page_link(where, label=f"Try it: {page.PAGES[where][0]}", icon=":material/arrow_forward:")
with st.container(key="not_printed_luck"):
    st.header("How much is luck?")
    with page.part():
        seeds.repeated()
    st.markdown("### Why this order?")
    with page.part():
        seeds.why_this_order()
    st.markdown("### What half the batch size changes")
    with page.part():
        seeds.batch_size()
    st.markdown("### What remains?")
    with page.part():
        seeds.what_remains()
st.header("Cards of all networks")
handout.cards_of_all(toggle("Unfold all, for printing", False, key="unfold"))
download = partial(st.download_button, icon=":material/download:", on_click="ignore")
with st.container(horizontal=True, key="downloads"), page.part():
    for name, rows in handout.downloads().items():
        file = f"{name.lower().replace(' ', '-')}.csv"
        download(name, partial(tables.to_csv, rows), file, "text/csv")
