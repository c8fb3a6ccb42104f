"""Lines of trainings: what `repeats.csv` says is what was trained, and a broken one gets its sentence."""

import csv
from dataclasses import replace
from functools import partial

import pytest

import train_models
import ui.shelf.networks
import ui.shelf.scores
from dae_core.checkpoints import CheckpointError, list_checkpoints
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS, PRECISIONS
from dae_core.scores.repeats import VARIED, Repeat, find, line_of, read_repeats, recomputed, reseeded, seeds_of
from dae_core.training.lines import add_line
from dae_core.training.locks import state_folder
from dae_core.training.publish import repeat
from tests.apptest.opened import open_page

LINE = Repeat("decoder-2", 1, 3, 20, 17, 0.1, 0.2, 0.3, "keras 3", "float32", 32)
# Keras switches this one off when it is imported, which here happens inside a test.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def repeated(tiny_experiment, splits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("repeats")
    return folder, repeat(replace(tiny_experiment, seed=8), splits, folder)


def test_another_seed_gives_another_score_and_leaves_a_line_and_nothing_else(
    repeated, tiny_checkpoint, tiny_experiment
):
    folder, result = repeated
    manifest = tiny_checkpoint.manifest
    assert (result.experiment, result.seed, result.epochs_run) == ("tiny", 8, manifest["epochs_run"])
    for own, other in ((result.val_loss, manifest["val_loss"]), (result.test_mse, manifest["test_mse"]["keras"])):
        assert own == pytest.approx(other, rel=0.5) and own != pytest.approx(other, rel=1e-4)
    assert read_repeats(folder / "repeats.csv") == [result]
    assert [path.name for path in folder.iterdir() if not path.name.startswith(".")] == ["repeats.csv"]
    assert not state_folder(folder, replace(tiny_experiment, seed=8)).exists()


@pytest.mark.slow
def test_what_was_repeated_is_not_trained_again(repeated, tiny_experiment, tiny_checkpoint, splits):
    folder, result = repeated
    assert repeat(replace(tiny_experiment, seed=8), splits, folder) == result
    add_line(folder, replace(result, seed=7, precision="mixed_bfloat16"))
    found = read_repeats(folder / "repeats.csv")
    assert [(one.seed, one.precision) for one in found] == [(8, "float32"), (7, "mixed_bfloat16")]
    here = {tiny_experiment.name: tiny_checkpoint}
    assert (reseeded(found, here), recomputed(found, here)) == (found[:1], found[1:])
    assert reseeded(found, {}) == recomputed(found, {}) == []


def test_the_seeds_of_a_checkpoint_are_all_trainings_that_differ_in_nothing_else(tiny_checkpoint):
    own = line_of(tiny_checkpoint)
    assert (own.seed, own.test_mse) == (7, tiny_checkpoint.manifest["test_mse"]["keras"])
    before, after = replace(own, seed=3), replace(own, seed=9)
    others = [replace(own, seed=4, **{name: value}) for name, value in (("batch_size", 64), ("patience", 9))]
    others += [replace(own, seed=4, precision="mixed_bfloat16"), replace(own, experiment="other")]
    cut_short, too_long = (replace(own, seed=4, epochs_run=epochs, best_epoch=1) for epochs in (2, 5))
    lines = [after, *others, cut_short, too_long, before]
    assert seeds_of(lines, tiny_checkpoint) == [before, own, after] == seeds_of([*lines, own], tiny_checkpoint)
    assert seeds_of([], tiny_checkpoint) == [own]
    assert find(lines, tiny_checkpoint.experiment) is None and find([*lines, own], tiny_checkpoint.experiment) is own
    assert not reseeded(others, {"tiny": tiny_checkpoint})  # One of another batch size is no other seed of the same.


def test_a_line_takes_the_place_of_an_older_one_of_the_same_training(tmp_path):
    new, other = replace(LINE, val_loss=0.1, epochs_run=9), replace(LINE, batch_size=64)
    for line in (LINE, other, new, new):
        add_line(tmp_path, line)
    assert read_repeats(tmp_path / "repeats.csv") == [other, new]


@pytest.mark.parametrize("content", ["", "experiment\n", "a,b\n1,2\n", "experiment,seed\ntiny,eight\n", "\0"])
def test_a_broken_file_gets_a_sentence(content, tmp_path):
    file = tmp_path / "repeats.csv"
    file.write_text(content)
    with pytest.raises(CheckpointError, match=r"repeats.csv, are broken: restore them with `git checkout"):
        read_repeats(file)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", "-1"), ("epochs_run", "2.5"), ("loss", "nan"), ("test_mse", "inf"), ("val_loss", "-1")]
)
def test_a_line_with_a_number_that_cannot_be_is_not_passed_over(name, value, tmp_path):
    add_line(tmp_path, LINE)
    file = tmp_path / "repeats.csv"
    assert read_repeats(file) == [LINE]
    with file.open(newline="") as table:
        (row,) = csv.DictReader(table)
    with file.open("w", newline="") as table:
        writer = csv.DictWriter(table, row)
        writer.writeheader()
        writer.writerow(row | {name: value})
    with pytest.raises(CheckpointError, match=r"repeats.csv, are broken"):
        read_repeats(file)


@pytest.mark.parametrize("name", ["loss", "val_loss", "test_mse"])
def test_a_training_that_went_astray_gets_a_sentence_and_spoils_no_other_line(name, tmp_path):
    add_line(tmp_path, LINE)
    with pytest.raises(UserError, match="The losses of decoder-2, seed 2, are no numbers: train it again"):
        add_line(tmp_path, replace(LINE, seed=2, **{name: float("nan")}))
    assert read_repeats(tmp_path / "repeats.csv") == [LINE]


@pytest.mark.parametrize("end", ["", ",int8,32", ",float32", ",float32,many", ",float32,32,more"])
def test_a_line_with_a_column_too_few_or_a_precision_that_is_none_is_not_passed_over(end, tmp_path):
    file = tmp_path / "repeats.csv"
    names = "experiment,seed,patience,epochs_run,best_epoch,loss,val_loss,test_mse,trained_with,precision,batch_size"
    file.write_text(f"{names}\ndecoder-2,77,3,20,17,0.006,0.0123,0.0124,keras 3{end}\n")
    with pytest.raises(CheckpointError, match=r"repeats.csv, are broken"):
        read_repeats(file)


def test_no_file_is_no_repeats(tmp_path):
    assert read_repeats(tmp_path / "repeats.csv") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--repeat"], "--repeat needs names, and a patience or precision"),
        (["decoder-2", "--repeat"], "--repeat needs names, and a patience or precision"),
        (["decoder-2", "--repeat", "--seeds", "1"], "Other seeds need no --repeat: `train_models.py decoder-2 --seeds"),
        (["decoder-2", "--repeat", "--precision", "mixed_bfloat16"], "That is decoder-2 itself: take another"),
        (
            ["decoder-2", "--repeat", "--patience", "5", "--epochs", "2"],
            "changes nothing but patience, precision and seeds",
        ),
        (["decoder-2", "--patience", "5"], "--patience goes with --repeat"),
    ],
)
def test_a_repeat_without_what_it_needs_ends_with_a_sentence(arguments, sentence, capsys):
    assert train_models.main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_the_pages_show_further_seeds_and_what_patience_buys(tmp_path, monkeypatch):
    usable, _ = list_checkpoints()
    decoder_2, decoder_3, cutout = (line_of(usable[name]) for name in ("decoder-2", "decoder-3", "distortion-cutout"))
    (rough,) = set(PRECISIONS) - {cutout.precision}
    for line in (
        replace(decoder_2, seed=77, val_loss=0.01221, test_mse=0.0124),
        replace(decoder_3, seed=77, val_loss=0.0122, test_mse=0.0122),
        replace(cutout, patience=10, epochs_run=40, test_mse=0.00612),
        replace(cutout, precision=rough, test_mse=0.00711),
        replace(cutout, patience=10, precision=rough, test_mse=0.00722),
        replace(cutout, seed=77, batch_size=128, test_mse=0.00733),
    ):
        add_line(tmp_path, line)
    monkeypatch.setattr(ui.shelf.scores, "read_repeats", partial(read_repeats, tmp_path / "repeats.csv"))
    ui.shelf.scores.repeats.clear()
    app = open_page("pages/7_Report.py")
    words = " ".join(element.value for element in app.markdown)
    assert "Ours with another seed, 77: Decoder 3 ≈ Decoder 2." in words
    assert "**Table 2**, lowest error first." in words and words.count("Ours with another seed") == 1
    assert "Cutout: with a patience of 10 instead of 3, and nothing else changed, training runs for 40 epochs" in words
    assert "The error is then 0.00612 instead of" in words
    assert "0.00722" not in words  # Which differs in precision, too.
    assert "0.00733" not in words
    (tmp_path / "repeats.csv").write_text("broken")
    ui.shelf.scores.repeats.clear()
    for page in ("pages/1_Decoders.py", "pages/3_Distortions.py", "pages/7_Report.py", "pages/8_Beyond.py"):
        app.switch_page(page).run()
        assert app.error and all("repeats.csv, are broken: restore them" in error.value for error in app.error)
        assert not app.exception
    ui.shelf.scores.repeats.clear()


def test_every_committed_line_is_of_an_experiment_here_and_found_as_itself():
    repeats = read_repeats()
    for one in repeats:
        experiment = next(e for e in EXPERIMENTS if e.name == one.experiment)
        assert 0 < one.best_epoch <= one.epochs_run <= experiment.epochs
        assert find(repeats, replace(experiment, **{name: getattr(one, name) for name in VARIED})) is one


def test_every_shipped_seed_that_was_chosen_has_the_lowest_validation_error_of_those_its_manifest_names():
    usable, _ = list_checkpoints()
    for checkpoint in usable.values():
        if seeds := checkpoint.manifest.get("seeds"):
            found = {one.seed: one.val_loss for one in seeds_of(read_repeats(), checkpoint)}
            assert seeds == sorted(found) and checkpoint.manifest["val_loss"] == min(found.values())
