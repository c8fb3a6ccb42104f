"""Rows and arrays to Plotly figures. The pages give them their fonts and backgrounds, light or dark."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dae_core.pictures.arrays import Doubles, Floats

# Colour-blind people can tell these colours apart: Okabe and Ito, "Color universal design", 2008.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
NOTHING = "Doing nothing"  # This one is drawn in grey.
GREY = "#808080"
Places = Sequence[float | str]  # They are numbers on an axis, or its categories.
SYMBOLS = ("circle", "diamond", "square")
MSE_TITLE = "MSE (less is better)"


def error_maps(distorted: Floats, reconstructed: Floats, original: Floats) -> go.Figure:
    """Where two (H, W, 3) pictures differ from the original: the mean absolute error of each pixel, on one scale."""
    pictures = {"Distorted": distorted, "Reconstructed": reconstructed}
    errors = {title: np.abs(picture - original).mean(axis=-1) for title, picture in pictures.items()}
    return two_maps(errors, "Absolute error, 0 to 1")


def two_maps(maps: Mapping[str, Floats], scale: str) -> go.Figure:
    """Two maps (H, W) by title, beside each other, on one scale from zero on."""
    figure = make_subplots(1, 2, subplot_titles=tuple(maps), horizontal_spacing=0.04)
    for column, values in enumerate(maps.values(), start=1):
        hover = "row %{y}, column %{x}: %{z:.3f}<extra></extra>"
        figure.add_heatmap(z=values, coloraxis="coloraxis", hovertemplate=hover, row=1, col=column)
    figure.update_xaxes(visible=False, constrain="domain")
    figure.update_yaxes(visible=False, autorange="reversed", constrain="domain")
    figure.update_yaxes(scaleanchor="x", row=1, col=1)
    figure.update_yaxes(scaleanchor="x2", row=1, col=2)
    title = {"text": scale, "side": "bottom"}
    bar = {"title": title, "orientation": "h", "thickness": 12, "y": -0.02, "yanchor": "top"}
    coloured = {"colorscale": "Cividis", "cmin": 0, "colorbar": bar}
    return figure.update_layout(coloraxis=coloured, height=400, margin={"l": 0, "r": 0, "t": 30, "b": 0})


def sharp_or_right(means: Mapping[int, tuple[float, float]], others: Mapping[str, tuple[float, float]]) -> go.Figure:
    """Fine detail against error: the way from one draw to the mean of all.

    Args:
        means: By the number of draws that were averaged, MSE and fine detail, as a part of the original's.
        others: The same of other networks, by their names.
    """
    figure = go.Figure()
    numbers = [str(number) if number in (1, 2, 4, 8) or number == max(means) else "" for number in means]
    errors, details = zip(*means.values(), strict=True)
    figure.add_scatter(
        x=errors,
        y=details,
        name="Mean of so many draws",
        mode="lines+markers+text",
        text=numbers,
        textposition="top center",
        line={"color": COLOURS[0]},
        customdata=list(means),
        hovertemplate="mean of %{customdata}: MSE %{x:.4f}, fine detail %{y:.0%}<extra></extra>",
    )
    for (name, (error, detail)), colour in zip(others.items(), COLOURS[1:], strict=False):
        marker = {"symbol": "star", "size": 16, "color": colour}
        hover = f"{name}: MSE %{{x:.4f}}, fine detail %{{y:.0%}}<extra></extra>"
        figure.add_scatter(x=[error], y=[detail], name=name, mode="markers", marker=marker, hovertemplate=hover)
    return axes(figure, MSE_TITLE, "Fine detail, of the original's").update_yaxes(tickformat=".0%")


def loss_curves(histories: Mapping[str, Sequence[Mapping[str, float]]], best: Mapping[str, int]) -> go.Figure:
    """Figure 2: loss by epoch, of training (dotted) and validation (solid); a star marks the epoch that was kept."""
    figure = go.Figure()
    for (name, history), colour in zip(histories.items(), COLOURS, strict=False):
        epochs = [row["epoch"] for row in history]
        for key, title, dash in (("loss", "training", "dot"), ("val_loss", "validation", "solid")):
            figure.add_scatter(
                x=epochs,
                y=[row[key] for row in history],
                name=f"{name}, {title}",
                line={"color": colour, "dash": dash},
                hovertemplate=f"{name}, {title}<br>epoch %{{x}}: %{{y:.5f}}<extra></extra>",
            )
        figure.add_scatter(
            x=[best[name]],
            y=[history[best[name] - 1]["val_loss"]],
            mode="markers",
            marker={"symbol": "star", "size": 14, "color": colour},
            showlegend=False,
            hovertemplate=f"{name}, best epoch %{{x}}: %{{y:.5f}}<extra></extra>",
        )
    return axes(figure, "Epoch", MSE_TITLE).update_yaxes(type="log", tickvals=[0.002, 0.005, 0.01, 0.02, 0.05])


def error_histogram(errors: Mapping[str, Doubles]) -> go.Figure:
    """Figure 3: how many pictures have which error; a dashed line marks the mean."""
    figure = go.Figure()
    top = max(float(np.quantile(values, 0.99)) for values in errors.values())
    for (name, values), colour in zip(errors.items(), COLOURS, strict=False):
        figure.add_histogram(
            x=values,
            name=name,
            xbins={"start": 0, "end": top, "size": top / 40},
            marker_color=colour,
            opacity=0.55,
            hovertemplate=f"{name}<br>MSE %{{x}}: %{{y}} pictures<extra></extra>",
        )
        figure.add_vline(values.mean(), line={"color": colour, "dash": "dash"})
    return axes(figure, MSE_TITLE, "Pictures").update_layout(barmode="overlay")


def bottleneck_curve(
    curves: Mapping[str, Mapping[int, float]],
    reference: Mapping[int, float],
    selected: int,
    linear: Mapping[int, float],
) -> go.Figure:
    """Figure 4: error against the latent size, on a logarithmic axis.

    Args:
        curves: By name, the error at each size.
        reference: The report's own points.
        selected: The size that is marked.
        linear: What principal components reach, at other sizes, too.
    """
    figure = go.Figure()
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        marker = {"size": [18 if size == selected else 10 for size in curve]}
        _points(figure, name, curve, mode="lines+markers", line={"color": colour}, marker=marker)
    if reference:
        diamond = {"symbol": "diamond", "size": 14, "color": COLOURS[5]}
        _points(figure, "Report, validation set", reference, mode="markers", marker=diamond)
    if linear:
        line = {"color": GREY, "dash": "dash"}
        _points(figure, "Principal components, validation set, clean", linear, mode="lines", line=line)
    sizes = sorted({size for curve in curves.values() for size in curve})
    return axes(figure, "Latent size", MSE_TITLE).update_xaxes(
        type="log", tickvals=sizes, ticktext=[f"{size:,}" for size in sizes]
    )


def _points(figure: go.Figure, name: str, errors: Mapping[int, float], **how: Any) -> None:
    """Adds errors by latent size."""
    figure.add_scatter(
        x=list(errors),
        y=list(errors.values()),
        name=name,
        unselected={"marker": {"opacity": 1}},  # Plotly would fade the points that were not clicked.
        hovertemplate=f"{name}<br>%{{x:,}} numbers: %{{y:.5f}}<extra></extra>",
        **how,
    )


def table_2_bars(groups: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Table 2: a bar per way of restoring, for each distortion; `groups` maps the way to its errors."""
    figure = go.Figure()
    for (name, errors), colour in zip(groups.items(), (GREY, *COLOURS), strict=False):
        figure.add_bar(
            x=list(errors.values()),
            y=list(errors),
            name=name,
            orientation="h",
            marker_color=colour,
            hovertemplate=f"%{{y}}<br>{name}: %{{x:.5f}}<extra></extra>",
        )
    figure.update_yaxes(autorange="reversed")
    return axes(figure, MSE_TITLE, None).update_layout(height=480)


def gain_matrix(
    names: Sequence[str], damages: Sequence[str], gains: Doubles, text: Sequence[Sequence[str]]
) -> go.Figure:
    """Trained on (rows) against tested on (columns): the gain over doing nothing in dB, NaN for a cell as for no gain.

    Args:
        names: Of the rows.
        damages: Of the columns.
        gains: (rows, columns).
        text: What stands in each cell.
    """
    limit = float(np.nanmax(np.abs(gains)))
    figure = go.Figure(
        go.Heatmap(
            x=list(damages),
            y=list(names),
            z=np.nan_to_num(gains),
            text=text,
            texttemplate="%{text}",
            textfont={
                "color": "#0A0A0A",
                "size": 11,
            },  # It can be read on all of these: they are the palette's pale ones.
            colorscale=[(0, COLOURS[1]), (0.5, "#F5F5F5"), (1, COLOURS[4])],  # A gain is blue.
            zmin=-limit,
            zmax=limit,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
            showscale=False,  # The numbers stand in the cells.
        )
    )
    cells = [(x, y, cell) for y, row in zip(names, text, strict=True) for x, cell in zip(damages, row, strict=True)]
    across, down, words = (list(column) for column in zip(*cells, strict=True))
    clickable(figure, across, down, words, "%{y}<br>tested on %{x}<br>%{customdata}", symbol="square")
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showgrid=False, ticks="", tickfont_size=11)
    # On a phone, eight heads side by side have room only if they stand on end.
    return figure.update_xaxes(side="top", tickangle=-90, showgrid=False, ticks="", tickfont_size=11).update_layout(
        height=150 + 30 * len(names), margin={"l": 0, "r": 0, "t": 0, "b": 0}
    )


def clickable(figure: go.Figure, x: Places, y: Places, words: Sequence[str], hover: str, **marker: Any) -> None:
    """Adds marks that nobody sees and that can be clicked, where Plotly does not let one click a cell or an area.

    Args:
        figure: The figure.
        x: Where the marks are.
        y: The same.
        words: What `customdata` is in the template.
        hover: The template of what is shown when the pointer is on a mark.
        marker: More of the marks.
    """
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"size": 26, "opacity": 0, **marker},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=words,
        hovertemplate=f"{hover}<extra></extra>",
        showlegend=False,
    )


def strength_curves(curves: Mapping[str, Mapping[float, float]], title: str, trained: float | None) -> go.Figure:
    """Error by the strength of a distortion, a line per way of restoring; a dashed line at the training's."""
    figure = go.Figure()
    colours = (GREY, *COLOURS) if NOTHING in curves else COLOURS
    for (name, errors), colour in zip(curves.items(), colours, strict=False):
        figure.add_scatter(
            x=list(errors),
            y=list(errors.values()),
            name=name,
            line={"color": colour},
            hovertemplate=f"{name}<br>%{{x:.3g}}: %{{y:.5f}}<extra></extra>",
        )
    if trained is not None:
        figure.add_vline(trained, line={"color": GREY, "dash": "dash"}, annotation_text="trained here")
    return axes(figure, title, MSE_TITLE)


def kind_colours(kinds: Iterable[str]) -> dict[str, str]:
    """A colour for each class of pictures, and one for things."""
    return {
        **dict(zip(kinds, cycle(COLOURS[number] for number in (1, 4, 0, 3, 5, 6)), strict=False)),
        "thing": COLOURS[2],
    }


def axes(figure: go.Figure, x: str | None, y: str | None) -> go.Figure:
    """The figure with titles of its axes, and as all are: the legend above, no margins."""
    figure.update_xaxes(title=x).update_yaxes(title=y)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    return figure.update_layout(height=380, legend=legend, margin={"l": 0, "r": 0, "t": 10, "b": 0})
