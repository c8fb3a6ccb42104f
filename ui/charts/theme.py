"""What all charts have in common: labels that can be read in either theme, and nothing that lies over a heading."""

import plotly.graph_objects as go

# Plotly's toolbar covers what stands above a chart; who needs the numbers finds them under the pointer.
CONFIG = {"displayModeBar": False}
# Streamlit's own grey has a contrast of 3.7 : 1 on white; these have more than 7 : 1.
INK = {"light": "#3A3D49", "dark": "#D5D8E0"}


def readable(figure: go.Figure, theme: str) -> go.Figure:
    """The figure with all its words in the ink of a theme, `light` or `dark`; what has a colour of its own keeps it."""
    ink = INK[theme]
    figure.update_layout(font_color=ink, legend_font_color=ink)
    figure.update_annotations(font_color=ink)
    figure.update_coloraxes(colorbar_tickfont_color=ink, colorbar_title_font_color=ink)
    figure.update_traces(textfont_color=ink, selector={"mode": "markers+text"})
    return figure.update_xaxes(**_axis(ink)).update_yaxes(**_axis(ink))


def _axis(ink: str) -> dict[str, str]:
    return {"tickfont_color": ink, "title_font_color": ink}
