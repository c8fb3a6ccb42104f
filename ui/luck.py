"""What is luck in a comparison of two networks: the seed, and when early stopping strikes."""

from collections.abc import Iterable, Mapping
from statistics import median

import streamlit as st

from dae_core import report, scatters, tables
from dae_core.checkpoints import Checkpoint
from dae_core.experiments import KINDS
from dae_core.repeats import Repeat
from ui import cache


def repeats(usable: Mapping[str, Checkpoint], names: Iterable[str]) -> list[Repeat]:
    """The further trainings of the named experiments, as far as their checkpoints are there."""
    return [one for one in cache.repeats() if one.experiment in names and one.experiment in usable]


def rankings(theirs: dict[str, float], ours: dict[str, float], again: list[tuple[int, str, float]]) -> None:
    """Who is better than whom, in the report, here, and here with other seeds: (seed, title, error) each."""
    if len(ours) < len(theirs):
        return
    lines = [f"Lowest error first, the report: {tables.ranking(theirs)}.", f"Ours: {tables.ranking(ours)}."]
    for seed in sorted({seed for seed, _, _ in again}):
        errors = {title: error for one, title, error in again if one == seed}
        if len(errors) > 1:
            lines.append(f"Ours with another seed, {seed}: {tables.ranking(errors)}.")
    if len(again) > 1:
        apart = sorted(abs(error / ours[title] - 1) for _, title, error in again)
        lines.append(
            f":small[Two trainings of the same network that differ in nothing but the seed end up to {apart[-1]:.0%} "
            f"apart, half of them more than {median(apart):.0%}.]"
        )
    lines.append(":small[≈ stands between two that are less than 5 % apart.]")
    st.markdown("  \n".join(lines))


def _short(damage: str) -> str:
    return " + ".join(KINDS[name].short for name in damage.split("+"))


def why_this_order() -> None:
    """Table 2 once more, by how long early stopping let each network learn."""
    rows, (usable, _) = cache.metric_rows(), cache.checkpoints()
    names = [name for name in report.TABLE_2 if name in usable]
    if len(names) < 3:
        return
    damage = {name: tables.own_corruption(name) for name in names}
    epochs = {name: usable[name].manifest["epochs_run"] for name in names}
    errors = {name: tables.mean_of(rows, name, damage[name]) or 0.0 for name in names}
    again: dict[str, list[tuple[str, int, float]]] = {"Another seed": [], "More patience": []}
    more = []
    for one in repeats(usable, names):
        own, title = usable[one.experiment].experiment, tables.damage_title(damage[one.experiment])
        kind = "Another seed" if one.patience == own.patience else "More patience"
        again[kind].append((_short(damage[one.experiment]), one.epochs_run, one.test_mse))
        if one.patience > own.patience and one.seed == own.seed:
            more.append(
                f"With a patience of {one.patience} instead of {own.patience}, and all else as it was, {title} runs "
                f"{one.epochs_run} epochs instead of {epochs[one.experiment]} and ends at {one.test_mse:.5f} instead "
                f"of {errors[one.experiment]:.5f}."
            )
    first = [(_short(damage[name]), epochs[name], errors[name]) for name in names]
    st.plotly_chart(
        scatters.error_by_epochs({"Table 2": first} | {kind: points for kind, points in again.items() if points}),
        key="why_this_order",
        alt="Test error of the networks of Table 2 against the number of epochs that each was trained",
    )
    correlation = tables.rank_correlation(list(epochs.values()), list(errors.values()))
    text = (
        f"The same protocol let these networks learn for {min(epochs.values())} to {max(epochs.values())} epochs: a "
        "training stops when the validation loss, which jumps, brings nothing new three times in a row. The rank "
        f"correlation of epochs and error is {correlation:.2f}".replace("-", "−")
        + " (−1: whoever ran longer is better, without exception)."
    )
    if correlation < -0.7:
        text += " So this order says more about when early stopping struck than about the distortions."
    st.markdown(" ".join([text, *more]))
