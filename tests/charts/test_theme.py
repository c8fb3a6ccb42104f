"""The words of charts can be read: in both themes, and on every colour of the gain matrix."""

import numpy as np
import pytest
from plotly.colors import hex_to_rgb

from ui.charts.figures import gain_matrix, loss_curves
from ui.charts.theme import INK, readable

GROUNDS = {"light": (255, 255, 255), "dark": (26, 28, 36)}  # Streamlit's own are at least as far from the inks.


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as in WCAG 2, of red, green and blue up to 255."""
    parts = np.array(colour) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", INK)
def test_the_labels_of_axes_and_legend_have_contrast_in_both_themes(theme):
    history = [{"epoch": epoch, "loss": 0.1, "val_loss": 0.1} for epoch in (1, 2)]
    layout = readable(loss_curves({"One": history}, {"One": 1}), theme).layout
    inks = [layout.xaxis.tickfont.color, layout.yaxis.title.font.color, layout.legend.font.color, layout.font.color]
    assert min(contrast(hex_to_rgb(ink), GROUNDS[theme]) for ink in inks) > 4.5


def test_the_numbers_of_the_gain_matrix_can_be_read_on_every_cell_in_both_themes():
    gains = np.array([[-12.0, 0.0, 12.0, np.nan]])
    for theme in INK:
        cells = readable(gain_matrix(["A"], list("wxyz"), gains, [["", "", "", ""]]), theme).data[0]
        assert np.isfinite(cells.z).all(), "a cell without a colour would show the page"
        ink = hex_to_rgb(cells.textfont.color)  # It is darker than all of them, so between two it is no worse.
        assert min(contrast(ink, hex_to_rgb(colour)) for _, colour in cells.colorscale) > 4.5
