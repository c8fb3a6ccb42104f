"""The texts of the pages: all are read, none is missing, none is idle; their conditions choose as the numbers say."""

import ast
import re
from dataclasses import replace

import pytest

from dae_core.experiments import EXPERIMENTS
from dae_core.scores.rows import Rows
from dae_core.telling import texts
from dae_core.telling.lessons import LESSONS_FOLDER
from dae_core.telling.placeholders import NOTHING, PLACEHOLDER, fill
from dae_core.telling.report_numbers import EXHIBITS, TABLE_2
from dae_core.telling.sources import TextError
from dae_core.telling.steps import LADDER
from dae_core.telling.tables import own_corruption
from dae_core.telling.texts import parse_texts, read_texts, tell, text_names
from tests.telling.test_lessons import EVERYTHING
from tests.visitor import ROOT

NAMES = text_names()
ENTRIES = [(name, key) for name in NAMES for key in read_texts(name).entries]


FOLDERS = ("pages", "ui", "dae_core", "deploy")
CODE = [ROOT / "app.py", *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]


def said_by_the_code() -> list[tuple[str, str, set[str]]]:
    """Every `say` and `tell` of the code: file and key of the text, and the values that are handed over."""
    calls = [("exhibits", exhibit.key, set()) for exhibit in EXHIBITS] + [("steps", name, set()) for name in LADDER]
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "tell"):
                name, key = (getattr(argument, "value", None) for argument in node.args[:2])
                values = {keyword.arg for keyword in node.keywords}
                if isinstance(name, str) and isinstance(key, str) and None not in values:
                    calls.append((name, key, values))
                else:  # `say` hands on what it gets; Report and Beyond go through exhibits and steps.
                    assert file.name in ("texts.py", "7_Report.py", "beyond_ladder.py"), (
                        f"{file}, line {node.lineno}: write out the text"
                    )
    return calls


# The texts that are here.


@pytest.mark.parametrize(("name", "key"), ENTRIES)
def test_every_part_of_every_text_holds_whatever_is_measured(name, key):
    known = read_texts(name)
    values = {value: "words" if form == "{}" else 2 for value, form in known.forms.items()}
    for part in known.entries[key]:
        words = fill(part.text, EVERYTHING, values, known.forms)
        assert words and "{" not in words
        assert all(one.holds(EVERYTHING, values) in (True, False) for one in part.when)


def test_every_text_is_shown_and_every_call_is_answered_with_what_it_hands_over():
    calls = said_by_the_code()
    assert {(name, key) for name, key, _ in calls} == set(ENTRIES)
    for name, key, values in calls:
        assert values == read_texts(name).values_of(key), f"texts/{name}.toml, {key}"


# A picture is distorted and reconstructed, by a network; the report's networks 1 to 3 are those with decoder 1 to 3.
OTHER_WORDS = r"damage|rebuil|\bmodels?\b|[Nn]etworks? [123](?! is our)"


def test_the_lessons_call_things_what_the_pages_call_them():
    for file in LESSONS_FOLDER.glob("*.toml"):
        texts = "\n".join(line for line in file.read_text().splitlines() if not line.startswith(("#", "model =")))
        assert not re.search(OTHER_WORDS, PLACEHOLDER.sub("", texts))


@pytest.mark.parametrize(("name", "key"), ENTRIES)
def test_texts_are_written_in_the_style_of_the_house(name, key):
    names = "|".join(re.escape(experiment.name) for experiment in EXPERIMENTS)
    for part in read_texts(name).entries[key]:
        words = PLACEHOLDER.sub("", part.text)
        assert not re.search(r"\b0\.\d\d", words), "a measured number is a placeholder"
        assert not re.search(r"(?<!In January )(?<!et al\. )\b\d{4,}\b", words), "1,000 has a comma"
        assert not re.search(r"\d x \d|\d%", words), "64 × 64 and 5 %"
        assert not re.search(names, words), "experiments have titles"
        assert not re.search(OTHER_WORDS, words), "one word a thing: see the design"


# Conditions.


def facts(val_loss: dict[str, float], epochs: tuple[int, ...] = ()):
    """As if just this was measured; Table 2's networks as good as in the report, each with so many epochs."""
    manifests = {name: {"val_loss": loss, "best_epoch": 20} for name, loss in val_loss.items()}
    manifests |= {name: {"epochs_run": count} for name, count in zip(TABLE_2, epochs, strict=False)}
    rows = [
        {"experiment": name, "corruption": own_corruption(name), "animals": "all", "metric": "mse", "mean": error}
        for name, error in TABLE_2.items()
    ]
    return lambda: replace(NOTHING, rows=Rows(rows), manifests=manifests)


def test_who_is_ahead_in_table_1_decides_what_is_said_of_it():
    ahead = {"decoder-1": 0.005, "decoder-2": 0.009, "decoder-3": 0.007}
    behind = ahead | {"decoder-1": 0.008}
    close = {"decoder-1": 0.0050, "decoder-2": 0.0052, "decoder-3": 0.0051}
    assert "Decoder 1 is the best in both." in tell("exhibits", "table_1", facts(ahead))
    assert "nearer" not in tell("exhibits", "table_1", facts(ahead))
    assert "nearer" in tell("exhibits", "table_1", facts(close))
    assert "Here, decoder 1 has 0.0080" in tell("exhibits", "table_1", facts(behind))
    assert "best" not in tell("exhibits", "table_1", facts({}))


def test_figure_4_says_that_more_numbers_gain_little_only_where_they_do():
    little = tell("exhibits", "figure_4", facts({"decoder-1": 0.0057, "bottleneck-1000": 0.0058}))
    much = tell("exhibits", "figure_4", facts({"decoder-1": 0.0030, "bottleneck-1000": 0.0058}))
    assert "In both, more than 1,000 numbers gain little." in little
    assert "4,096 numbers have an error of 0.0030" in much and "In both" not in much


def test_why_this_order_blames_early_stopping_only_if_the_numbers_do():
    ranks = sorted(TABLE_2.values())
    by_epochs = tuple(30 - ranks.index(error) for error in TABLE_2.values())
    words = {"shortest": 24, "longest": 30}
    blamed = tell("seeds", "why_this_order", facts({}, by_epochs), **words)
    assert "is −1.00." in blamed and "says more about early stopping" in blamed
    assert "says more" not in tell("seeds", "why_this_order", facts({}, by_epochs[::-1]), **words)
    same = tell("seeds", "why_this_order", facts({}, (30,) * 7), shortest=30, longest=30)
    assert same == "", "what is the same for all has no order"
    assert "differs here" not in tell("exhibits", "table_2", facts({}, by_epochs))


def test_principal_components_are_ahead_or_behind():
    here = facts({"bottleneck-1000": 0.005})
    ahead = tell("bottleneck", "linear", here, fewest=256, linear=0.002)
    behind = tell("bottleneck", "linear", here, fewest=None, linear=0.006)
    assert "With 256 numbers, they already beat decoder 1" in ahead and "pay here" not in ahead
    assert "pay here" in behind and "already" not in behind


def test_a_sentence_whose_number_is_not_there_is_not_said():
    assert tell("bottleneck", "returns", flat_from=512, largest=4096, little=0.1).startswith("**From 512 numbers on")
    assert tell("bottleneck", "returns", flat_from=None, largest=4096, little=0.1).startswith("**Up to 4,096 numbers")
    assert tell("playground", "trained_with", names=None) == ""


def test_what_a_page_hands_over_is_what_its_text_needs():
    for values in ({}, {"name": "x"}, {"names": "x", "more": 1}):
        with pytest.raises(TypeError, match=r"playground\.toml, trained_with needs \['names'\]"):
            tell("playground", "trained_with", **values)


# Files that are right and files that are wrong.

GOOD = """\
[values]
size = "{:,}"
name = "{}"

[texts]
plain = "It is {mse median cutout}."
sized = [
  "A first part of {name}.",
  { when = "size > 10 and 0.9 * val decoder-1 < size", text = \"\"\"
Large,
and {size} wide.\"\"\" },
  { when = "otherwise", text = "Small." },
]
"""


def test_a_good_file_is_read_and_its_parts_are_chosen(monkeypatch):
    good = parse_texts(GOOD, "good")
    assert good.values_of("sized") == {"size", "name"} and good.cites("plain")
    monkeypatch.setattr(texts, "read_texts", lambda name: good)
    here = facts({"decoder-1": 0.005})
    assert tell("good", "sized", here, size=1000, name="x") == "A first part of x. Large, and 1,000 wide."
    assert tell("good", "sized", here, size=10, name="x") == "A first part of x. Small."
    assert tell("good", "sized", size=1000, name="x") == "A first part of x. Small.", "decoder-1 is not there"


def test_paragraphs_and_items_keep_their_lines():
    content = '[texts]\na = """\nOne\nand two.\n\nThree:\n- four\n  and five\n- six\n"""'
    (part,) = parse_texts(content, "a").entries["a"]
    assert part.text == "One and two.\n\nThree:\n- four and five\n- six"


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('name = "{}"', "name = {}", 3, "needs a form"),
        ('name = "{}"', 'name = "x"', 3, "needs a form"),
        ('name = "{}"', 'name = "{x}"', 3, "needs a form"),
        ('name = "{}"', 'name = "{}"\nmore = "{}"', 4, "no text needs the value `more`"),
        ('name = "{}"', 'name = "{}"\nepochs_order = "{}"', 4, "no value can be called"),
        ("[texts]", "[text]", 1, "below a line `[texts]`"),
        ("[texts]", "[more]\n[texts]", 5, "`more` is not known"),
        (
            "{mse median cutout}",
            "{mse medium cutout}",
            6,
            "in `plain`, `{mse medium cutout}` names the method",
        ),
        ("{mse median cutout}", "{sise}", 6, "`sise`, which is not one of: size, name, mse"),
        ("cutout}", "cutout", 6, "curly bracket"),
        ("{size} wide", "{sice} wide", 11, "`sice`"),
        ("size > 10", "sise > 10", 9, "in the condition of `sized`, `{sise}`"),
        ("size > 10", "size is 10", 9, "does not compare"),
        ("size > 10", "1 < size < 10", 9, "does not compare"),
        ("size > 10", "name > 10", 9, "`name` is no number"),
        ("size > 10", "title decoder-1 > 10", 9, "is no number"),
        ("0.9 * val decoder-1", "0.9 * val decoder-9", 9, "`decoder-9`, which is not one of"),
        ("otherwise", "else", 12, "does not compare"),
        ('"A first part of {name}."', '{ when = "otherwise", text = "{name}" }', 7, "has no first part"),
        ('text = "Small."', 'words = "Small."', 7, "has `text` and `when`"),
        ('plain = "It is {mse median cutout}."', "plain = 3", 6, "has `text` and `when`"),
        ('plain = "It is {mse median cutout}."', "plain = []", 6, "has no first part"),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_what_is_wrong(old, new, line, sentence):
    assert old in GOOD
    with pytest.raises(TextError) as error:
        parse_texts(GOOD.replace(old, new, 1), "wrong")
    assert str(error.value).startswith(f"texts/wrong.toml, line {line}: ")
    assert sentence in str(error.value)
