"""Error against strength, and times: measured once, and read from files."""

from dataclasses import replace

import numpy as np
import pytest

from dae_core.checkpoints import CheckpointError
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import ALL_DAMAGE, KINDS, REPORT_CORRUPTION, Corruption
from dae_core.pictures.dataset import samples_as_split
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.curves import CURVE_COLUMNS, curve, measure_curves, read_baseline_curves, read_curves, strengths
from dae_core.scores.evaluate import baseline_curves
from dae_core.scores.metrics import mse
from dae_core.scores.rows import DAMAGED_INPUT, read_rows, write_rows
from dae_core.scores.times import of_denoiser, read_times, write_times
from dae_core.serving.classical import BASELINES, load_parameters, restore
from dae_core.serving.denoiser import load_denoiser
from dae_core.telling.steps import LADDER
from tests.sampled import COMMITTED

FIRST = load_sample(next(iter(SAMPLES)))  # Of the nine shipped pictures, every 20th is the first one.


@pytest.mark.parametrize(("others", "company"), [("none", Corruption()), ("report", REPORT_CORRUPTION)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_point_is_the_error_at_that_strength_in_that_company(kind, others, company):
    rows = measure_curves("grey", lambda damaged, *_: damaged / 2, samples_as_split())
    assert {tuple(row) for row in rows} == {CURVE_COLUMNS}
    measured = curve(rows, "grey", kind, others)
    assert tuple(measured) == strengths(kind, others) and (0 in measured) == bool(company.active)
    strength = list(measured)[3]
    damaged = corrupt(FIRST, replace(company, **{kind: strength}), 0)
    assert measured[strength] == pytest.approx(float(mse(damaged / 2, FIRST)))


def test_classical_denoisers_are_measured_with_their_parameters_for_that_damage():
    parameters = load_parameters()
    rows = baseline_curves(parameters, samples_as_split())
    assert {row["experiment"] for row in rows} == {DAMAGED_INPUT, *BASELINES}
    changed = replace(REPORT_CORRUPTION, gaussian_noise=0.2)
    damaged = corrupt(FIRST, changed, 0)
    for name in ("median", "inpainting"):
        expected = mse(restore(name, damaged, parameters[name][ALL_DAMAGE], changed, 0), FIRST)
        assert curve(rows, name, "gaussian_noise", "report")[0.2] == pytest.approx(float(expected))


def test_what_was_written_is_read(tmp_path):
    rows = measure_curves("grey", lambda damaged, *_: damaged / 2, samples_as_split())
    write_rows(tmp_path / "strengths.csv", rows)
    read = read_baseline_curves(tmp_path / "strengths.csv")
    for kind in KINDS:
        expected = curve(rows, "grey", kind, "report")
        assert curve(read, "grey", kind, "report") == pytest.approx(expected, rel=1e-5)
    assert curve(read, "another", kind, "report") == {}


def test_every_checkpoint_has_its_curves_and_at_the_report_s_strength_they_meet_its_score():
    rows = read_rows(COMMITTED)
    for name, checkpoint in COMMITTED.items():
        measured = curve(read_curves(checkpoint), name, "gaussian_noise", "report")
        # The curve is of every 20th picture, the score of all.
        assert measured[0.1] == pytest.approx(rows.mean(name, ALL_DAMAGE), rel=0.15), name


def test_every_step_and_every_classical_denoiser_has_a_time():
    assert read_times().keys() >= {*(LADDER.keys() & COMMITTED.keys()), *BASELINES}


def test_times_are_measured_and_read(tmp_path):
    one = {"convolutional-all": COMMITTED["convolutional-all"]}
    write_times(tmp_path, one, load_parameters())
    times = read_times(tmp_path / "times.csv")
    assert times.keys() == {*one, *BASELINES} and all(0 < time < 10_000 for time in times.values())
    assert 0 < of_denoiser(load_denoiser(one["convolutional-all"])) < 10_000


@pytest.mark.parametrize("read", [read_times, read_baseline_curves])
def test_a_missing_or_broken_file_gets_a_sentence(read, tmp_path):
    file = tmp_path / "measured.csv"
    with pytest.raises(CheckpointError, match=r"measured.csv, are missing or broken: restore the file, or run `python"):
        read(file)
    file.write_bytes(b"\xff\xfe\n1")
    with pytest.raises(CheckpointError, match="restore the file"):
        read(file)
    file.write_text("method,milliseconds,mse\na,b,c\n")
    with pytest.raises(CheckpointError, match="restore the file"):
        read(file)


def test_the_curves_are_of_the_test_pictures_own_draws():
    seen = []
    split = samples_as_split()
    many = replace(split, pictures=np.repeat(split.pictures, 5, axis=0), classes=np.repeat(split.classes, 5))

    def watch(damaged, corruption, seeds):
        seen.append(tuple(seeds))
        return damaged

    measure_curves("watched", watch, many)
    assert set(seen) == {(0, 20, 40)}
