"""The parts that the pages are made of; only these, `app.py` and `pages/` import Streamlit."""
