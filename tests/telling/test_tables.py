"""The report's numbers beside ours: theirs as printed, ours as in the checkpoints."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from dae_core.distortions.strengths import CORRUPTIONS
from dae_core.scores.repeats import line_of, read_repeats
from dae_core.scores.rows import Rows, parse_rows, read_rows
from dae_core.telling.cards import card, score_table
from dae_core.telling.report_numbers import EXHIBITS, TABLE_1, TABLE_2
from dae_core.telling.tables import (
    markdown,
    of_all_seeds,
    own_corruption,
    ranking,
    table_1,
    table_2,
    to_csv,
)
from docs.update_readme import with_tables
from tests.sampled import COMMITTED
from ui.parts.handout import PAGES

ROOT = Path(__file__).parents[2]
ROWS = Rows(read_rows(COMMITTED))
REPEATS = read_repeats()


def test_the_published_numbers_are_the_reports():
    assert [(line.parameters, line.epoch, line.loss, line.val_loss) for line in TABLE_1.values()] == [
        (50_704_803, 24, 0.0057, 0.0057),
        (50_704_803, 17, 0.0076, 0.0072),
        (50_680_971, 17, 0.0078, 0.0072),
    ]
    assert {own_corruption(name): error for name, error in TABLE_2.items()} == {
        "cutout": 0.00765,
        "gaussian_noise": 0.00673,
        "salt_and_pepper": 0.00676,
        "gaussian_noise+cutout": 0.00738,
        "salt_and_pepper+cutout": 0.00729,
        "gaussian_noise+salt_and_pepper": 0.00626,
        "gaussian_noise+salt_and_pepper+cutout": 0.00668,
    }


def test_every_table_and_figure_has_its_counterpart_on_a_page_that_is_there():
    names = [f"Figure {number}" for number in range(1, 10)] + ["Table 1", "Table 2"]
    assert sorted(exhibit.name for exhibit in EXHIBITS) == sorted(names)
    assert {exhibit.name for exhibit in EXHIBITS} >= PAGES.keys()
    assert all((ROOT / page).is_file() for page in PAGES.values())


def test_table_1_has_ours_below_theirs_where_a_network_is_trained():
    for name in TABLE_1:
        lines = {
            line["Source"]: line for line in table_1(COMMITTED, REPEATS) if line["Network"] == f"Decoder {name[-1]}"
        }
        assert lines["report"]["Validation MSE"] == f"{TABLE_1[name].val_loss:.4f}"
        if name in COMMITTED:
            assert lines["ours"]["Validation MSE"] == f"{COMMITTED[name].manifest['val_loss']:.4f}"
            assert lines["ours"]["Parameters"] == lines["report"]["Parameters"]


def test_table_2_has_the_test_error_on_what_a_network_was_trained_on():
    line = table_2(COMMITTED, ROWS, REPEATS)[-1]
    ours = COMMITTED["distortion-all"].manifest["test_mse"]["onnx"]
    assert (line["Report"], line["Ours"]) == ("0.00668", f"{ours:.5f}")
    assert float(line["Our cats"]) < float(line["Ours"]) < float(line["Our dogs"])


def test_all_seeds_are_the_mean_and_the_range_of_a_protocol_s_trainings_and_of_no_others():
    checkpoint = COMMITTED["decoder-1"]
    own = line_of(checkpoint)
    assert of_all_seeds(COMMITTED, [], "decoder-1", "val_loss", 4) == "one seed"
    worse = replace(own, seed=own.seed + 1, val_loss=own.val_loss + 0.002)
    others = [replace(worse, seed=0, patience=9), replace(worse, seed=1, batch_size=7), replace(worse, experiment="x")]
    low, middle, high = (f"{own.val_loss + more:.4f}" for more in (0, 0.001, 0.002))
    words = of_all_seeds(COMMITTED, [worse, *others], "decoder-1", "val_loss", 4)
    assert words == f"{middle} ({low} to {high}, 2 seeds)"
    assert of_all_seeds({}, [worse], "decoder-1", "val_loss", 4) == ""


def test_what_is_not_trained_is_said_to_be_so():
    assert {line["Ours"] for line in table_2({}, Rows(), [])} == {"not trained"}
    assert {line["Source"] for line in table_1({}, [])} == {"report"}


def test_a_ranking_puts_the_lowest_first_and_marks_what_is_close():
    assert ranking({"a": 0.5, "b": 0.4, "c": 0.41}) == "b ≈ c < a"
    assert ranking({name: line.val_loss for name, line in TABLE_1.items()}) == "decoder-1 < decoder-2 ≈ decoder-3"


def test_a_table_as_markdown_and_as_csv():
    table = [{"a": "x", "b": "1"}, {"a": "y", "b": "2"}]
    assert markdown(table) == "| a | b |\n| --- | ---: |\n| x | 1 |\n| y | 2 |"
    assert list(csv.DictReader(io.StringIO(to_csv(table)))) == table
    assert parse_rows(to_csv(ROWS[:5])) == list(ROWS[:5])


@pytest.mark.parametrize("name", COMMITTED)
def test_a_model_card_says_what_the_checkpoint_is_and_how_good(name):
    checkpoint = COMMITTED[name]
    text = card(checkpoint) + markdown(score_table(checkpoint, ROWS))
    for fact in (
        f"{checkpoint.manifest['parameters']['trainable']:,} trainable parameters",
        f"epoch {checkpoint.manifest['best_epoch']}",
        "CC BY-NC 4.0",
        "**Intended use.**",
        "**Limits.**",
        f"{ROWS.mean(name, 'clean'):.5f}",
    ):
        assert fact in text


def test_every_checkpoint_is_scored_on_every_corruption():
    for name in COMMITTED:
        assert all(ROWS.mean(name, corruption) is not None for corruption in CORRUPTIONS)


def test_the_readme_has_the_current_tables():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == with_tables(readme), "run `python docs/update_readme.py`"
    assert "| Gaussian noise + Salt and pepper + Cutout | 0.00668 |" in readme


def test_other_classes_have_columns_and_lines_of_their_own():
    row = {"experiment": "distortion-cutout", "corruption": "cutout", "metric": "mse", "std": 0.0, "n": 4}
    rows = Rows([row | {"animals": name, "mean": mean} for name, mean in {"all": 0.2, "anna": 0.1, "ben": 0.3}.items()])
    line = table_2(COMMITTED, rows, [])[0]
    assert (line["Ours"], line["Our anna"], line["Our ben"]) == ("0.20000", "0.10000", "0.30000")
    assert not {"Our cats", "Our dogs"} & line.keys()
    lines = [line["Test pictures"] for line in score_table(COMMITTED["distortion-cutout"], rows)]
    assert lines[:3] == ["Cutout, all", "Cutout, anna", "Cutout, ben"]
