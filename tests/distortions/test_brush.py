"""What is painted is on the picture, and nonsense from a browser is not."""

import numpy as np
import pytest

from dae_core.distortions.brush import COLOURS, NOTHING, brush_noise, paint


def test_each_digit_paints_its_pixel_and_no_other(picture):
    strokes = list(NOTHING)
    strokes[0], strokes[64], strokes[65], strokes[66] = "1", "2", "3", "5"
    painted = paint(picture, "".join(strokes), 5)
    assert np.rint(painted[1, 2] * 255).tolist() == list(COLOURS["5"].rgb)
    assert (painted[0, 0] == 0).all() and (painted[1, 0] == 1).all()
    assert np.array_equal(painted[1, 1], brush_noise(5)[1, 1])
    untouched = np.ones((64, 64), bool)
    untouched[[0, 1, 1, 1], [0, 0, 1, 2]] = False
    assert np.array_equal(painted[untouched], picture[untouched])
    assert painted.dtype == np.float32 and painted.shape == picture.shape


@pytest.mark.parametrize("strokes", ["", "1", NOTHING + "1", "9" * 4096, "<b>" + NOTHING[3:], "\u0661" * 4096])
def test_nonsense_leaves_the_picture_as_it_is(strokes, picture):
    assert np.array_equal(paint(picture, strokes, 0), picture)
