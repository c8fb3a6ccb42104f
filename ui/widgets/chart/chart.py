"""Plotly charts, drawn when somebody looks at their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.component import component

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_place = component(__file__)
HEIGHT = 450  # Pixels that Streamlit gives a chart that asks for none.


def chart(figure: Figure, *, key: str, alt: str, **options: Any) -> None:
    """A chart with the options of `st.plotly_chart`, or room for it as long as the browser has no need of Plotly.

    Plotly weighs more than everything else of a page together, and comes with the first chart, wherever it stands. So
    the first one that is in view calls for all of them; from then on the session has Plotly, and no chart waits.
    """
    if st.session_state.get("plotly"):
        draw(figure, key=key, alt=alt, **options)
    else:
        data = {"height": figure.layout.height or HEIGHT, "label": alt}
        _place(key=f"{key}_place", data=data, on_seen_change=load_charts)


def draw(figure: Figure, *, key: str, alt: str, **options: Any) -> None:
    """A chart at once, as all charts look."""
    from ui.charts.theme import CONFIG, readable  # Plotly takes longer to import than everything else here.

    theme = st.context.theme.type or "light"
    st.plotly_chart(
        readable(figure, theme, large=bool(st.session_state.get("present"))), key=key, alt=alt, config=CONFIG, **options
    )


def load_charts() -> None:
    """Has all charts drawn at once, for pages that will be printed."""
    st.session_state.plotly = True
