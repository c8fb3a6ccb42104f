"""What is luck in a comparison of two networks: the seed, and when early stopping strikes."""

from collections.abc import Iterable, Mapping
from statistics import mean, median

import streamlit as st

from dae_core.checkpoints import CHECKPOINTS_FOLDER, Checkpoint
from dae_core.distortions.strengths import KINDS
from dae_core.scores.repeats import Repeat, prolonged, reseeded
from dae_core.telling import report_numbers, tables
from dae_core.training.history import History, best_epoch, read_history
from ui.charts import figures, scatters
from ui.shelf import networks, scores


def repeats(usable: Mapping[str, Checkpoint], names: Iterable[str]) -> list[Repeat]:
    """The further trainings of the named experiments, as far as their checkpoints are there."""
    return [one for one in scores.repeats() if one.experiment in names and one.experiment in usable]


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
    rows, (usable, _) = scores.metric_rows(), networks.checkpoints()
    names = [name for name in report_numbers.TABLE_2 if name in usable]
    if len(names) < 3:
        return
    damage = {name: tables.own_corruption(name) for name in names}
    epochs = {name: usable[name].manifest["epochs_run"] for name in names}
    errors = {name: rows.mean(name, damage[name]) or 0.0 for name in names}
    further = repeats(usable, names)
    again = {"Another seed": reseeded(further, usable), "More patience": prolonged(further, usable)}
    more = [
        f"With a patience of {one.patience} instead of {usable[one.experiment].experiment.patience}, and all else as "
        f"it was, {tables.damage_title(damage[one.experiment])} runs {one.epochs_run} epochs instead of "
        f"{epochs[one.experiment]} and ends at {one.test_mse:.5f} instead of {errors[one.experiment]:.5f}."
        for one in again["More patience"]
    ]
    points = {"Table 2": [(_short(damage[name]), epochs[name], errors[name]) for name in names]}
    for kind, trainings in again.items():
        points[kind] = [(_short(damage[one.experiment]), one.epochs_run, one.test_mse) for one in trainings]
    st.plotly_chart(
        scatters.error_by_epochs({kind: dots for kind, dots in points.items() if dots}),
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


# The only training with batches of 64 whose history was kept: all else is as in the checkpoint.
HALVED = "distortion-gaussian"
LARGER_BATCH_FILE = CHECKPOINTS_FOLDER / f"{HALVED}-batch-64.csv"


def batch_size() -> None:
    """What half the batch size changes: one network of Table 2, trained both ways."""
    usable, _ = networks.checkpoints()
    if HALVED not in usable or usable[HALVED].experiment.batch_size != 32 or not LARGER_BATCH_FILE.exists():
        st.caption(f"There is nothing to compare until {HALVED} is trained with batches of 32.")
        return
    histories = {64: read_history(LARGER_BATCH_FILE), 32: networks.history(HALVED)}
    titles = {size: f"{size} pictures a step" for size in histories}
    st.plotly_chart(
        figures.loss_curves(
            {titles[size]: history for size, history in histories.items()},
            {titles[size]: best_epoch(history) for size, history in histories.items()},
        ),
        key="batch_size",
        alt="Loss by epoch of the same network, trained with 64 and with 32 pictures a step",
    )
    st.markdown(
        "The report says nothing of its batch size, and 32 is what Keras takes if nobody does. "
        + " ".join(_with_batches_of(size, history) for size, history in histories.items())
        + " Half the batch is twice as many steps, so that the moving averages of batch normalization, which only "
        "validation uses, keep up with the weights."
    )


def _with_batches_of(size: int, history: History) -> str:
    above = mean(row["val_loss"] / row["loss"] for row in history) - 1
    side = "above" if above > 0 else "below"
    best = history[best_epoch(history) - 1]
    return (
        f"With **{size}**, the validation loss is {abs(above):.0%} {side} the training loss "
        f"on average, and training stops after {len(history)} epochs with {best['val_loss']:.5f} at best."
    )
