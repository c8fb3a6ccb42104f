"""Rows of numbers as Plotly figures; no Streamlit in here."""

# Plotly asks whether anybody has imported pandas, and takes one that another visitor's page is still importing for whole.
import pandas  # noqa: F401
