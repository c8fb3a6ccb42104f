"""Numbers that texts cite: `{mse distortion-all clean}` becomes what was measured, so no text can fall behind it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from dae_core.distortions.strengths import CORRUPTIONS
from dae_core.errors import UserError
from dae_core.experiments import EXPERIMENTS
from dae_core.pictures.arrays import Doubles
from dae_core.scores.metrics import METRICS, rank_correlation
from dae_core.scores.rows import DAMAGED_INPUT, Rows
from dae_core.serving.classical import BASELINES
from dae_core.telling import choices
from dae_core.telling.report_numbers import TABLE_1, TABLE_2, VALIDATION
from dae_core.telling.tables import own_corruption

Shown = float | str | None
"""A value that a page hands over: a number, words, or None, or NaN, where there is none."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PUBLISHED = VALIDATION | {name: line.val_loss for name, line in TABLE_1.items()}
DAMAGED, BEST_CLASSICAL = "damaged", "best_classical"  # They are no network and no classical denoiser.


class FactError(UserError):
    """Something was not measured; the message says what."""


@dataclass(frozen=True)
class Facts:
    """Where the numbers come from.

    Attributes:
        rows: Metric rows, of checkpoints and of classical denoisers.
        manifests: The checkpoints' manifests by name.
        errors: A checkpoint's name -> the MSE of each test picture, damaged as in its training.
    """

    rows: Rows
    manifests: Mapping[str, Mapping[str, Any]]
    errors: Callable[[str], Doubles]

    def score(self, method: str, damage: str, metric: str = "mse") -> float:
        """The mean over the test pictures.

        Raises:
            FactError: There is no such row.
        """
        if method == BEST_CLASSICAL:
            method = self.best_classical(damage)
        value = self.rows.mean(DAMAGED_INPUT if method == DAMAGED else method, damage, metric=metric)
        if value is None:
            raise FactError(f"The {metric.upper()} of {method} on {damage} was not measured.")
        return value

    def best_classical(self, damage: str) -> str:
        """The classical denoiser with the lowest MSE, of those that are not told where the squares are."""
        unaided = {name: self.rows.mean(name, damage) for name in BASELINES if not BASELINES[name].has_help}
        measured = {name: error for name, error in unaided.items() if error is not None}
        if not measured:
            raise FactError(f"The classical denoisers were not measured on {damage}.")
        return min(measured, key=lambda name: measured[name])

    def manifest(self, model: str) -> Mapping[str, Any]:
        """A checkpoint's manifest.

        Raises:
            FactError: There is no such checkpoint.
        """
        if model not in self.manifests:
            raise FactError(f"{model} is not trained here yet.")
        return self.manifests[model]

    def of_table_2(self, what: Callable[[str], float]) -> float:
        """The rank correlation of something about the networks of Table 2 with their test error, in [-1, 1].

        Raises:
            FactError: Something was not measured, or is the same for all.
        """
        other = [what(name) for name in TABLE_2]
        errors = [self.score(name, own_corruption(name)) for name in TABLE_2]
        if len(set(other)) == 1 or len(set(errors)) == 1:
            raise FactError("What is the same for all has no order.")
        return rank_correlation(other, errors)


NOTHING = Facts(Rows(), {}, lambda _: np.array([]))  # A text that cites nothing measured needs no more.
_BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}

# These words may stand after the name of a placeholder.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "model": tuple(_BY_NAME),
    "method": (*_BY_NAME, *BASELINES, DAMAGED, BEST_CLASSICAL),
    "damage": tuple(CORRUPTIONS),
    "distortion": tuple(name for name in CORRUPTIONS if name != "clean"),
    "published": tuple(PUBLISHED),
}


@dataclass(frozen=True)
class Quantity:
    """A kind of placeholder.

    Attributes:
        arguments: What follows its name, keys of `ARGUMENTS`.
        form: How it is written, see `show`.
        of: Facts and arguments -> its value.
    """

    arguments: tuple[str, ...]
    form: str
    of: Callable[..., float | str]


_SCORE = ("method", "damage")
QUANTITIES: dict[str, Quantity] = {
    **{
        name: Quantity(
            _SCORE,
            f"{{:.{metric.digits}f}}" + (f" {metric.unit}" if metric.unit else ""),
            lambda facts, *asked, name=name: facts.score(*asked, name),
        )
        for name, metric in METRICS.items()
    },
    "gain": Quantity(
        ("method", "distortion"),
        "{:+.1f} dB",
        lambda facts, method, damage: 10 * log10(facts.score(DAMAGED, damage) / facts.score(method, damage)),
    ),
    "best_classical": Quantity(
        ("damage",), "{}", lambda facts, damage: BASELINES[facts.best_classical(damage)].title.lower()
    ),
    "parameters": Quantity(("model",), "{:,}", lambda facts, model: facts.manifest(model)["parameters"]["trainable"]),
    "val": Quantity(("model",), "{:.4f}", lambda facts, model: facts.manifest(model)["val_loss"]),
    "epoch": Quantity(("model",), "{:,}", lambda facts, model: facts.manifest(model)["best_epoch"]),
    "epochs": Quantity(("model",), "{:,}", lambda facts, model: facts.manifest(model)["epochs_run"]),
    "batch": Quantity(("model",), "{:,}", lambda facts, model: facts.manifest(model)["experiment"]["batch_size"]),
    "report": Quantity(("published",), "{:.4f}", lambda _, model: PUBLISHED[model]),
    "easiest": Quantity(("model",), "{:.4f}", lambda facts, model: float(facts.errors(model).min())),
    "hardest": Quantity(("model",), "{:.4f}", lambda facts, model: float(facts.errors(model).max())),
    "title": Quantity(("model",), "{}", lambda _, model: _BY_NAME[model].title),
    **{
        row: Quantity(("model",), "{}", lambda _, model, row=row: choices.label_of(_BY_NAME[model], row))
        for row in choices.ROWS
    },
    "epochs_order": Quantity(
        (), "{:.2f}", lambda facts: facts.of_table_2(lambda name: facts.manifest(name)["epochs_run"])
    ),
    "report_order": Quantity((), "{:.2f}", lambda facts: facts.of_table_2(TABLE_2.__getitem__)),
}


def complaint(phrase: str, forms: Mapping[str, str] | None = None) -> str | None:
    """What is wrong with the inside of a placeholder, as a sentence; None if nothing is.

    Args:
        phrase: The inside.
        forms: The values of the page that it may name as well.
    """
    forms = forms or {}
    if phrase in forms:
        return None
    name, *arguments = phrase.split() or [""]
    if name not in QUANTITIES:
        return f"`{{{phrase}}}` asks for `{name}`, which is not one of: {', '.join((*forms, *QUANTITIES))}."
    wanted = QUANTITIES[name].arguments
    if len(arguments) != len(wanted):
        return f"`{{{phrase}}}` needs {len(wanted)} words after `{name}`: {' and '.join(wanted)}."
    for argument, kind in zip(arguments, wanted, strict=True):
        if argument not in ARGUMENTS[kind]:
            return f"`{{{phrase}}}` names the {kind} `{argument}`, which is not one of: {', '.join(ARGUMENTS[kind])}."
    return None


def complaint_about(text: str, forms: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """What is wrong with the placeholders of a text, as a sentence, and where to look; None if nothing is."""
    for phrase in PLACEHOLDER.findall(text):
        if sentence := complaint(phrase, forms):
            return sentence, f"{{{phrase}}}"
    rest = PLACEHOLDER.sub("", text)
    brackets = [bracket for bracket in "{}" if bracket in rest]
    return ("a curly bracket opens or closes nothing.", brackets[0]) if brackets else None


def is_number(phrase: str, forms: Mapping[str, str]) -> bool:
    """Whether the inside of a placeholder stands for a number, and not for words."""
    return (forms.get(phrase) or QUANTITIES[phrase.split()[0]].form) != "{}"


def value(phrase: str, facts: Facts, values: Mapping[str, Shown] | None = None) -> float | str:
    """What the inside of a placeholder stands for.

    Args:
        phrase: The inside.
        facts: What was measured.
        values: What the page hands over.

    Raises:
        FactError: It was not measured, or the page has none.
    """
    if values and phrase in values:
        known = values[phrase]
        if known is None or known != known:
            raise FactError(f"There is no {phrase} here.")
        return known
    name, *arguments = phrase.split()
    return QUANTITIES[name].of(facts, *arguments)


def show(form: str, number: float | str) -> str:
    """A number as texts and tables write it: a true minus, and a unit that does not break off.

    Args:
        form: As of `str.format`; `1 epoch|{:,} epochs` has another one for 1. `{}` is for words.
        number: What to write; NaN is none.

    >>> show("{:+.1%}", -0.123), show("1 epoch|{:,} epochs", 1)
    ('−12.3\\xa0%', '1 epoch')
    """
    if form == "{}":
        return str(number)
    if number != number:
        return "none"
    one, _, many = form.rpartition("|")
    words = one if one and number == 1 else many.format(number).replace("inf", "∞")
    words = re.sub(r"(?<=[\d∞]) ?(?=%|dB|MB)", "\u00a0", words)
    return re.sub(r"-(?=[\d∞])", "−", words)


def fill(
    text: str, facts: Facts, values: Mapping[str, Shown] | None = None, forms: Mapping[str, str] | None = None
) -> str:
    """The text with every placeholder filled.

    Args:
        text: With placeholders.
        facts: What was measured.
        values: What the page hands over, by name.
        forms: How that is written.

    Raises:
        FactError: One of them was not measured.
    """

    def written(match: re.Match[str]) -> str:
        form = (forms or {}).get(match[1]) or QUANTITIES[match[1].split()[0]].form
        return show(form, value(match[1], facts, values))

    return PLACEHOLDER.sub(written, text)


def models_in(phrases: Sequence[str]) -> set[str]:
    """The networks that these insides of placeholders speak of; what the report published is always there."""
    return {
        argument
        for phrase in phrases
        for argument in phrase.split()[1:]
        if argument in ARGUMENTS["model"] and not phrase.startswith("report ")
    }
