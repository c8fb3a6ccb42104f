"""Rows and arrays to Plotly figures. The pages give them their colours, light or dark."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots


def error_maps(distorted: np.ndarray, reconstructed: np.ndarray, original: np.ndarray) -> go.Figure:
    """Where two (H, W, 3) pictures differ from the original: the mean absolute error of each pixel, on one scale."""
    figure = make_subplots(1, 2, subplot_titles=("Distorted", "Reconstructed"), horizontal_spacing=0.04)
    for column, picture in enumerate((distorted, reconstructed), start=1):
        error = np.abs(picture - original).mean(axis=-1)
        hover = "row %{y}, column %{x}: %{z:.3f}<extra></extra>"
        figure.add_heatmap(z=error, coloraxis="coloraxis", hovertemplate=hover, row=1, col=column)
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", constrain="domain")
    figure.update_yaxes(scaleanchor="x", row=1, col=1)
    figure.update_yaxes(scaleanchor="x2", row=1, col=2)
    title = {"text": "Absolute error, 0 to 1", "side": "bottom"}
    bar = {"title": title, "orientation": "h", "thickness": 12, "y": -0.02, "yanchor": "top"}
    scale = {"colorscale": "Cividis", "cmin": 0, "colorbar": bar}
    return figure.update_layout(coloraxis=scale, height=400, margin={"l": 0, "r": 0, "t": 30, "b": 0})
