"""Networks as points: their error against what it takes to get there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ui.charts.figures import COLOURS, GREY, MSE_TITLE, SYMBOLS, axes


@dataclass(frozen=True)
class Dot:
    """A way of denoising.

    Attributes:
        title: What stands on the axis.
        kind: What it is coloured by.
        error: Its MSE.
        cost: What it takes; None where that is not known.
    """

    title: str
    kind: str
    error: float
    cost: float | None


def error_by_epochs(series: Mapping[str, Sequence[tuple[str, int, float]]]) -> go.Figure:
    """Error against the length of trainings, a point each: (title, epochs, error) by kind of training.

    Those of further kinds have no title, but a line to the one of the first kind with the same title.
    """
    figure = go.Figure()
    start = {title: (epochs, error) for title, epochs, error in next(iter(series.values()))}
    for title, epochs, error in [point for points in list(series.values())[1:] for point in points]:
        before = start[title]
        line = {"x": (before[0], epochs), "y": (before[1], error), "line": {"color": GREY, "width": 1}}
        figure.add_scatter(**line, mode="lines", hoverinfo="skip", showlegend=False)
    for (name, points), colour, symbol in zip(series.items(), COLOURS, SYMBOLS, strict=False):
        hover = "%{text}<br>%{x} epochs: %{y:.5f}<extra>" + name + "</extra>"
        figure.add_scatter(**_points(points, 1, colour, symbol), name=name, hovertemplate=hover)
    figure.update_traces(mode="markers", selector=lambda trace: trace.name in list(series)[1:])
    return axes(figure, "Epochs until early stopping", MSE_TITLE)


def error_and_cost(dots: Sequence[Dot], cost: str) -> go.Figure:
    """A line for each way of denoising, the least error on top: its error on the left, what it costs on the right."""
    figure = make_subplots(1, 2, shared_yaxes=True, horizontal_spacing=0.04)
    kinds = dict.fromkeys(dot.kind for dot in dots)
    for kind, colour, symbol in zip(kinds, COLOURS, SYMBOLS, strict=False):
        own = [dot for dot in dots if dot.kind == kind]
        shared = {"mode": "markers", "marker": {"size": 12, "color": colour, "symbol": symbol}, "name": kind}
        for column, values in enumerate(([dot.error for dot in own], [dot.cost for dot in own]), start=1):
            figure.add_scatter(
                x=values,
                y=[_broken(dot.title) for dot in own],
                **shared,
                showlegend=column == 1,
                legendgroup=kind,
                hovertemplate="%{y}: " + ("MSE %{x:.5f}" if column == 1 else f"%{{x:,.3~r}} {cost.lower()}"),
                row=1,
                col=column,
            )
    ticks = [10**power for power in range(-2, 9)]  # Plotly would write 2, 3, 4, ... between two powers of ten.
    axes(figure, None, None).update_layout(height=100 + 26 * len(dots))
    figure.update_xaxes(type="log", title=MSE_TITLE, tickvals=[0.003, 0.005, 0.01, 0.02, 0.03], row=1, col=1)
    figure.update_xaxes(type="log", title=cost, tickvals=ticks, ticktext=[_short(tick) for tick in ticks], row=1, col=2)
    order = [_broken(dot.title) for dot in sorted(dots, key=lambda dot: -dot.error)]
    return figure.update_yaxes(categoryorder="array", categoryarray=order, showgrid=True)


def _broken(title: str) -> str:
    """A long title in two lines, so that a phone has room for the chart beside it."""
    return title.replace(", trained on", ",<br>trained on")


def _short(number: float) -> str:
    """`0.1`, `100`, `10 k`, `1 M`."""
    for size, letter in ((10**6, "M"), (10**4, "k")):
        if number >= size:
            return f"{number / (10**6 if letter == 'M' else 10**3):,.0f} {letter}"
    return f"{number:,g}"


def _points(points: Sequence[tuple[Any, ...]], column: int, colour: str, symbol: str) -> dict[str, Any]:
    """A scatter trace of points (title, ..., error) along one of their columns, each with its title above it."""
    return {
        "x": [point[column] for point in points],
        "y": [point[-1] for point in points],
        "text": [point[0] for point in points],
        "mode": "markers+text",
        "marker": {"size": 12, "color": colour, "symbol": symbol},
        "textposition": "top center",
        "cliponaxis": False,
    }
