"""From trainings to checkpoints: the best seed is shipped, the others leave a line, and nothing is lost."""

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest

from dae_core.checkpoints import list_checkpoints, open_checkpoint
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS
from dae_core.scores.repeats import find, line_of, read_repeats
from dae_core.training.handover import keep_best_weights, leave, publish_finished
from dae_core.training.history import HISTORY_COLUMNS, write_history
from dae_core.training.lines import add_line
from dae_core.training.locks import state_folder, tag
from dae_core.training.publish import closeness, is_better, publish, start_over, trained
from tests.later import Later

report, training = Later("dae_core.networks.report"), Later("dae_core.training.run")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
STANDARD = next(one for one in EXPERIMENTS if one.name == "bottleneck-0032")


@pytest.fixture(scope="module")
def chosen(tiny_experiment, splits, tmp_path_factory):
    """A folder after three seeds: which, and what was the checkpoint after each."""
    folder = tmp_path_factory.mktemp("chosen")
    short = replace(tiny_experiment, epochs=1)
    after = [publish(replace(short, seed=seed), splits, folder) for seed in (9, 7, 8)]
    return folder, short, after


def test_the_seed_with_the_lowest_validation_error_is_shipped_and_the_manifest_says_out_of_which(chosen):
    folder, _, after = chosen
    losses = {one.seed: one.val_loss for one in read_repeats(folder / "repeats.csv")}
    assert list(losses) == [9, 7, 8]
    for checkpoint, seeds in zip(after, ([9], [7, 9], [7, 8, 9]), strict=True):
        assert checkpoint.manifest["seeds"] == seeds
        assert checkpoint.experiment.seed == min(seeds, key=losses.__getitem__)
        assert checkpoint.manifest["val_loss"] == losses[checkpoint.experiment.seed]
    assert open_checkpoint(folder / "tiny") == after[-1]
    assert list((folder / ".unfinished").iterdir()) == []


def test_what_was_trained_is_not_trained_again_unless_its_weights_are_lost(chosen, splits, tmp_path, monkeypatch):
    folder, short, after = chosen
    folder = shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.setattr(training.CorruptedPictures, "__getitem__", None)  # From now on, nothing is trained.
    for seed in (7, 8, 9):
        assert publish(replace(short, seed=seed), splits, folder).manifest == after[-1].manifest
    best = after[-1].experiment
    worst = max(read_repeats(folder / "repeats.csv"), key=lambda line: line.val_loss)
    add_line(folder, replace(worst, val_loss=after[-1].manifest["val_loss"] / 2))  # It should have been shipped.
    assert trained(folder, best) and not trained(folder, replace(short, seed=worst.seed))
    assert not trained(folder, replace(short, seed=10)) and not trained(folder, replace(best, epochs=2))
    shutil.rmtree(folder / "tiny")
    assert not any(trained(folder, replace(short, seed=seed)) for seed in (7, 8, 9))


@pytest.mark.slow
def test_force_replaces_the_checkpoint_that_was_there_and_no_better_one_of_its_own(chosen, splits, tmp_path):
    folder, short, after = chosen
    folder = shutil.copytree(folder, tmp_path / "copy")
    lines = sorted(read_repeats(folder / "repeats.csv"), key=lambda line: -line.val_loss)
    others = [replace(short, seed=line.seed) for line in lines[:2]]
    for other in others:
        start_over(folder, other)
    assert publish(others[1], splits, folder).experiment == others[1]
    checkpoint = publish(others[0], splits, folder)
    assert checkpoint.experiment == others[1] and checkpoint.experiment != after[-1].experiment
    assert checkpoint.manifest["seeds"] == sorted(other.seed for other in others)  # A better one is not passed off.


@pytest.mark.slow
def test_a_checkpoint_from_before_the_lines_gets_its_own_when_another_seed_is_trained(
    tiny_checkpoint, tiny_experiment, splits, tmp_path
):
    shutil.copytree(tiny_checkpoint.folder, tmp_path / "tiny")
    other = replace(tiny_experiment, seed=8)
    checkpoint = publish(other, splits, tmp_path)
    lines = read_repeats(tmp_path / "repeats.csv")
    assert lines[0] == line_of(tiny_checkpoint) and find(lines, other) and len(lines) == 2
    assert checkpoint.manifest["seeds"] == [7, 8]


def test_other_pictures_cannot_be_compared_with_a_checkpoint(chosen, splits, tmp_path):
    folder, short, _ = chosen
    folder = shutil.copytree(folder, tmp_path / "copy")
    with pytest.raises(UserError, match="The checkpoint tiny was measured on other pictures than those of --data, so"):
        publish(replace(short, seed=10), (splits[0], splits[2], splits[1]), folder)
    assert len(read_repeats(folder / "repeats.csv")) == 3


def test_what_is_closer_to_the_experiment_as_defined_is_better_and_of_equals_the_lower_error(tiny_checkpoint):
    (other,) = {"float32", "mixed_bfloat16"} - {STANDARD.precision}
    own, rough, old = replace(STANDARD, seed=1), replace(STANDARD, precision=other), replace(STANDARD, batch_size=64)
    unknown = replace(STANDARD, name="unknown")
    assert [closeness(one) for one in (own, rough, old, unknown)] == [2, 1, 0, 0]

    def checkpoint(experiment):
        return replace(tiny_checkpoint, experiment=experiment, manifest={"val_loss": 0.01})

    assert is_better(unknown, 9.9, None)
    assert is_better(own, 0.009, checkpoint(STANDARD)) and not is_better(own, 0.01, checkpoint(STANDARD))
    assert is_better(own, 9.9, checkpoint(old)) and is_better(own, 9.9, checkpoint(rough))
    assert is_better(rough, 9.9, checkpoint(old)) and not is_better(rough, 0.001, checkpoint(own))
    assert not is_better(old, 0.001, checkpoint(own)) and not is_better(old, 0.001, checkpoint(replace(old, epochs=9)))


# Finished trainings from elsewhere.


@pytest.fixture(scope="module")
def left(splits, tmp_path_factory):
    """Finished trainings, made up but for their networks: three seeds, another precision, and what is no good."""
    root = tmp_path_factory.mktemp("left")
    (other,) = {"float32", "mixed_bfloat16"} - {STANDARD.precision}
    weights = report.build(STANDARD.model).get_weights()

    def make(experiment, best: float, folder=None, rows=4, data=splits, **files):
        folder = root / (folder or tag(experiment))
        folder.mkdir()
        digests = {"train": data[0].digest, "val": data[1].digest}
        run = {"experiment": asdict(experiment), "data": digests, "trained_with": {"keras": "3", "jax": "0"}}
        (folder / "run.json").write_text(json.dumps(run))
        losses = [best, *(best + 0.1 for _ in range(rows - 1))]
        history = [
            dict(zip(HISTORY_COLUMNS, (epoch, 0.001, 0.2, loss, 1.0), strict=True))
            for epoch, loss in enumerate(losses, 1)
        ]
        write_history(folder / "history.csv", history)
        np.savez(folder / "best.npz", *files.get("weights", weights))
        np.save(folder / "replay.npy", np.zeros((rows, 9, 64, 64, 3), np.uint8))

    for seed, best in ((2023, 0.03), (2024, 0.01), (2025, 0.02)):
        make(replace(STANDARD, seed=seed), best)
    make(replace(STANDARD, precision=other), 0.001)
    make(STANDARD, 0.001, "of other pictures", data=splits[::-1])
    make(replace(STANDARD, patience=9), 0.001, "of another protocol", rows=20)
    make(STANDARD, 0.001, "not finished", rows=3)
    make(replace(STANDARD, seed=4), 0.001, "without its weights", weights=weights[:3])
    (root / "broken").mkdir()
    (root / "broken" / "run.json").write_text("{}")
    return root


NOT_PUBLISHED = {
    "of other pictures": "was trained on other pictures: give their folder with --data.",
    "of another protocol": "is not of bottleneck-0032 as it is defined today, whatever the seed and the precision",
    "not finished": "is not finished: go on with the command that began it.",
    "without its weights": ": it is not whole: copy it once more, or train it again.",
    "broken": "is not whole: copy it once more, or train it again.",
}


@pytest.mark.slow
def test_of_finished_trainings_the_best_seed_is_published_and_every_other_leaves_a_line(left, splits, tmp_path, capsys):
    failures = publish_finished(left, splits, tmp_path)
    for folder, sentence in NOT_PUBLISHED.items():
        assert sum(f"{folder}{' ' * (sentence[0] != ':')}{sentence}" in failure for failure in failures) == 1
    assert len(failures) == len(NOT_PUBLISHED)
    shown = capsys.readouterr().out.splitlines()
    assert (
        shown[0].startswith("bottleneck-0032, seed 2024, validation MSE 0.01000: ") and " MB, test MSE 0." in shown[0]
    )
    assert all("a line in repeats.csv; the checkpoint stays that of seed 2024 in" in line for line in shown[1:])
    assert [line.rpartition(", which ")[2] for line in shown[1:]] == ["does better"] * 2 + [
        "differs in more than the seed"
    ]
    usable, broken = list_checkpoints(tmp_path)
    assert list(usable) == ["bottleneck-0032"] and broken == []
    manifest = usable["bottleneck-0032"].manifest
    assert (manifest["seeds"], manifest["val_loss"]) == ([2023, 2024, 2025], 0.01)
    lines = read_repeats(tmp_path / "repeats.csv")
    assert [line.seed for line in lines] == [2024, 2025, 2023, 2023]
    assert lines[0].test_mse == pytest.approx(manifest["test_mse"]["keras"], rel=1e-5)

    before = [path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    assert len(publish_finished(left, splits, tmp_path)) == len(NOT_PUBLISHED)
    assert [path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()] == before
    add_line(tmp_path, replace(lines[2], val_loss=0.5))
    assert any(
        "repeats.csv has a line of another training of bottleneck-0032, seed 2023: to publish this one" in failure
        for failure in publish_finished(left, splits, tmp_path)
    )


def test_the_weights_of_all_but_the_best_seed_may_stay_where_they_are(left, splits, tmp_path):
    seeds = {2023: 0.31, 2024: 0.32, 2025: None}
    for seed, test_mse in seeds.items():
        folder = shutil.copytree(left / tag(replace(STANDARD, seed=seed)), tmp_path / tag(replace(STANDARD, seed=seed)))
        run = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps(run | ({"test_mse": test_mse} if test_mse else {})))
    keep_best_weights(STANDARD, tmp_path)
    kept = {path.parent.name for path in tmp_path.glob("*/best.npz")}
    assert kept == {tag(replace(STANDARD, seed=seed)) for seed in (2024, 2025)}  # Of 2025, nothing is known otherwise.
    away = tmp_path / ".away"
    (tmp_path / tag(replace(STANDARD, seed=2024))).rename(away)
    checkpoints = tmp_path / "checkpoints"
    shutil.rmtree(tmp_path / tag(replace(STANDARD, seed=2025)))
    (failure,) = publish_finished(tmp_path, splits, checkpoints)
    assert failure.endswith(": its weights were left behind for those of a better seed: publish that one first.")
    away.rename(tmp_path / tag(replace(STANDARD, seed=2024)))
    assert publish_finished(tmp_path, splits, checkpoints) == []
    first, second = read_repeats(checkpoints / "repeats.csv")
    assert (first.seed, second.seed, second.test_mse) == (2024, 2023, 0.31) and first.test_mse != 0.32
    assert list_checkpoints(checkpoints)[0]["bottleneck-0032"].manifest["seeds"] == [2023, 2024]


def test_a_folder_without_finished_trainings_gets_a_sentence(splits, tmp_path):
    with pytest.raises(UserError, match=r"There is no finished training in .*: each is a folder with a run\.json"):
        publish_finished(tmp_path, splits, tmp_path)


def test_a_finished_training_is_left_whole_and_in_half_the_bits_if_asked(
    tiny_experiment, tiny_run, tiny_state, tmp_path
):
    shutil.copytree(tiny_state, state_folder(tmp_path, tiny_experiment))
    for half, dtype in ((False, np.float32), (True, np.float16)):
        root = tmp_path / str(half)
        folder = leave(tiny_experiment, state_folder(tmp_path, tiny_experiment), root, half)
        assert folder == root / "tiny@7-float32"
        assert {path.name for path in folder.iterdir()} == {"run.json", "best.npz", "history.csv", "replay.npy"}
        run = json.loads((folder / "run.json").read_text())
        assert run.get("weights") == ("float16" if half else None)
        with np.load(folder / "best.npz") as best:
            assert {weights.dtype for weights in best.values()} == {np.dtype(dtype)}
        again = training.read_run(tiny_experiment, run, folder)
        np.testing.assert_array_equal(again.replay, tiny_run.replay)
        for weights, exact in zip(again.model.get_weights(), tiny_run.model.get_weights(), strict=True):
            np.testing.assert_allclose(weights, exact, rtol=1e-3 * half, atol=1e-4 * half)
