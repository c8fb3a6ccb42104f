"""Lessons: steps with a question each, as data in `lessons/*.toml`; `lessons/README.md` says how to write one."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dae_core.distortions.strengths import DISTORTIONS, KINDS, Corruption
from dae_core.experiments import EXPERIMENTS
from dae_core.pictures.dataset import ROOT
from dae_core.telling.placeholders import PLACEHOLDER, Facts, complaint, complaint_about, models_in, value
from dae_core.telling.sources import Source, TextError, decode, parse_toml

LESSONS_FOLDER = ROOT / "lessons"
DEFAULT_LESSON = "denoising"
MODELS = tuple(experiment.name for experiment in EXPERIMENTS)
MAX_SEED = 999_999
TEXTS = ("title", "text", "question", "ask", "mistakes")


@dataclass(frozen=True)
class Places:
    """What a lesson can lead to: the pictures that can be picked, and the pages, by their files."""

    images: tuple[str, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """What the controls are set to when a step begins."""

    model: str
    image: str
    corruption: Corruption
    seed: int


@dataclass(frozen=True)
class Step:
    """One step of a lesson; the texts are Markdown with placeholders, see `placeholders.QUANTITIES`.

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


def load_lesson(name: str, places: Places, folder: Path = LESSONS_FOLDER) -> Lesson:
    """A lesson by its name; a path is not a name.

    Raises:
        TextError: There is no such lesson, or its file is wrong.
    """
    names = lesson_names(folder)
    if not names:
        raise TextError("There is no lesson in the folder lessons/: restore it with `git checkout -- lessons`.")
    if name not in names:
        raise TextError(f"There is no lesson of this name. There is: {', '.join(names)}.")
    content = (folder / f"{name}.toml").read_bytes()
    return parse_lesson(decode(content, f"lessons/{name}.toml"), name, places)


def parse_lesson(text: str, name: str, places: Places) -> Lesson:
    """The lesson that stands in a file.

    Raises:
        TextError: It is wrong; the message says in which line.
    """
    lines, file = text.splitlines(), f"lessons/{name}.toml"
    content = parse_toml(text, file)
    steps = content.get("step")
    starts = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*step\s*\]\]", line)]
    head = Source(file, lines[: starts[0]] if starts else lines)
    if not isinstance(content.get("title"), str):
        raise head.error("the lesson needs a title.", "title")
    if not isinstance(steps, list) or len(starts) != len(steps):
        raise head.error("the lesson needs steps, each under a line `[[step]]`.")
    parts = zip(steps, starts, [*starts[1:], len(lines)], strict=True)
    return Lesson(
        name,
        content["title"],
        tuple(_step(fields, places, Source(file, lines[start:end], start + 1)) for fields, start, end in parts),
    )


_KEYS = {*TEXTS, "choices", "answer", "lowest", "reveal", "hide", "state", "page"}
_STATE_KEYS = {"model", "image", "seed", *KINDS}


def _step(fields: dict[str, Any], places: Places, source: Source) -> Step:
    _only(fields, _KEYS, source)
    choices = _strings(fields, "choices", source)
    if len(choices) < 2 or len(set(choices)) < len(choices):
        raise source.error("a question needs two choices or more, all different.", "choices")
    lowest = _strings(fields, "lowest", source) if "lowest" in fields else ()
    hide, page = fields.get("hide", False), fields.get("page")
    if not isinstance(hide, bool):
        raise source.error("`hide` is true or false.", "hide")
    if page is not None and page not in places.pages:
        raise source.error(f"there is no such page. There is: {', '.join(places.pages)}.", "page")
    step = Step(
        **{name: _string(fields, name, source) for name in TEXTS},
        choices=choices,
        answer=_answer(fields, choices, lowest, source),
        lowest=lowest,
        reveal=_reveal(fields, lowest, source),
        hide=hide,
        state=_state(fields.get("state"), places.images, source),
        page=page,
    )
    _check_placeholders(step, source)
    return step


def _only(fields: dict[str, Any], known: set[str], source: Source) -> None:
    for key in fields:
        if key not in known:
            raise source.error(f"`{key}` is not known here. There is: {', '.join(sorted(known))}.", key)


def _string(fields: dict[str, Any], key: str, source: Source) -> str:
    text = fields.get(key)
    if not isinstance(text, str) or not text.strip():
        raise source.error(f"the step needs a text `{key}`.", key)
    return text.strip()


def _strings(fields: dict[str, Any], key: str, source: Source) -> tuple[str, ...]:
    texts = fields.get(key)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise source.error(f"the step needs `{key}`, a list of texts.", key)
    return tuple(text.strip() for text in texts)


def _answer(fields: dict[str, Any], choices: Sequence[str], lowest: Sequence[str], source: Source) -> int | None:
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


def _reveal(fields: dict[str, Any], lowest: Sequence[str], source: Source) -> tuple[str, ...]:
    if not isinstance(fields.get("reveal"), list):
        return (_string(fields, "reveal", source),)
    reveal = _strings(fields, "reveal", source)
    if len(reveal) != len(lowest):
        raise source.error("`reveal` is one text, or a list with a text for each of `lowest`.", "reveal")
    return reveal


def _state(fields: Any, images: Sequence[str], source: Source) -> State:
    if not isinstance(fields, dict):
        raise source.error("the step needs a table `[step.state]` that says what the controls are set to.", "state")
    _only(fields, _STATE_KEYS, source)
    for key, known in (("model", MODELS), ("image", images)):
        if fields.get(key) not in known:
            raise source.error(f"`{key}` has to be one of: {', '.join(known)}.", key)
    _number(fields, "seed", 0, MAX_SEED, source)
    for name, kind in KINDS.items():
        if fields.get(name, 0) != 0:  # Zero, or not named, is off.
            _number(fields, name, *kind.bounds, source)
    corruption = Corruption(**{name: fields.get(name, 0) for name in DISTORTIONS})
    return State(fields["model"], fields["image"], corruption, fields.get("seed", 0))


def _number(fields: dict[str, Any], key: str, low: float, high: float, source: Source) -> None:
    number, kinds = fields.get(key, low), (int, float) if isinstance(low, float) else (int,)
    if type(number) not in kinds or not low <= number <= high:
        raise source.error(f"`{key}` is a {'' if float in kinds else 'whole '}number from {low} to {high}.", key)


def _check_placeholders(step: Step, source: Source) -> None:
    for phrase in step.lowest:
        if sentence := complaint(phrase):
            raise source.error(f"in `lowest`, {sentence}", "lowest", phrase)
    for text in step.texts:
        if wrong := complaint_about(text):
            raise source.error(wrong[0], quote=wrong[1])


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
