"""Pages as Streamlit runs them, without a browser."""

from streamlit.testing.v1 import AppTest

from tests.visitor import ROOT


def open_page(page: str = "app.py", **address: str) -> AppTest:
    """A page, opened at an address with these parameters by somebody who has seen a chart before."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state.plotly = True
    if page != "app.py":
        app.switch_page(page)
    app.query_params = dict(address)
    return app.run()
