"""Networks by what a visitor picks: a decoder, a latent size, and what they were trained on."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from math import log2

from dae_core.distortions.strengths import ALL_DAMAGE, KINDS
from dae_core.experiments import NUMBERED, Experiment, training_corruption

ANY_STRENGTH, CLEAN = "any", "clean"


@dataclass(frozen=True)
class Choice:
    """Where a network stands among all.

    Attributes:
        decoder: `1`, `2` or `3`, one of the report's; of other networks their title.
        latent_size: Numbers in the latent; 0 where the picture goes around it.
        trained_on: `ANY_STRENGTH`, `CLEAN`, or the report's distortions that it knows, a key of
            `strengths.CORRUPTIONS`.
    """

    decoder: str
    latent_size: int
    trained_on: str


ROWS = tuple(field.name for field in fields(Choice))
_TRAINED_ON = {ANY_STRENGTH: "Any distortion", CLEAN: "Clean pictures", ALL_DAMAGE: "All three distortions"}


def label(row: str, option: str | int) -> str:
    """What an option of one of `ROWS` is called where it is picked."""
    if row == "latent_size":
        return f"{option:,}"
    if row == "decoder":
        return str(option)
    return _TRAINED_ON.get(str(option)) or " + ".join(KINDS[kind].title for kind in str(option).split("+"))


def label_of(experiment: Experiment, row: str) -> str:
    """What is picked in one of `ROWS` to get this network."""
    return label(row, getattr(choice_of(experiment), row))


def choice_of(experiment: Experiment) -> Choice:
    """What has to be picked to get this network."""
    number = NUMBERED.get(experiment.model.architecture)
    trained_on = "+".join(training_corruption(experiment).active) or CLEAN
    return Choice(
        str(number) if number else experiment.title,
        experiment.model.latent_size,
        ANY_STRENGTH if experiment.blind else trained_on,
    )


def options(experiments: Iterable[Experiment], row: str) -> list[str | int]:
    """What there is to pick in one of `ROWS`, each once: sizes ascend, what is asked for most comes first."""
    found = dict.fromkeys(getattr(choice_of(experiment), row) for experiment in experiments)
    if row == "latent_size":
        return sorted(size for size in found if size)
    first = [*map(str, NUMBERED.values()), ANY_STRENGTH, CLEAN]
    return sorted(found, key=lambda option: first.index(option) if option in first else len(first))


def nearest(experiments: Iterable[Experiment], now: Experiment, row: str, wish: str | int) -> Experiment | None:
    """The network that has what is wished in one row and differs least from the present one in the others.

    Args:
        experiments: Those to choose from.
        now: The present one.
        row: One of `ROWS`.
        wish: What it should be there.

    Returns:
        The first of the nearest; None if no network has what is wished.
    """
    candidates = [experiment for experiment in experiments if getattr(choice_of(experiment), row) == wish]
    return min(candidates, key=lambda other: _distance(choice_of(other), choice_of(now), row), default=None)


def _distance(one: Choice, other: Choice, but_for: str) -> tuple[int, bool, bool, float]:
    """In how many rows two differ; of as many, rather in the size than in the decoder than in the training."""
    rows = {row for row in ROWS if row != but_for and getattr(one, row) != getattr(other, row)}
    sizes = [choice.latent_size or 1000 for choice in (one, other)]
    return len(rows), "trained_on" in rows, "decoder" in rows, abs(log2(sizes[0] / sizes[1]))
