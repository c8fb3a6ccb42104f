"""A network as a drawing, in Plotly: figures 5 and 8 of the report."""

from collections.abc import Mapping

import plotly.graph_objects as go

from ui.charts.figures import COLOURS, clickable


def in_words(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The drawing for those who cannot see it: its blocks and their shapes."""
    sizes = (f"{name.replace('_', ' ')} {_size(shape, ' × ')}" for name, shape in shapes.items())
    return f"Blocks and shapes: {', '.join(sizes)}"


def _size(shape: tuple[int, ...], times: str) -> str:
    return times.join(f"{number:,}" for number in shape)


def architecture(shapes: Mapping[str, tuple[int, ...]], selected: str | None = None) -> go.Figure:
    """Figures 5 and 8: what flows through a network, to scale: as high as its sides, as wide as its channels are many.

    Args:
        shapes: By the name of a block, (height, width, channels) or (numbers,).
        selected: The block that is marked.
    """
    figure = go.Figure()
    at, middles, titles = 0.0, [], []
    for name, shape in shapes.items():
        side, width = (shape[0], shape[2] / 4) if len(shape) == 3 else (64, 2)
        corners = ((at, -side / 2), (at, side / 2), (at + width, side / 2), (at + width, -side / 2), (at, -side / 2))
        size = _size(shape, "×")  # With spaces, neighbours would touch.
        colour = COLOURS[5] if name == selected else COLOURS[1] if name == "latent" else COLOURS[0]
        figure.add_scatter(
            x=[x for x, _ in corners],
            y=[y for _, y in corners],
            fill="toself",
            mode="lines",
            line={"color": colour, "width": 4 if name == selected else 1},
            hoverinfo="skip",
        )
        middles.append(at + width / 2)
        titles.append(f"<b>{name.replace('_', ' ')}</b>  {size}")
        # On a phone, the labels of so many blocks have room side by side only if they stand on end.
        label = {"text": titles[-1], "font_size": 11, "showarrow": False, "yanchor": "bottom", "textangle": -90}
        figure.add_annotation(x=middles[-1], y=34, **label)
        at += width + 16  # The labels need that room, on a phone as well.
    clickable(figure, middles, [0] * len(middles), titles, "%{customdata}")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, range=[-34, 108])
    return figure.update_layout(
        showlegend=False, height=360, margin={"l": 0, "r": 0, "t": 0, "b": 0}, hovermode="closest", hoverdistance=100
    )
