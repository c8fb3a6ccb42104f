"""Plotly charts, drawn when somebody looks at their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.component import component

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_place = component(__file__)
HEIGHT = 450  # Pixels that Streamlit gives a chart that asks for none.
USUAL = 12  # Pixels of Plotly's type.
WIDE = {1800: 14, 2400: 18}  # And in windows from so many pixels on, as in opening.css.
LARGE = 18  # In presenter mode the last row of a class reads it, too.


def chart(figure: Figure, *, key: str, alt: str, **options: Any) -> None:
    """A chart with the options of `st.plotly_chart`, or room for it as long as the browser has no need of Plotly.

    Plotly weighs more than everything else of a page together, and comes with the first chart, wherever it stands. So
    the first one that is in view calls for all of them; from then on the session has Plotly, and no chart waits.
    """
    if st.session_state.get("plotly"):
        draw(figure, key=key, alt=alt, **options)
    else:
        heights = {width: _height(figure, size) for width, size in {0: USUAL, **WIDE}.items()}
        data = {"heights": tuple(heights.items()), "label": alt}
        place = f"{key}_place"
        _place(key=place, data=data, on_seen_change=lambda: load_charts(st.session_state[place].seen))


def draw(figure: Figure, *, key: str, alt: str, **options: Any) -> None:
    """A chart at once, as all charts look."""
    from ui.charts.theme import CONFIG, readable  # Plotly takes longer to import than everything else here.

    theme = st.context.theme.type or "light"
    if size := _size():
        figure.update_layout(height=_height(figure, size))
    st.plotly_chart(readable(figure, theme, size), key=key, alt=alt, config=CONFIG, **options)


def load_charts(width: int = 1) -> None:
    """Has all charts drawn at once, for a window of so many pixels; also for pages that will be printed."""
    st.session_state.plotly = st.session_state.get("plotly") or width


def _size() -> int | None:
    """Pixels of a chart's type; None if it is the usual one."""
    if st.session_state.get("present"):
        return LARGE
    width = st.session_state.get("plotly") or 0
    return max((size for least, size in WIDE.items() if width >= least), default=None)


def _height(figure: Figure, size: int) -> float:
    """Pixels that a chart needs with type of this size: 1.4 times as many with `LARGE`."""
    return (figure.layout.height or HEIGHT) * (1 + (size - USUAL) / 15)
