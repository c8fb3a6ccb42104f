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
from dae_core.scores.metrics import METRICS
from dae_core.scores.rows import DAMAGED_INPUT, Rows
from dae_core.serving.classical import BASELINES
from dae_core.telling.report_numbers import TABLE_1, VALIDATION

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PUBLISHED = VALIDATION | {name: line.val_loss for name, line in TABLE_1.items()}
DAMAGED, BEST_CLASSICAL = "damaged", "best_classical"  # Methods that are no network and no classical denoiser.


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
    errors: Callable[[str], np.ndarray]

    def score(self, method: str, damage: str, metric: str = "mse") -> float:
        """The mean over the test pictures.

        Raises:
            FactError: There is no such row.
        """
        row = {DAMAGED: DAMAGED_INPUT, BEST_CLASSICAL: self.best_classical(damage)}.get(method, method)
        value = self.rows.mean(row, damage, metric=metric)
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


# What may stand after the name of a placeholder.
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "model": tuple(experiment.name for experiment in EXPERIMENTS),
    "method": (*(experiment.name for experiment in EXPERIMENTS), *BASELINES, DAMAGED, BEST_CLASSICAL),
    "damage": tuple(CORRUPTIONS),
    "distortion": tuple(name for name in CORRUPTIONS if name != "clean"),
    "published": tuple(PUBLISHED),
}


@dataclass(frozen=True)
class Quantity:
    """A kind of placeholder.

    Attributes:
        arguments: What follows its name, keys of `ARGUMENTS`.
        form: How it is written.
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
    "report": Quantity(("published",), "{:.4f}", lambda _, model: PUBLISHED[model]),
    "easiest": Quantity(("model",), "{:.4f}", lambda facts, model: float(facts.errors(model).min())),
    "hardest": Quantity(("model",), "{:.4f}", lambda facts, model: float(facts.errors(model).max())),
}


def complaint(phrase: str) -> str | None:
    """What is wrong with the inside of a placeholder, as a sentence; None if nothing is."""
    name, *arguments = phrase.split() or [""]
    if name not in QUANTITIES:
        return f"`{{{phrase}}}` asks for `{name}`, which is not one of: {', '.join(QUANTITIES)}."
    wanted = QUANTITIES[name].arguments
    if len(arguments) != len(wanted):
        return f"`{{{phrase}}}` needs {len(wanted)} words after `{name}`: {' and '.join(wanted)}."
    for argument, kind in zip(arguments, wanted, strict=True):
        if argument not in ARGUMENTS[kind]:
            return f"`{{{phrase}}}` names the {kind} `{argument}`, which is not one of: {', '.join(ARGUMENTS[kind])}."
    return None


def value(phrase: str, facts: Facts) -> float | str:
    """What the inside of a placeholder stands for.

    Raises:
        FactError: It was not measured.
    """
    name, *arguments = phrase.split()
    return QUANTITIES[name].of(facts, *arguments)


def fill(text: str, facts: Facts) -> str:
    """The text with every placeholder filled; numbers with a true minus and units that do not break off.

    Raises:
        FactError: One of them was not measured.
    """

    def written(match: re.Match) -> str:
        form = QUANTITIES[match[1].split()[0]].form
        words = form.format(value(match[1], facts)).replace(" dB", "\u00a0dB")
        return re.sub(r"-(?=[\d∞])", "−", words)  # A minus; the hyphen of non-local means stays.

    return PLACEHOLDER.sub(written, text)


def models_in(phrases: Sequence[str]) -> set[str]:
    """The networks that these insides of placeholders speak of; what the report published is always there."""
    return {
        argument
        for phrase in phrases
        for argument in phrase.split()[1:]
        if argument in ARGUMENTS["model"] and not phrase.startswith("report ")
    }
