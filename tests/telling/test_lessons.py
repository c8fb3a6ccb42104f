"""Lessons: the committed ones hold, and wrong ones are named with their line."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dae_core.checkpoints import list_checkpoints
from dae_core.distortions.strengths import CORRUPTIONS
from dae_core.experiments import EXPERIMENTS
from dae_core.scores.rows import DAMAGED_INPUT, Rows
from dae_core.serving.classical import BASELINES
from dae_core.telling.choices import choice_of, nearest
from dae_core.telling.lessons import lesson_names, load_lesson, parse_lesson, read_answers, write_answers
from dae_core.telling.placeholders import PLACEHOLDER, QUANTITIES, FactError, Facts, fill, show
from dae_core.telling.sources import TextError
from ui.parts.lesson import PLACES

LESSON = load_lesson("denoising", PLACES)
RANDOM = np.random.default_rng(0)
METHODS = [*(experiment.name for experiment in EXPERIMENTS), *BASELINES, DAMAGED_INPUT]
# As if every network was trained: a made-up number for everything that can be asked.
EVERYTHING = Facts(
    Rows(
        {
            "experiment": name,
            "corruption": damage,
            "animals": "all",
            "metric": metric,
            "mean": RANDOM.uniform(0.01, 0.02),
        }
        for name in METHODS
        for damage in CORRUPTIONS
        for metric in ("mse", "psnr", "ssim")
    ),
    {
        e.name: {
            "parameters": {"trainable": 12345},
            "val_loss": 0.005,
            "best_epoch": 9,
            "epochs_run": 12 + number,
            "experiment": {"batch_size": 32},
        }
        for number, e in enumerate(EXPERIMENTS)
    },
    lambda name: np.array([0.001, 0.03]),
)
NO_DIGITS = re.compile(r"0\.\d|\d dB|\d %")

GOOD = """\
title = "Small"

[[step]]
title = "One"
text = "Look."
question = "What?"
choices = ["This", "That"]
answer = "That"
reveal = "It is {mse median cutout}."
ask = "Why?"
mistakes = "This."
[step.state]
model = "distortion-all"
image = "owl"
cutout = 3

[[step]]
title = "Two"
text = "Look again."
question = "What now?"
choices = ["This", "That"]
lowest = ["mse median clean", "mse median cutout"]
reveal = ["Clean.", "Squares."]
ask = "Why?"
mistakes = "That."
page = "app.py"
hide = true
[step.state]
model = "bottleneck-1000"
image = "upload"
seed = 7
"""


# The lessons that are here.


@pytest.mark.parametrize("name", lesson_names())
def test_every_lesson_in_the_folder_holds_whatever_is_measured(name):
    for step in load_lesson(name, PLACES).steps:
        for words in step.texts:
            assert "{" not in fill(words, EVERYTHING)
        right, reveal = step.outcome(EVERYTHING)
        assert 0 <= right < len(step.choices) and reveal
        assert step.missing([]), "every step needs a model"


def test_the_lesson_of_the_lab_has_eleven_steps_with_three_or_four_choices_and_a_note_each():
    assert len(LESSON.steps) == 11
    for step in LESSON.steps:
        assert len(step.choices) in (3, 4)
        assert step.ask and step.mistakes


def test_no_measured_number_is_typed_into_the_lesson_of_the_lab():
    for step in LESSON.steps:
        for words in step.texts:
            assert not NO_DIGITS.search(PLACEHOLDER.sub("", words)), words


def test_the_placeholders_give_what_was_measured():
    checkpoint = list_checkpoints()[0]["convolutional-all"]
    assert fill("{parameters convolutional-all}", EVERYTHING) == "12,345"
    assert checkpoint.manifest["parameters"]["trainable"] == 134_403
    rows = [row for row in EVERYTHING.rows if row["corruption"] == "cutout" and row["metric"] == "mse"]
    means = {row["experiment"]: row["mean"] for row in rows}
    assert fill("{mse median cutout}", EVERYTHING) == f"{means['median']:.4f}"
    best = min((name for name in BASELINES if not BASELINES[name].has_help), key=lambda name: means[name])
    assert fill("{best_classical cutout}", EVERYTHING) == BASELINES[best].title.lower()
    gain = 10 * np.log10(means[DAMAGED_INPUT] / means[best])
    assert fill("{gain best_classical cutout}", EVERYTHING) == f"{gain:+.1f}\u00a0dB".replace("-", "−")
    assert fill("{report convolutional-all}, {hardest decoder-1}", EVERYTHING) == "0.0037, 0.0300"


def test_what_was_not_measured_is_an_error_and_not_a_gap():
    nothing = Facts(Rows(), {}, lambda name: np.array([]))
    for phrase in ("{mse median cutout}", "{best_classical cutout}", "{val decoder-1}"):
        with pytest.raises(FactError):
            fill(phrase, nothing)


def test_networks_have_names_for_people_and_words_for_what_is_picked():
    assert fill("{title distortion-cutout}", EVERYTHING) == "Decoder 1, 1,000 numbers, trained on Cutout"
    rows = "{decoder bottleneck-1000}, {latent_size bottleneck-1000}, {trained_on bottleneck-1000}"
    assert fill(rows, EVERYTHING) == "1, 1,000, Clean pictures"


@pytest.mark.parametrize(
    ("now", "row", "picked"),
    [
        ("bottleneck-1000", "trained_on", "distortion-all"),
        ("distortion-all", "trained_on", "bottleneck-1000"),
        ("decoder-1", "latent_size", "bottleneck-1000"),
        ("convolutional-all", "decoder", "distortion-all"),
    ],
)
def test_what_the_lesson_says_to_pick_leads_where_it_means(now, row, picked):
    assert any(f"{{{row} {picked}}}" in words for step in LESSON.steps for words in step.texts)
    by_name = {experiment.name: experiment for experiment in EXPERIMENTS}
    wish = getattr(choice_of(by_name[picked]), row)
    assert nearest(EXPERIMENTS, by_name[now], row, wish).name == picked


def test_numbers_are_written_in_one_style():
    assert show("{:,}", 12345) == "12,345"
    assert show("{:.0%}", 0.05) == "5\u00a0%"
    assert show("{:+.1f} dB", -1.25) == "−1.2\u00a0dB"
    assert show("{:.0f} dB", float("inf")) == "∞\u00a0dB"
    assert [show("1 epoch|{:,} epochs", count) for count in (0, 1, 2)] == ["0 epochs", "1 epoch", "2 epochs"]
    assert show("{}", "non-local 5%") == "non-local 5%"


def test_where_the_numbers_decide_the_lowest_one_is_right():
    step = parse_lesson(GOOD, "good", PLACES).steps[1]

    def facts(clean: float, cutout: float) -> Facts:
        rows = [{"experiment": "median", "animals": "all", "metric": "mse"} for _ in range(2)]
        rows[0] |= {"corruption": "clean", "mean": clean}
        rows[1] |= {"corruption": "cutout", "mean": cutout}
        return replace(EVERYTHING, rows=Rows(rows))

    assert step.outcome(facts(0.1, 0.2)) == (0, "Clean.")
    assert step.outcome(facts(0.2, 0.1)) == (1, "Squares.")


# Files that are right and files that are wrong.


def test_a_good_file_becomes_a_lesson():
    lesson = parse_lesson(GOOD, "good", PLACES)
    one, two = lesson.steps
    assert (lesson.name, lesson.title, one.answer, two.answer) == ("good", "Small", 1, None)
    assert (one.state.corruption.active, one.state.corruption.cutout) == (("cutout",), 3)
    assert (two.state.seed, two.state.corruption.active, two.page, two.hide) == (7, (), "app.py", True)
    assert two.missing(["median"]) == ["bottleneck-1000"]
    beside = parse_lesson(GOOD.replace("hide = true", 'beside = ["decoder-1", "median"]'), "good", PLACES).steps[1]
    assert beside.beside == ("decoder-1", "median")
    assert set(beside.missing([])) == {"decoder-1", "bottleneck-1000"}


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('title = "Small"', "title = Small", 1, "Invalid value"),
        ('title = "Small"', "", 1, "needs a title"),
        ('mistakes = "This."', 'mistakes = "This.', 11, "Illegal character"),
        ('question = "What?"', "", 3, "text `question`"),
        ('text = "Look again."', 'text = " "', 19, "text `text`"),
        ('text = "Look."', "text = 3", 5, "text `text`"),
        ('ask = "Why?"\nmistakes = "That."', 'mistakes = "That."', 17, "text `ask`"),
        ('model = "distortion-all"', 'model = "distortion-none"', 13, "`model` has to be one of: convolutional-all"),
        ('image = "owl"', 'image = "../owl"', 14, "`image` has to be one of: cat-chelsea"),
        ("cutout = 3", "cutout = 11", 15, "whole number from 1 to 10"),
        ("cutout = 3", "cutout = true", 15, "whole number from 1 to 10"),
        ("cutout = 3", "gaussian_noise = 0.9", 15, "number from 0.01 to 0.5"),
        ("cutout = 3", "cutouts = 3", 15, "`cutouts` is not known here"),
        ("seed = 7", "seed = -7", 31, "whole number from 0 to 999999"),
        ('answer = "That"', 'answer = "Thus"', 8, "number from 1 to 2, or the text"),
        ('answer = "That"', "answer = 3", 8, "number from 1 to 2"),
        ('answer = "That"', "answer = true", 8, "number from 1 to 2"),
        ('answer = "That"', "", 3, "either `answer` or `lowest`"),
        (
            'lowest = ["mse median clean",',
            'answer = 1\nlowest = ["mse median clean",',
            22,
            "either `answer` or `lowest`",
        ),
        ('"mse median clean",', '"mse medium clean",', 22, "`medium`, which is not one of"),
        ('"mse median clean", ', "", 22, "two or more"),
        ('reveal = ["Clean.", "Squares."]', 'reveal = ["Clean."]', 23, "for each of `lowest`"),
        ('choices = ["This", "That"]', 'choices = ["This", "This"]', 7, "all different"),
        ('choices = ["This", "That"]', "choices = 2", 7, "a list of texts"),
        ("{mse median cutout}", "{mse median}", 9, "needs 2 words after `mse`"),
        ("{mse median cutout}", "{msa median cutout}", 9, "asks for `msa`"),
        ("{mse median cutout}", "{}", 9, "asks for ``"),
        ("{mse median cutout}", "{gain median clean}", 9, "names the distortion `clean`"),
        ("{mse median cutout}", "{mse median cutout", 9, "curly bracket"),
        ("hide = true", "hide = 1", 27, "true or false"),
        ("hide = true", 'beside = ["medium"]', 27, "a list of networks and classical denoisers"),
        ("hide = true", 'beside = "median"', 27, "a list of networks and classical denoisers"),
        ('page = "app.py"', 'page = "/etc/passwd"', 26, "no such page"),
        ('page = "app.py"', 'pages = "app.py"', 26, "`pages` is not known here"),
        ('[step.state]\nmodel = "distortion-all"\nimage = "owl"\ncutout = 3', "", 3, "a table `[step.state]`"),
    ],
)
def test_a_wrong_file_is_named_with_its_line_and_what_is_wrong(old, new, line, sentence):
    assert old in GOOD
    with pytest.raises(TextError) as error:
        parse_lesson(GOOD.replace(old, new, 1), "wrong", PLACES)
    assert str(error.value).startswith(f"lessons/wrong.toml, line {line}: ")
    assert sentence in str(error.value)


@pytest.mark.parametrize("content", ["", 'title = "No steps"', 'title = "x"\nstep = 3', 'title = "x"\nstep = [1]'])
def test_a_file_without_steps_is_no_lesson(content):
    with pytest.raises(TextError, match="line 1: "):
        parse_lesson(content, "empty", PLACES)


def test_a_text_over_several_lines_is_wrong_in_the_line_of_the_placeholder():
    several = GOOD.replace('text = "Look."', 'text = """\nLook.\nAt {this}.\n"""')
    with pytest.raises(TextError, match="line 7: "):
        parse_lesson(several, "several", PLACES)


@pytest.mark.parametrize("name", ["../denoising", "/etc/passwd", "lessons/denoising", "", "nobody", "README", "."])
def test_only_names_of_lessons_are_accepted(name):
    with pytest.raises(TextError, match="no lesson of this name"):
        load_lesson(name, PLACES)


def test_an_empty_folder_and_a_file_in_another_encoding_have_their_sentences(tmp_path):
    with pytest.raises(TextError, match="restore it"):
        load_lesson("denoising", PLACES, tmp_path)
    (tmp_path / "latin.toml").write_bytes('title = "x"\n# größer'.encode("latin-1"))
    with pytest.raises(TextError, match="line 2: this is not UTF-8"):
        load_lesson("latin", PLACES, tmp_path)


def test_every_kind_of_placeholder_is_explained_in_the_head_of_the_lesson():
    from dae_core.telling.lessons import LESSONS_FOLDER

    head = (LESSONS_FOLDER / "denoising.toml").read_text(encoding="utf-8").partition("\ntitle =")[0]
    for name in QUANTITIES:
        assert f"{{{name} " in head or f"{{{name}}}" in head


def test_answers_survive_the_address_and_nonsense_does_not():
    answers = [2, 0, None, 1, *[None] * 7]
    assert write_answers(answers) == "2.0.-.1.-.-.-.-.-.-.-"
    assert read_answers(write_answers(answers), LESSON) == answers
    assert read_answers("2.0.-.1", LESSON) == answers
    for nonsense in ("", "<b>", "9.9", "-1.x.²", "." * 99):
        assert read_answers(nonsense, LESSON) == [None] * 11
