"""Networks as points: their error against what it takes to get there."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ui.charts.figures import COLOURS, GREY, MSE_TITLE, SYMBOLS, axes

Point = tuple[str, float, float]  # Title, cost, error.
Box = tuple[float, float, float, float]  # Left, bottom, right, top.
CHART, MARKER = (175.0, 190.0), 12.0  # Pixels from the first to the last point on a phone, and of a point.
ROOM = 58.0  # On a phone, pixels from these points to the edges.


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


def error_by_cost(series: Mapping[str, Sequence[tuple[str, int, float, float]]], cost: str) -> go.Figure:
    """Error against what it costs, a point each, both axes logarithmic.

    Args:
        series: By kind, (title, parameters, milliseconds, error). What has no parameters is left out where they count,
            and of these, only the best has its title beside it: the others stand close together.
        cost: `Parameters` or `Milliseconds`.
    """
    figure = go.Figure()
    column = 1 if cost == "Parameters" else 2
    points = [point for one in series.values() for point in one]
    best = min((point for point in points if not point[1]), key=lambda point: point[-1], default=None)
    drawn = {point: (point[0], float(point[column]), point[-1]) for point in points if point[column]}
    sides = places([place for point, place in drawn.items() if point[1] or point is best], list(drawn.values()))
    for (name, own), colour, symbol in zip(series.items(), COLOURS, SYMBOLS, strict=False):
        shown = [point for point in own if point[column]]
        hover = f"%{{hovertext}}<br>%{{x:,.3~r}} {cost.lower()}, MSE %{{y:.5f}}<extra>{name}</extra>"
        trace = _points(shown, column, colour, symbol) | {
            "hovertext": [point[0] for point in shown],
            "text": [point[0] if point[0] in sides else "" for point in shown],
            "textposition": [sides.get(point[0], "middle right") for point in shown],
        }
        figure.add_scatter(**trace, name=name, hovertemplate=hover)
    figure.update_yaxes(type="log", tickvals=[0.002, 0.003, 0.005, 0.01, 0.02])
    ticks = [10**power for power in range(-2, 9)]  # Plotly would write 2, 3, 4, ... between two powers of ten.
    costs = np.log10([point[column] for point in points if point[column]] or [1])
    room = 0.3 + 0.2 * np.ptp(costs)  # For the titles, on a phone too.
    span = [costs.min() - room, costs.max() + room]
    axes(figure, f"{cost} (less is better)", MSE_TITLE)
    return figure.update_xaxes(type="log", range=span, tickvals=ticks, ticktext=[f"{tick:,}" for tick in ticks])


def places(points: Sequence[Point], drawn: Sequence[Point]) -> dict[str, str]:
    """Where the title of each point is least in the way of other titles and of all that is drawn.

    It is judged on a chart as wide as a phone's: where there is more room, nothing comes nearer.
    """
    spans = [max(float(np.ptp(np.log10([point[axis] for point in drawn] or [1]))), 0.5) for axis in (1, 2)]
    middles = {
        title: (math.log10(cost) / spans[0] * CHART[0], math.log10(error) / spans[1] * CHART[1])
        for title, cost, error in drawn
    }
    taken = [_box(middle, MARKER, MARKER) for middle in middles.values()]
    across = [x for x, _ in middles.values()]
    taken += [_box((edge, 0), CHART[0], math.inf) for edge in _beyond_the_edges(across)]
    chosen = {}
    for title in sorted((point[0] for point in points), key=len, reverse=True):  # Short ones find a place the easiest.
        x, y = middles[title]
        width, height = 6.0 * len(title), 13.0
        aside, above = (MARKER + width) / 2 + 2, (MARKER + height) / 2
        options = {
            "middle right": _box((x + aside, y), width, height),
            "middle left": _box((x - aside, y), width, height),
            "bottom center": _box((x, y - above), width, height),
            "top center": _box((x, y + above), width, height),
        }
        chosen[title] = min(options, key=lambda place: sum(_overlap(options[place], other) for other in taken))
        taken.append(options[chosen[title]])
    return chosen


def _beyond_the_edges(across: Sequence[float]) -> tuple[float, float]:
    """The middles of what lies left and right of a chart, as wide as the chart itself."""
    away = ROOM + CHART[0] / 2
    return min(across, default=0) - away, max(across, default=0) + away


def _box(middle: tuple[float, float], width: float, height: float) -> Box:
    return middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2


def _overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide, high = (min(one[i + 2], other[i + 2]) - max(one[i], other[i]) for i in (0, 1))
    return max(wide, 0) * max(high, 0)


def _points(points: Sequence[tuple], column: int, colour: str, symbol: str) -> dict:
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
