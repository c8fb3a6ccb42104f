"""Rows to Plotly figures; no Streamlit in here."""
