"""What all charts have in common: labels that can be read in either theme, and nothing that lies over a heading."""

import plotly.graph_objects as go

# Plotly's toolbar covers what stands above a chart; who needs the numbers finds them under the pointer.
CONFIG = {"displayModeBar": False}
# Streamlit's own grey has a contrast of 3.7 : 1 on white; these have more than 7 : 1.
INK = {"light": "#3A3D49", "dark": "#D5D8E0"}


def readable(figure: go.Figure, theme: str, size: int | None = None) -> go.Figure:
    """The figure with all its words in the ink of a theme, `light` or `dark`; what has a colour of its own keeps it.

    Args:
        figure: Is changed.
        theme: One of `INK`.
        size: Of its words, in pixels; None leaves them as they are.
    """
    font = {"color": INK[theme]} | ({"size": size} if size else {})
    figure.update_layout(font=font, legend_font=font)
    figure.update_annotations(font=font)
    figure.update_coloraxes(colorbar_tickfont=font, colorbar_title_font=font)
    figure.update_traces(textfont=font, selector={"mode": "markers+text"})
    if size:
        figure.update_traces(textfont_size=size, selector={"type": "heatmap"})
    return figure.update_xaxes(tickfont=font, title_font=font).update_yaxes(tickfont=font, title_font=font)
