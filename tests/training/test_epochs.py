"""What an epoch of training is made of: every picture once, with fresh noise."""

import numpy as np

from dae_core.distortions.strengths import REPORT_CORRUPTION, Corruption
from dae_core.pictures.dataset import as_float
from tests.later import Later

training = Later("dae_core.training.run")


def epoch_of(pictures, corruption, seed: int, epoch: int):
    batches = training.CorruptedPictures(pictures, corruption, 7, seed, epoch)
    return [batches[index] for index in range(len(batches))]


def test_every_picture_comes_once_per_epoch(splits):
    batches = epoch_of(splits[0].pictures, Corruption(), 1, 1)
    assert [len(damaged) for damaged, _ in batches] == [7, 7, 7, 3]
    clean = np.concatenate([clean for _, clean in batches])
    assert {picture.tobytes() for picture in clean} == {picture.tobytes() for picture in as_float(splits[0].pictures)}
    assert clean.dtype == np.float32 and len(clean) == 24
    for damaged, clean in batches:
        np.testing.assert_array_equal(damaged, clean)


def test_order_and_noise_depend_on_seed_and_epoch_only(splits):
    first = epoch_of(splits[0].pictures, REPORT_CORRUPTION, 1, 1)
    np.random.seed(0)
    batches = training.CorruptedPictures(splits[0].pictures, REPORT_CORRUPTION, 7, 1, 1)
    for index in (3, 0, 2, 1, 0):
        np.testing.assert_array_equal(batches[index], first[index])
    for seed, epoch in ((1, 2), (2, 1)):
        other = epoch_of(splits[0].pictures, REPORT_CORRUPTION, seed, epoch)
        assert not any(np.array_equal(a[1], b[1]) for a, b in zip(first, other, strict=True))


def test_every_epoch_has_fresh_noise(splits):
    draws = {}
    for epoch in range(1, 6):
        for damaged, clean in epoch_of(splits[0].pictures, REPORT_CORRUPTION, 1, epoch):
            for one, original in zip(damaged, clean, strict=True):
                draws.setdefault(original.tobytes(), set()).add(one.tobytes())
    assert len(draws) == 24 and {len(kinds) for kinds in draws.values()} == {5}


def test_pictures_of_one_batch_have_different_noise(picture):
    same = np.broadcast_to(np.rint(picture * 255).astype(np.uint8), (20, 64, 64, 3))
    batches = epoch_of(same, REPORT_CORRUPTION, 1, 1)
    assert len({one.tobytes() for damaged, _ in batches for one in damaged}) == 20
