"""Activations as pictures."""

import numpy as np

from dae_core.serving.activations import GAP, HIGH, LOW, MIDDLE, channels, diverging, grey, sheet, stretch


def test_feature_maps_become_channels_and_plain_numbers_a_square():
    maps = np.arange(24).reshape(2, 3, 4)
    np.testing.assert_array_equal(channels(maps)[1], maps[:, :, 1])
    square = channels(np.arange(1000, dtype=np.float32))
    assert square.shape == (1, 32, 32)
    assert square[0, 1, 0] == 32
    assert np.isnan(square[0, 31, 8:]).all() and not np.isnan(square[0, 31, :8]).any()
    assert channels(np.zeros(4096)).shape == (1, 64, 64)


def test_each_channel_is_stretched_over_both_pictures():
    pair = np.array([[[[0.0, 2.0]], [[5.0, 5.0]]], [[[4.0, 1.0]], [[5.0, np.nan]]]])  # Two pictures, two channels.
    np.testing.assert_array_equal(stretch(pair)[:, 0], [[[0, 0.5]], [[1, 0.25]]])
    np.testing.assert_array_equal(stretch(pair)[:, 1], [[[0, 0]], [[0, np.nan]]])


def test_a_sheet_shows_every_channel_once_with_gaps_between_them():
    maps = np.arange(5, dtype=np.float32)[:, None, None] * np.ones((1, 2, 2), np.float32)
    whole = sheet(maps)
    assert whole.shape == (5, 8)  # Two rows of three, 2 x 2 each, a line between.
    np.testing.assert_array_equal(whole[0], [0, 0, np.nan, 1, 1, np.nan, 2, 2])
    np.testing.assert_array_equal(whole[3], [3, 3, np.nan, 4, 4, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(sheet(maps[:1]), maps[0])


def test_the_scales_have_their_colours():
    np.testing.assert_allclose(grey(np.array([[0, 0.5, 1, np.nan]]))[0], [[0] * 3, [0.5] * 3, [1] * 3, GAP], atol=1e-6)
    shown = diverging(np.array([[-9, -2, 0, 2, np.nan]]), 2)
    np.testing.assert_allclose(shown[0], [LOW, LOW, MIDDLE, HIGH, GAP], atol=1e-6)
    assert shown.dtype == np.float32
