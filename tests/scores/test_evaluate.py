"""The scores in metrics.csv are the ones that a calculation by hand gives."""

import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest

from dae_core.checkpoints import CheckpointError, open_checkpoint, read_verified
from dae_core.distortions.apply import corrupt
from dae_core.distortions.strengths import CORRUPTIONS, REPORT_CORRUPTION, Corruption
from dae_core.pictures.dataset import Split, as_float
from dae_core.pictures.samples import SAMPLES, load_sample
from dae_core.scores.evaluate import (
    BATCH,
    evaluate_baselines,
    evaluate_checkpoint,
    own_errors,
    reconstruct_all,
    rescore,
    write_scores,
)
from dae_core.scores.metrics import mse, scores
from dae_core.scores.rows import METRIC_COLUMNS, baseline_rows, parse_rows, write_rows
from dae_core.serving.classical import BASELINES, load_parameters
from dae_core.serving.denoiser import Denoiser, load_denoiser
from tests.sampled import COMMITTED

pytestmark = [
    # The fixture `tiny_checkpoint` trains and exports: see test_export.py.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:In the future `np.object` will be defined:FutureWarning"),
]


@pytest.fixture(scope="module")
def denoiser(tiny_checkpoint):
    return load_denoiser(tiny_checkpoint)


@pytest.fixture(scope="module")
def rows(denoiser, splits):
    return evaluate_checkpoint("tiny", denoiser, splits[2])


def row_of(rows, experiment: str, corruption: str, animals: str, metric: str):
    wanted = (experiment, corruption, animals, metric)
    (row,) = [row for row in rows if tuple(row[column] for column in METRIC_COLUMNS[:4]) == wanted]
    return row


def test_the_corruptions_are_none_the_seven_of_table_2():
    assert {corruption.active for corruption in CORRUPTIONS.values()} == {
        (),
        ("gaussian_noise",),
        ("salt_and_pepper",),
        ("cutout",),
        ("gaussian_noise", "salt_and_pepper"),
        ("gaussian_noise", "cutout"),
        ("salt_and_pepper", "cutout"),
        ("gaussian_noise", "salt_and_pepper", "cutout"),
    }
    assert CORRUPTIONS["clean"] == Corruption()
    assert CORRUPTIONS["gaussian_noise+salt_and_pepper+cutout"] == REPORT_CORRUPTION
    assert all(name in ("clean", "+".join(corruption.active)) for name, corruption in CORRUPTIONS.items())


def test_a_blind_network_is_scored_on_undamaged_pictures_too(denoiser, splits, tiny_experiment, tmp_path):
    blind = replace(tiny_experiment, blind=True)
    files = write_scores(tmp_path, blind, denoiser, *splits[1:])
    with (tmp_path / "errors.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert set(files) == {"metrics.csv", "errors.csv", "strengths.csv"}
    counts = {split: sum(row["split"] == split for row in rows) for split in ("val", "test", "clean")}
    assert counts == {"val": len(splits[1].pictures), "test": len(splits[2].pictures), "clean": counts["test"]}
    clean = as_float(splits[2].pictures)
    found = [float(row["mse"]) for row in rows if row["split"] == "clean"]
    np.testing.assert_allclose(found, mse(denoiser.reconstruct(clean), clean), rtol=0.05)


def test_what_asking_twice_buys_is_measured(tiny_checkpoint, splits, tiny_experiment, tmp_path):
    files = [read_verified(tiny_checkpoint, file) for file in tiny_checkpoint.model_files]
    twice = Denoiser(*files, self_ensemble=True)
    write_scores(tmp_path, replace(tiny_experiment, self_ensemble=True), twice, *splits[1:])
    rows = parse_rows((tmp_path / "errors.csv").read_text(encoding="utf-8"))
    found = {split: [row["mse"] for row in rows if row["split"] == split] for split in ("test", "once")}
    reconstruct = load_denoiser(tiny_checkpoint).reconstruct

    def mean_of_both(pictures):
        mirrored = np.ascontiguousarray(pictures[:, :, ::-1])
        return (reconstruct(pictures) + reconstruct(mirrored)[:, :, ::-1]) / 2

    for split, once_or_twice in {"once": reconstruct, "test": mean_of_both}.items():
        expected = own_errors(tiny_experiment, once_or_twice, splits[2])
        np.testing.assert_allclose(found[split], expected, rtol=1e-4)


def test_there_is_one_row_for_each_question(rows):
    assert len(rows) == 2 * 8 * 4 * 3
    assert {tuple(row) for row in rows} == {METRIC_COLUMNS}
    questions = {tuple(row[column] for column in METRIC_COLUMNS[:4]) for row in rows}
    assert questions == {
        (experiment, corruption, animals, metric)
        for experiment in ("tiny", "damaged input")
        for corruption in CORRUPTIONS
        for animals in ("all", "cat", "dog", "samples")
        for metric in ("mse", "psnr", "ssim")
    }


@pytest.mark.parametrize("corruption", ["cutout", "gaussian_noise+salt_and_pepper"])
@pytest.mark.parametrize(("animals", "chosen"), [("all", range(8)), ("cat", range(4)), ("dog", range(4, 8))])
def test_numbers_are_means_and_deviations_over_pictures(corruption, animals, chosen, rows, denoiser, splits):
    clean = as_float(splits[2].pictures)
    damaged = [corrupt(picture, CORRUPTIONS[corruption], seed) for seed, picture in enumerate(clean)]
    by_hand = {
        "damaged input": [scores(damaged[index], clean[index]) for index in chosen],
        "tiny": [scores(denoiser.reconstruct(damaged[index]), clean[index]) for index in chosen],
    }
    for experiment, results in by_hand.items():
        for metric in ("mse", "psnr", "ssim"):
            values = [result[metric] for result in results]
            row = row_of(rows, experiment, corruption, animals, metric)
            assert row["mean"] == pytest.approx(np.mean(values), rel=1e-4)
            assert row["std"] == pytest.approx(np.std(values), rel=1e-3)
            assert row["n"] == len(chosen)


def test_pictures_that_were_not_damaged_have_perfect_scores(rows):
    for metric, best in (("mse", 0), ("psnr", np.inf), ("ssim", 1)):
        row = row_of(rows, "damaged input", "clean", "all", metric)
        assert (row["mean"], row["std"]) == (pytest.approx(best), pytest.approx(0))


def test_a_single_picture_that_damage_does_not_change_spoils_no_number(denoiser, splits):
    pictures = splits[2].pictures.copy()
    pictures[0] = 0  # Black squares leave no trace on it: its PSNR is infinite, that of the others is not.
    for row in evaluate_checkpoint("tiny", denoiser, Split(pictures, splits[2].classes, "")):
        assert not np.isnan(row["mean"]) and not np.isnan(row["std"])


@pytest.mark.parametrize("count", [1, BATCH, BATCH + 1])
def test_any_number_of_pictures_is_reconstructed_in_order(count, denoiser, splits):
    pictures = as_float(np.resize(splits[0].pictures, (count, 64, 64, 3)))
    rebuilt = reconstruct_all(denoiser, pictures)
    assert rebuilt.shape == (count, 64, 64, 3)
    for index in {0, count // 2, count - 1}:
        np.testing.assert_allclose(rebuilt[index], denoiser.reconstruct(pictures[index]), atol=1e-4)


def test_rows_are_written_with_six_significant_digits(rows, tmp_path):
    write_rows(tmp_path / "metrics.csv", rows)
    with (tmp_path / "metrics.csv").open(newline="") as table:
        written = list(csv.DictReader(table))
    assert tuple(written[0]) == METRIC_COLUMNS and len(written) == len(rows)
    for text, row in zip(written, rows, strict=True):
        assert [text[column] for column in METRIC_COLUMNS[:4]] == [row[column] for column in METRIC_COLUMNS[:4]]
        assert float(text["mean"]) == pytest.approx(row["mean"], rel=1e-5)
        assert float(text["std"]) == pytest.approx(row["std"], rel=1e-5, abs=1e-12)
        assert int(text["n"]) == row["n"] and len(text["mean"].strip("0.").replace(".", "")) <= 10
    assert parse_rows((tmp_path / "metrics.csv").read_text())[0] == written[0] | {
        "mean": float(written[0]["mean"]),
        "std": float(written[0]["std"]),
        "n": int(written[0]["n"]),
    }


# What is committed: the rows about the shipped pictures can be measured anywhere.


@pytest.mark.parametrize("name", COMMITTED)
@pytest.mark.parametrize("corruption", ["clean", "cutout", "gaussian_noise+salt_and_pepper+cutout"])
def test_the_committed_scores_are_those_of_the_committed_networks(name, corruption):
    checkpoint = COMMITTED[name]
    committed = parse_rows(read_verified(checkpoint, "metrics.csv").decode())
    originals = [load_sample(sample) for sample in SAMPLES]
    damaged = [corrupt(picture, CORRUPTIONS[corruption], seed) for seed, picture in enumerate(originals)]
    rebuilt = load_denoiser(checkpoint).reconstruct(np.stack(damaged))
    for metric, tolerance in (("mse", 0.01), ("psnr", 0.01), ("ssim", 0.01)):
        mean = np.mean([scores(*pair)[metric] for pair in zip(rebuilt, originals, strict=True)])
        row = row_of(committed, name, corruption, "samples", metric)
        assert (row["mean"], row["n"]) == (pytest.approx(mean, rel=tolerance), 9)


@pytest.mark.parametrize("method", BASELINES)
def test_the_committed_scores_of_the_classical_denoisers_can_be_measured_again(method, splits, monkeypatch):
    monkeypatch.setattr("dae_core.scores.evaluate.BASELINES", {method: BASELINES[method]})
    for row in evaluate_baselines(load_parameters(), splits[2]):
        if row["animals"] == "samples":
            committed = row_of(baseline_rows(), *(row[column] for column in METRIC_COLUMNS[:4]))
            assert committed["mean"] == pytest.approx(row["mean"], rel=1e-3)


def test_every_way_of_restoring_is_scored_on_the_whole_test_set():
    for name, checkpoint in COMMITTED.items():
        rows = parse_rows(read_verified(checkpoint, "metrics.csv").decode())
        for corruption in CORRUPTIONS:
            counts = [row_of(rows, name, corruption, animals, "mse")["n"] for animals in ("all", "cat", "dog")]
            assert counts == [984, 493, 491]
    for method in BASELINES:
        assert row_of(baseline_rows(), method, "cutout", "all", "ssim")["n"] == 984


def test_missing_or_broken_scores_of_the_classical_denoisers_get_a_sentence(tmp_path):
    with pytest.raises(CheckpointError, match=r"scores of the classical denoisers, gone.csv, are missing or broken"):
        baseline_rows(tmp_path / "gone.csv")
    (tmp_path / "half.csv").write_text("experiment,corruption,animals,metric,mean,std,n\nmedian,clean,all,mse,0.1")
    with pytest.raises(CheckpointError, match="--evaluate"):
        baseline_rows(tmp_path / "half.csv")


def test_measuring_again_changes_nothing_but_what_is_measured(tiny_checkpoint, splits, tmp_path):
    folder = tmp_path / "tiny"
    shutil.copytree(tiny_checkpoint.folder, folder)
    checkpoint = open_checkpoint(folder)
    (folder / "metrics.csv").write_bytes(b"x" * (folder / "metrics.csv").stat().st_size)
    again = rescore(checkpoint, splits[1], splits[2])
    assert again.manifest == tiny_checkpoint.manifest
    assert {file.name for file in folder.iterdir()} == {file.name for file in tiny_checkpoint.folder.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
