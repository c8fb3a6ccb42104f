"""Rows of numbers as Plotly figures; no Streamlit in here."""

# Plotly asks whether anybody has imported pandas, and takes one for whole that another visitor's page is still
# importing.
import pandas  # noqa: F401
