"""When a sentence holds: `val decoder-1 < 0.9 * val bottleneck-1000 and epochs > 3`, over placeholders and numbers."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dae_core.errors import UserError
from dae_core.telling.placeholders import Facts, Shown, complaint, is_number, value

SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_NUMBER = r"-?\d+(?:\.\d+)?"


class ConditionError(UserError):
    """No condition; the message says why."""


@dataclass(frozen=True)
class Side:
    """A number, or a factor times the inside of a placeholder."""

    factor: float
    phrase: str = ""

    def number(self, facts: Facts, values: Mapping[str, Shown]) -> float:
        """What it is.

        Raises:
            FactError: It was not measured.
        """
        return self.factor * (float(value(self.phrase, facts, values)) if self.phrase else 1)


@dataclass(frozen=True)
class Comparison:
    """Two sides, and one of `SIGNS` between them."""

    left: Side
    sign: str
    right: Side

    def holds(self, facts: Facts, values: Mapping[str, Shown]) -> bool:
        """Whether it is true.

        Raises:
            FactError: One side was not measured.
        """
        return SIGNS[self.sign](self.left.number(facts, values), self.right.number(facts, values))


def parse_condition(text: str, forms: Mapping[str, str]) -> tuple[Comparison, ...]:
    """The comparisons of a condition, which all have to hold.

    Args:
        text: `SIDE SIGN SIDE`, several joined by `and`; a side is a number, the inside of a placeholder, or a number
            times such: `0.9 * val decoder-1`.
        forms: The values of the page, by name.

    Raises:
        ConditionError: It is none.
    """
    return tuple(_comparison(part, forms) for part in text.split(" and "))


def _comparison(text: str, forms: Mapping[str, str]) -> Comparison:
    sides = re.split(r"\s(<=|>=|<|>|=)\s", f" {text} ")
    if len(sides) != 3:
        raise ConditionError(f"`{text.strip()}` does not compare two sides by one of: {' '.join(SIGNS)}.")
    return Comparison(_side(sides[0].strip(), forms), sides[1], _side(sides[2].strip(), forms))


def _side(text: str, forms: Mapping[str, str]) -> Side:
    if re.fullmatch(_NUMBER, text):
        return Side(float(text))
    times = re.fullmatch(rf"({_NUMBER}) \* (.+)", text)
    factor, phrase = (float(times[1]), times[2]) if times else (1.0, text)
    if sentence := complaint(phrase, forms):
        raise ConditionError(sentence)
    if not is_number(phrase, forms):
        raise ConditionError(f"`{phrase}` is no number.")
    return Side(factor, phrase)


def phrases_of(comparisons: Collection[Comparison]) -> list[str]:
    """The insides of placeholders that a condition asks for."""
    return [side.phrase for one in comparisons for side in (one.left, one.right) if side.phrase]
