"""Lessons: steps with a question each, as data in `lessons/*.toml`; `lessons/README.md` says how to write one."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, make_dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, ValidationInfo, with_config

from dae_core.distortions.strengths import KINDS, Corruption
from dae_core.experiments import EXPERIMENTS, among
from dae_core.pictures.dataset import ROOT
from dae_core.serving.classical import BASELINES
from dae_core.telling.placeholders import (
    BEST_CLASSICAL,
    PLACEHOLDER,
    Facts,
    complaint,
    complaint_about,
    models_in,
    value,
)
from dae_core.telling.sources import Source, TextError, decode, parse_toml

LESSONS_FOLDER = ROOT / "lessons"
DEFAULT_LESSON = "denoising"
MODELS = tuple(experiment.name for experiment in EXPERIMENTS)
RIVALS = (*MODELS, *BASELINES, BEST_CLASSICAL)
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


def _index(answer: object, others: ValidationInfo) -> int:
    """An index from the number of the right choice, counted from 1, or from its text; -1 if there is no such choice."""
    choices: tuple[object, ...] = others.data.get("choices", ())
    if answer in choices:
        return choices.index(answer)
    return answer - 1 if type(answer) is int and 1 <= answer <= len(choices) else -1


_Filled = Annotated[str, Field(min_length=1)]


@with_config(ConfigDict(extra="forbid", str_strip_whitespace=True))
@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a lesson; the texts are Markdown with placeholders, see `placeholders.QUANTITIES`.

    Attributes:
        title: Its heading.
        text: What to know before the question.
        question: What to predict.
        choices: The answers to pick from.
        answer: The index of the right one, or None where the numbers decide.
        lowest: Where they do, a quantity for each of the first choices: the lowest one makes its choice right.
        reveal: The explanation; a tuple of one for each of `lowest`, or a single one.
        ask: The teacher's note: what to ask the class.
        mistakes: The teacher's note: common wrong answers, and what is behind them.
        hide: Whether the reconstruction stays hidden until the question is answered.
        beside: Whose reconstructions stand beside that of the state: names of models and classical denoisers.
        state: What the controls are set to.
        page: Where to go on exploring, or None.
    """

    title: _Filled
    text: _Filled
    question: _Filled
    choices: tuple[_Filled, ...]
    answer: Annotated[int, BeforeValidator(_index)] | None = None
    lowest: tuple[_Filled, ...] = ()
    reveal: _Filled | tuple[_Filled, ...]
    ask: _Filled
    mistakes: _Filled
    hide: Annotated[bool, Field(strict=True)] = False
    beside: tuple[Annotated[str, among(RIVALS)], ...] = ()
    state: State
    page: str | None = None

    def __post_init__(self) -> None:
        """Raises a ValueError of a sentence, the key that it is about and, for some, the words in the file."""
        if len(set(self.choices)) < max(2, len(self.choices)):
            raise ValueError("a question needs two choices or more, all different.", "choices")
        if (self.answer is None) != bool(self.lowest):
            raise ValueError("the step needs either `answer` or `lowest`.", "answer")
        if self.answer == -1:
            last = len(self.choices)
            raise ValueError(f"`answer` is a number from 1 to {last}, or the text of a choice.", "answer")
        if self.lowest and not 2 <= len(self.lowest) <= len(self.choices):
            raise ValueError("`lowest` has a quantity for each of the first choices, two or more.", "lowest")
        if not isinstance(self.reveal, str) and len(self.reveal) != len(self.lowest):
            raise ValueError("`reveal` is one text, or a list with a text for each of `lowest`.", "reveal")
        for phrase in self.lowest:
            if sentence := complaint(phrase):
                raise ValueError(f"in `lowest`, {sentence}", "lowest", phrase)
        for text in self.texts:
            if wrong := complaint_about(text):
                raise ValueError(wrong[0], "", wrong[1])

    @property
    def reveals(self) -> tuple[str, ...]:
        """The explanation of each case."""
        return (self.reveal,) if isinstance(self.reveal, str) else self.reveal

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that may hold a placeholder."""
        return (*(getattr(self, name) for name in TEXTS), *self.choices, *self.reveals)

    def missing(self, trained: Container[str]) -> list[str]:
        """The models that this step shows or cites and that are not trained, in the order of `EXPERIMENTS`."""
        phrases = [phrase for text in self.texts for phrase in PLACEHOLDER.findall(text)]
        needed = {self.state.model, *self.beside} | models_in([*phrases, *self.lowest])
        return [name for name in MODELS if name in needed and name not in trained]

    def outcome(self, facts: Facts) -> tuple[int, str]:
        """The index of the right choice, and the explanation.

        Raises:
            FactError: What decides was not measured.
        """
        if self.answer is not None:
            return self.answer, self.reveals[0]
        numbers = [float(value(phrase, facts)) for phrase in self.lowest]
        right = numbers.index(min(numbers))
        return right, self.reveals[right if len(self.reveals) > 1 else 0]


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


_BOUNDS = {"seed": (0, MAX_SEED)} | {name: kind.bounds for name, kind in KINDS.items()}


def _number(low: float, high: float) -> Any:
    """The type of a number within bounds or 0, which is off; it is whole where they are."""
    exact = Field(strict=True)
    return Annotated[type(low), exact, Field(ge=low, le=high)] | Annotated[type(low), exact, Field(ge=0, le=0)]


_NUMBERS = [(name, _number(*bounds), 0) for name, bounds in _BOUNDS.items()]
_Controls = make_dataclass("_Controls", [("model", Annotated[str, among(MODELS)]), ("image", str), *_NUMBERS])
_CONTROLS: TypeAdapter[Any] = TypeAdapter(with_config(ConfigDict(extra="forbid"))(_Controls))
_STEP = TypeAdapter(Step)

# These are said of a field that is missing or is something else.
_OF_STEP = {
    **{name: f"the step needs a text `{name}`." for name in (*TEXTS, "reveal")},
    **{name: f"the step needs `{name}`, a list of texts." for name in ("choices", "lowest")},
    "answer": "`answer` is the number of a choice, or its text.",
    "hide": "`hide` is true or false.",
    "beside": f"`beside` is a list of networks and classical denoisers: {', '.join(RIVALS)}.",
    "state": "the step needs a table `[step.state]` that says what the controls are set to.",
}
_OF_CONTROLS = {"model": f"`model` has to be one of: {', '.join(MODELS)}."} | {
    name: f"`{name}` is a {'whole ' if isinstance(low, int) else ''}number from {low} to {high}."
    for name, (low, high) in _BOUNDS.items()
}


def _step(fields: dict[str, Any], places: Places, source: Source) -> Step:
    of_step = _OF_STEP | {"page": f"there is no such page. There is: {', '.join(places.pages)}."}
    of_controls = _OF_CONTROLS | {"image": f"`image` has to be one of: {', '.join(places.images)}."}
    found = asdict(_checked(_CONTROLS, fields.get("state"), of_controls, source))
    state = State(found.pop("model"), found.pop("image"), seed=found.pop("seed"), corruption=Corruption(**found))
    step: Step = _checked(_STEP, fields | {"state": state}, of_step, source)
    if state.image not in places.images:
        raise source.error(of_controls["image"], "image")
    if step.page not in (None, *places.pages):
        raise source.error(of_step["page"], "page")
    return step


def _checked(form: TypeAdapter[Any], fields: object, sentences: Mapping[str, str], source: Source) -> Any:
    """What a form makes of the fields of a table; each of them has its sentence.

    Raises:
        TextError: The first complaint, with its line.
    """
    try:
        return form.validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
    if first["type"] == "value_error":
        raise source.error(*first["ctx"]["error"].args)
    key = str(next(iter(first["loc"]), "state"))
    if first["type"] == "unexpected_keyword_argument":
        raise source.error(f"`{key}` is not known here. There is: {', '.join(sorted(sentences))}.", key)
    raise source.error(sentences.get(key, _OF_STEP["state"]), key)


# Progress stands in the address as `2.0.-.1`, the indices of the choices that were picked, step by step.


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
