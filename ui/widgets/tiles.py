"""Pictures on the page: tiles, wipe, film strips."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import as_float
from dae_core.pictures.writing import data_url, png
from dae_core.scores.metrics import METRICS, mse, scores


@dataclass(frozen=True)
class Comparison:
    """Three pictures, (64, 64, 3) float32 in [0, 1], and what the original is called."""

    distorted: Floats
    reconstructed: Floats
    original: Floats
    title: str

    def scores(self) -> dict[str, dict[str, float]]:
        """MSE, PSNR and SSIM of the two that are not the original."""
        return {key: scores(getattr(self, key), self.original) for key in ("distorted", "reconstructed")}


def show(comparison: Comparison, hidden: bool = False) -> None:
    """The three tiles, in containers with the keys of the page contract; a hidden result is a question mark."""
    table = comparison.scores()
    before, after = table["distorted"], table["reconstructed"]
    title = comparison.title
    _tile("distorted", comparison.distorted, f"{title}, distorted: {_line(before)}", _line(before))
    if hidden:
        _tile("reconstructed", question_mark(), "Hidden until the question is answered", "What do you expect?")
    else:
        gained = _line(after, before)
        _tile("reconstructed", comparison.reconstructed, f"{title}, as the network rebuilt it: {_line(after)}", gained)
    _tile("original", comparison.original, f"{title}, undamaged", f"{title}, 64 × 64 pixels")


def question_mark() -> Floats:
    """A white question mark on grey, (64, 64, 3) in [0, 1]; both themes leave it legible."""
    image = Image.new("RGB", (64, 64), (120, 120, 120))
    ImageDraw.Draw(image).text((32, 32), "?", "white", ImageFont.load_default(48), anchor="mm")
    return as_float(np.asarray(image))


def _tile(key: str, picture: Floats, alt: str, caption: str) -> None:
    with st.container(key=key, gap="xsmall"):
        st.markdown(f"**{key.capitalize()}**")
        st.image(data_url(picture), width="stretch", alt=alt)
        st.markdown(f":small[{caption}]")


def _line(values: dict[str, float], compared_with: dict[str, float] | None = None) -> str:
    """The scores in one line, with the gain over other scores where there are such: green is better, red is worse."""
    parts = []
    for name, metric in METRICS.items():
        part = f"{metric.title}\u00a0{metric.write(values[name])}"
        if compared_with:
            gain = values[name] - compared_with[name]
            better = gain < 0 if metric.lower_is_better else gain > 0
            part += f" :{'green' if better else 'red'}[({metric.write(gain, '+')})]"
        parts.append(part)
    return " · ".join(parts)


def strip(pictures: list[tuple[str, Floats, str]], scale: int = 3, narrowest: int = 70) -> None:
    """Pictures beside each other, each with a title and a line below; on a phone several rows of them.

    Args:
        pictures: (title, picture, line) each.
        scale: Pixels of the image per pixel of the picture.
        narrowest: A column, in pixels of the page.
    """
    with st.grid(len(pictures), min_column_width=narrowest, gap="xsmall"):
        for title, picture, line in pictures:
            with st.container(gap="xxsmall"):
                st.image(data_url(picture, scale), width="stretch", alt=f"{title}: {line}")
                # In a narrow column, large letters would break a long word.
                heading = f":small[**{title}**]" if len(pictures) > 7 else f"**{title}**"
                st.markdown(f"{heading}  \n:small[{line}]")


def mse_line(picture: Floats, original: Floats) -> str:
    """`MSE 0.0123`."""
    return f"MSE\u00a0{METRICS['mse'].write(float(mse(picture, original)))}"


def triptych_png(comparison: Comparison) -> bytes:
    """Distorted, reconstructed and original side by side, as a PNG file."""
    return png(np.hstack([comparison.distorted, comparison.reconstructed, comparison.original]))


def scores_csv(comparison: Comparison, settings: dict[str, object]) -> str:
    """The scores of the comparison as CSV, a line per picture, with the settings that produced it."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(["picture", *METRICS, *settings])
    for key, values in comparison.scores().items():
        table.writerow([key, *values.values(), *settings.values()])
    return file.getvalue()


def film_strip(rows: list[Floats], titles: list[str], what: str = "distorted, reconstructed, original") -> None:
    """Batches (N, 64, 64, 3), one under the other: a column per picture, on a phone fewer columns at a time."""
    with st.grid(len(titles), min_column_width=60, gap="xsmall"):
        for index, title in enumerate(titles):
            column = np.vstack([batch[index] for batch in rows])
            st.image(data_url(column, scale=3), title, width="stretch", alt=f"{title}: {what}")
