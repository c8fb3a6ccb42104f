"""Lessons: steps with a question each, as data in `lessons/*.toml`; `lessons/README.md` says how to write one."""

import re
import tomllib
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dae_core.distortions.strengths import DISTORTIONS, KINDS, Corruption
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS
from dae_core.pictures.dataset import ROOT
from dae_core.pictures.samples import SAMPLES
from dae_core.telling.placeholders import PLACEHOLDER, Facts, complaint, models_in, value

LESSONS_FOLDER = ROOT / "lessons"
DEFAULT_LESSON = "denoising"
MODELS = tuple(experiment.name for experiment in EXPERIMENTS)
IMAGES = (*SAMPLES, "upload", "camera")
MAX_SEED = 999_999
TEXTS = ("title", "text", "question", "ask", "mistakes")


class LessonError(UserError):
    """A lesson that cannot be given; the message names the file and the line, and says what is wrong."""


@dataclass(frozen=True)
class State:
    """What the controls are set to when a step begins."""

    model: str
    image: str
    corruption: Corruption
    seed: int


@dataclass(frozen=True)
class Step:
    """One step of a lesson; the texts are Markdown with placeholders, see `facts.QUANTITIES`.

    Attributes:
        title: Its heading.
        text: What to know before the question.
        question: What to predict.
        choices: The answers to pick from.
        answer: The index of the right one, or None where the numbers decide.
        lowest: Where they do, a quantity for each of the first choices: the lowest one makes its choice right.
        reveal: The explanation; one for each of `lowest`, or a single one.
        ask: The teacher's note: what to ask the class.
        mistakes: The teacher's note: common wrong answers, and what is behind them.
        hide: Whether the reconstruction stays hidden until the question is answered.
        state: What the controls are set to.
        page: Where to go on exploring, or None.
    """

    title: str
    text: str
    question: str
    choices: tuple[str, ...]
    answer: int | None
    lowest: tuple[str, ...]
    reveal: tuple[str, ...]
    ask: str
    mistakes: str
    hide: bool
    state: State
    page: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that may hold a placeholder."""
        return (*(getattr(self, name) for name in TEXTS), *self.choices, *self.reveal)

    def missing(self, trained: Container[str]) -> list[str]:
        """The models that this step shows or cites and that are not trained, in the order of `EXPERIMENTS`."""
        phrases = [phrase for text in self.texts for phrase in PLACEHOLDER.findall(text)]
        needed = {self.state.model} | models_in([*phrases, *self.lowest])
        return [name for name in MODELS if name in needed and name not in trained]

    def outcome(self, facts: Facts) -> tuple[int, str]:
        """The index of the right choice, and the explanation.

        Raises:
            FactError: What decides was not measured.
        """
        if self.answer is not None:
            return self.answer, self.reveal[0]
        numbers = [float(value(phrase, facts)) for phrase in self.lowest]
        right = numbers.index(min(numbers))
        return right, self.reveal[right if len(self.reveal) > 1 else 0]


@dataclass(frozen=True)
class Lesson:
    """A lesson: `name` is that of its file, `title` what it is called."""

    name: str
    title: str
    steps: tuple[Step, ...]


def lesson_names(folder: Path = LESSONS_FOLDER) -> list[str]:
    """What can be asked for: the names of the files, the default lesson first."""
    names = sorted(file.stem for file in folder.glob("*.toml"))
    return sorted(names, key=lambda name: name != DEFAULT_LESSON)


def load_lesson(name: str, folder: Path = LESSONS_FOLDER) -> Lesson:
    """A lesson by its name; a path is not a name.

    Raises:
        LessonError: There is no such lesson, or its file is wrong.
    """
    names = lesson_names(folder)
    if not names:
        raise LessonError("There is no lesson in the folder lessons/: restore it with `git checkout -- lessons`.")
    if name not in names:
        raise LessonError(f"There is no lesson of this name. There is: {', '.join(names)}.")
    content = (folder / f"{name}.toml").read_bytes()
    try:
        return parse_lesson(content.decode(), name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise LessonError(f"lessons/{name}.toml, line {line}: this is not UTF-8, save the file as such.") from error


def parse_lesson(text: str, name: str) -> Lesson:
    """The lesson that stands in a file.

    Raises:
        LessonError: It is wrong; the message says in which line.
    """
    lines = text.splitlines()
    try:
        content = tomllib.loads(text)
    except RecursionError as error:
        raise LessonError(f"lessons/{name}.toml, line 1: brackets are nested too deeply.") from error
    except ValueError as error:  # A TOMLDecodeError, or a number of thousands of digits.
        found = re.search(r"line (\d+)", str(error))
        what = re.sub(r"\s*\(at .*\)", "", str(error))
        raise LessonError(f"lessons/{name}.toml, line {found[1] if found else len(lines)}: {what}.") from error
    steps = content.get("step")
    starts = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*step\s*\]\]", line)]
    head = _Source(name, lines[: starts[0]] if starts else lines, 1)
    if not isinstance(content.get("title"), str):
        raise head.error("the lesson needs a title.", "title")
    if not isinstance(steps, list) or len(starts) != len(steps):
        raise head.error("the lesson needs steps, each under a line `[[step]]`.")
    parts = zip(steps, starts, [*starts[1:], len(lines)], strict=True)
    return Lesson(
        name,
        content["title"],
        tuple(_step(fields, _Source(name, lines[start:end], start + 1)) for fields, start, end in parts),
    )


@dataclass(frozen=True)
class _Source:
    """A part of a file, to say where it is wrong: its lines, and the number of the first one."""

    name: str
    lines: Sequence[str]
    first: int

    def error(self, sentence: str, key: str = "", quote: str = "") -> LessonError:
        """The sentence with the line of the quote, or else of the key, or else of the first line."""
        patterns = [re.escape(quote)] * bool(quote) + [rf"^\s*(\[step\.)?{key}\s*[\]=]"] * bool(key)
        places = (
            number
            for pattern in patterns
            for number, line in enumerate(self.lines, start=self.first)
            if re.search(pattern, line)
        )
        return LessonError(f"lessons/{self.name}.toml, line {next(places, self.first)}: {sentence}")


_KEYS = {*TEXTS, "choices", "answer", "lowest", "reveal", "hide", "state", "page"}
_STATE_KEYS = {"model", "image", "seed", *KINDS}


def _step(fields: dict[str, Any], source: _Source) -> Step:
    _only(fields, _KEYS, source)
    choices = _strings(fields, "choices", source)
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise source.error("a question needs two choices or more, all different.", "choices")
    lowest = _strings(fields, "lowest", source) if "lowest" in fields else ()
    hide, page = fields.get("hide", False), fields.get("page")
    if not isinstance(hide, bool):
        raise source.error("`hide` is true or false.", "hide")
    pages = ["app.py", *(file.relative_to(ROOT).as_posix() for file in sorted(ROOT.glob("pages/*.py")))]
    if page is not None and page not in pages:
        raise source.error(f"there is no such page. There is: {', '.join(pages)}.", "page")
    step = Step(
        **{name: _string(fields, name, source) for name in TEXTS},
        choices=choices,
        answer=_answer(fields, choices, lowest, source),
        lowest=lowest,
        reveal=_reveal(fields, lowest, source),
        hide=hide,
        state=_state(fields.get("state"), source),
        page=page,
    )
    _check_placeholders(step, source)
    return step


def _only(fields: dict[str, Any], known: set[str], source: _Source) -> None:
    for key in fields:
        if key not in known:
            raise source.error(f"`{key}` is not known here. There is: {', '.join(sorted(known))}.", re.escape(key))


def _string(fields: dict[str, Any], key: str, source: _Source) -> str:
    text = fields.get(key)
    if not isinstance(text, str) or not text.strip():
        raise source.error(f"the step needs a text `{key}`.", key)
    return text.strip()


def _strings(fields: dict[str, Any], key: str, source: _Source) -> tuple[str, ...]:
    texts = fields.get(key)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise source.error(f"the step needs `{key}`, a list of texts.", key)
    return tuple(text.strip() for text in texts)


def _answer(fields: dict[str, Any], choices: Sequence[str], lowest: Sequence[str], source: _Source) -> int | None:
    """An index from the number of the right choice, counted from 1, or from its text."""
    if ("answer" in fields) == bool(lowest):
        raise source.error("the step needs either `answer` or `lowest`.", "answer")
    if lowest:
        if not 2 <= len(lowest) <= len(choices):
            raise source.error("`lowest` has a quantity for each of the first choices, two or more.", "lowest")
        return None
    answer = fields["answer"]
    if answer in choices:
        return choices.index(answer)
    if type(answer) is not int or not 1 <= answer <= len(choices):
        raise source.error(f"`answer` is a number from 1 to {len(choices)}, or the text of a choice.", "answer")
    return answer - 1


def _reveal(fields: dict[str, Any], lowest: Sequence[str], source: _Source) -> tuple[str, ...]:
    if not isinstance(fields.get("reveal"), list):
        return (_string(fields, "reveal", source),)
    reveal = _strings(fields, "reveal", source)
    if len(reveal) != len(lowest):
        raise source.error("`reveal` is one text, or a list with a text for each of `lowest`.", "reveal")
    return reveal


def _state(fields: Any, source: _Source) -> State:
    if not isinstance(fields, dict):
        raise source.error("the step needs a table `[step.state]` that says what the controls are set to.", "state")
    _only(fields, _STATE_KEYS, source)
    for key, known in (("model", MODELS), ("image", IMAGES)):
        if fields.get(key) not in known:
            raise source.error(f"`{key}` has to be one of: {', '.join(known)}.", key)
    _number(fields, "seed", 0, MAX_SEED, source)
    for name, kind in KINDS.items():
        if fields.get(name, 0) != 0:  # Zero, or not named, is off.
            _number(fields, name, *kind.bounds, source)
    corruption = Corruption(**{name: fields.get(name, 0) for name in DISTORTIONS})
    return State(fields["model"], fields["image"], corruption, fields.get("seed", 0))


def _number(fields: dict[str, Any], key: str, low: float, high: float, source: _Source) -> None:
    number, kinds = fields.get(key, low), (int, float) if isinstance(low, float) else (int,)
    if type(number) not in kinds or not low <= number <= high:
        raise source.error(f"`{key}` is a {'' if float in kinds else 'whole '}number from {low} to {high}.", key)


def _check_placeholders(step: Step, source: _Source) -> None:
    for phrase in step.lowest:
        if sentence := complaint(phrase):
            raise source.error(f"in `lowest`, {sentence}", "lowest", phrase)
    for text in step.texts:
        for phrase in PLACEHOLDER.findall(text):
            if sentence := complaint(phrase):
                raise source.error(sentence, quote=f"{{{phrase}}}")
        if "{" in (rest := PLACEHOLDER.sub("", text)) or "}" in rest:
            raise source.error("a curly bracket opens or closes nothing.", quote="{" if "{" in rest else "}")


# Progress, as it stands in the address: `2.0.-.1` are the indices of the choices that were picked, step by step.


def read_answers(text: str, lesson: Lesson) -> list[int | None]:
    """The index of the choice picked in each step; None for those without one, and for nonsense."""
    words = (text.split(".") + [""] * len(lesson.steps))[: len(lesson.steps)]
    return [
        int(word) if re.fullmatch(r"[0-9]{1,2}", word) and int(word) < len(step.choices) else None
        for word, step in zip(words, lesson.steps, strict=True)
    ]


def write_answers(answers: Sequence[int | None]) -> str:
    """What `read_answers` reads."""
    return ".".join("-" if answer is None else str(answer) for answer in answers)
