"""What the pages are made of; only this package, `app.py` and `pages/` import Streamlit."""
