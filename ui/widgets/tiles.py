"""Pictures on the page: tiles and film strips."""

import csv
import io
import re
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw, ImageFont

from dae_core.pictures.arrays import Floats
from dae_core.pictures.dataset import as_float
from dae_core.pictures.writing import data_url, png
from dae_core.scores.metrics import METRICS, mse, scores
from ui.shelf.texts import say


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
    distorted(comparison)
    reconstructed(comparison, hidden=hidden)
    original(comparison)


def distorted(comparison: Comparison) -> None:
    """The tile of the distorted picture."""
    values = comparison.scores()["distorted"]
    error = _distorted(values["mse"])
    alt = f"{comparison.title}, distorted: {_plain(error)}"
    _tile("distorted", comparison.distorted, alt, error, values | {"grey": _grey(comparison)})


def reconstructed(comparison: Comparison, key: str = "reconstructed", by: str = "", hidden: bool = False) -> None:
    """The tile of the reconstruction; where there are several, each has a key, and says whose it is."""
    if hidden:
        _tile(key, question_mark(), "Hidden until the question is answered", "What do you expect?", heading=by)
        return
    table = comparison.scores()
    error = _rebuilt(table["reconstructed"]["mse"], table["distorted"]["mse"])
    alt = f"{comparison.title}, reconstructed{by and f' by {by}'}: {_plain(error)}"
    _tile(key, comparison.reconstructed, alt, error, table["reconstructed"] | {"grey": _grey(comparison)}, by)


def original(comparison: Comparison) -> None:
    """The tile of the original."""
    _tile("original", comparison.original, f"{comparison.title}, the original", comparison.title)


def _grey(comparison: Comparison) -> float:
    """The error of a grey picture, to compare with."""
    return float(mse(np.full_like(comparison.original, 0.5), comparison.original))


def question_mark() -> Floats:
    """A white question mark on grey, (64, 64, 3) in [0, 1]; both themes leave it legible."""
    image = Image.new("RGB", (64, 64), (120, 120, 120))
    ImageDraw.Draw(image).text((32, 32), "?", "white", ImageFont.load_default(48), anchor="mm")
    return as_float(np.asarray(image))


def _tile(
    key: str, picture: Floats, alt: str, line: str, values: dict[str, float] | None = None, heading: str = ""
) -> None:
    """A picture, how far it is from the original, and a bar from nothing in common to the original itself.

    Args:
        key: One of the page contract's, or of one more reconstruction.
        picture: (64, 64, 3) float32 in [0, 1].
        alt: What it shows, for who does not see it.
        line: Below it.
        values: Its `scores`, and `grey`, the error of a grey picture; none of the original, and of what is hidden.
        heading: Above the line; the key, if nothing else.
    """
    with st.container(key=key, gap="xxsmall"):
        st.image(data_url(picture), width="stretch", alt=alt)
        st.progress(1.0 if key == "original" else min(max(values["ssim"], 0.0), 1.0) if values else 0.0)
        words = f"**{heading or key.capitalize()}**  \n:small[{line}]"
        if values:
            more = say("tiles", "scores", psnr=values["psnr"], ssim=values["ssim"], grey=values["grey"])
            st.markdown(words, help=more)
        else:
            st.markdown(words)


def _distorted(error: float) -> str:
    return say("tiles", "distorted", error=error)


def _rebuilt(error: float, before: float) -> str:
    """The error, and how much less or more it is than before."""
    if not before:
        return say("tiles", "reconstructed_undamaged", error=error)
    return say("tiles", "reconstructed", error=error, less=1 - error / before, more=error / before - 1)


def _plain(words: str) -> str:
    """A text without its markup, for alternative texts."""
    return re.sub(r":\w+\[(.*?)\]", r"\1", words).replace("**", "")


def strip(pictures: list[tuple[str, Floats, str]], scale: int = 3, narrowest: int = 70) -> None:
    """Pictures beside each other, each with a title and a line below; on a phone several rows of them.

    Args:
        pictures: (title, picture, line) each.
        scale: Pixels of the image per pixel of the picture.
        narrowest: A column, in pixels of the page.
    """
    with st.grid(len(pictures), min_column_width=_at_least(narrowest), gap="xsmall"):
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


def _at_least(pixels: int) -> int:
    """How wide a picture of a strip has to be; in presenter mode the last row of a class sees it, too."""
    return max(pixels, 180) if st.session_state.get("present") else pixels


def film_strip(rows: list[Floats], titles: list[str], what: str = "distorted, reconstructed, original") -> None:
    """Batches (N, 64, 64, 3), one under the other: a column per picture, on a phone fewer columns at a time."""
    with st.grid(len(titles), min_column_width=_at_least(80), gap="xsmall"):
        for index, title in enumerate(titles):
            column = np.vstack([batch[index] for batch in rows])
            st.image(data_url(column, scale=3), title, width="stretch", alt=f"{title}: {what}")
