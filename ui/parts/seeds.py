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
from ui.shelf.texts import say
from ui.widgets.chart.chart import chart


def repeats(usable: Mapping[str, Checkpoint], names: Iterable[str]) -> list[Repeat]:
    """The further trainings of the named experiments, as far as their checkpoints are there."""
    return [one for one in scores.repeats() if one.experiment in names and one.experiment in usable]


def pointer() -> None:
    """Leads from a table to what checks it."""
    st.page_link("pages/7_Report.py", label="How much is luck? See the Report", icon=":material/arrow_forward:")


def repeated() -> None:
    """How far another seed takes the numbers of Table 1, Table 2 and figure 4."""
    st.markdown(say("seeds", "introduction"))
    usable, rows = networks.checkpoints()[0], scores.metric_rows()
    first = {name: line.val_loss for name, line in report_numbers.TABLE_1.items()}
    ours = {name: usable[name].manifest["val_loss"] for name in first if name in usable}
    further = reseeded(repeats(usable, first), usable)
    short = {name: tables.BY_NAME[name].short_title for name in first}
    _rankings("Table 1", short, first, ours, [(one.seed, one.experiment, one.val_loss) for one in further])
    second = {name: tables.own_corruption(name) for name in report_numbers.TABLE_2}
    found = {name: rows.mean(name, damage) for name, damage in second.items()}
    ours = {name: error for name, error in found.items() if error is not None}
    further = reseeded(repeats(usable, second), usable)
    again = [(one.seed, one.experiment, one.test_mse) for one in further]
    distortions = {name: _short(damage) for name, damage in second.items()}
    _rankings("Table 2", distortions, report_numbers.TABLE_2, ours, again)
    values = tables.values_of_seeds(usable, scores.repeats(), "bottleneck-1000", "val_loss")
    if values:
        low, high, count = min(values), max(values), len(values)
        st.markdown(say("seeds", "seeds_of_1000", all_seeds=mean(values), lowest=low, highest=high, seeds=count))


def _rankings(
    exhibit: str,
    titles: Mapping[str, str],
    theirs: Mapping[str, float],
    ours: Mapping[str, float],
    again: list[tuple[int, str, float]],
) -> None:
    """Who is better than whom, in the report, here, and here with other seeds: (seed, name, error) each."""

    def order(errors: Mapping[str, float]) -> str:
        return tables.ranking({titles[name]: error for name, error in errors.items()})

    if len(ours) < len(theirs):
        return
    lines = [say("seeds", "order_of_report", exhibit=exhibit, order=order(theirs))]
    lines.append(say("seeds", "order_of_ours", order=order(ours)))
    for seed in sorted({seed for seed, _, _ in again}):
        errors = {name: error for one, name, error in again if one == seed}
        if len(errors) > 1:
            lines.append(say("seeds", "order_of_another_seed", seed=seed, order=order(errors)))
    if len(again) > 1:
        apart = [abs(error / ours[name] - 1) for _, name, error in again]
        lines.append(say("seeds", "seeds_apart", most=max(apart), half=median(apart)))
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
    points = {"Table 2": [(_short(damage[name]), epochs[name], errors[name]) for name in names]}
    for kind, trainings in again.items():
        points[kind] = [(_short(damage[one.experiment]), one.epochs_run, one.test_mse) for one in trainings]
    chart(
        scatters.error_by_epochs({kind: dots for kind, dots in points.items() if dots}),
        key="why_this_order",
        alt="Test error of the networks of Table 2 against the number of epochs that each was trained",
    )
    words = [say("seeds", "why_this_order", shortest=min(epochs.values()), longest=max(epochs.values()))]
    words += [_with_patience(one, usable[one.experiment], errors[one.experiment]) for one in again["More patience"]]
    st.markdown(" ".join(words))


def _with_patience(one: Repeat, shipped: Checkpoint, error: float) -> str:
    return say(
        "seeds",
        "more_patience",
        patience=one.patience,
        patience_before=shipped.experiment.patience,
        distortion=tables.damage_title(tables.own_corruption(one.experiment)),
        epochs=one.epochs_run,
        epochs_before=shipped.manifest["epochs_run"],
        error=one.test_mse,
        error_before=error,
    )


def what_remains() -> None:
    """How far Table 2 is from the report's, for all pictures and for each class, and what may explain it."""
    rows, (usable, _) = scores.metric_rows(), networks.checkpoints()
    names = [name for name in report_numbers.TABLE_2 if name in usable]
    clean, distorted = "bottleneck-1000", "distortion-all"
    if rows.class_names != ("cat", "dog") or len(names) < len(report_numbers.TABLE_2) or clean not in usable:
        return

    def beside_theirs(animals: str) -> float:
        ours = (rows.mean(name, tables.own_corruption(name), animals) or 0.0 for name in names)
        return sum(ours) / sum(report_numbers.TABLE_2.values())

    pictures, first, second = (beside_theirs(animals) for animals in ("all", *rows.class_names))
    st.markdown(say("seeds", "what_remains", all=pictures, first=first, second=second))
    epochs, epochs_clean = (usable[name].manifest["epochs_run"] for name in (distorted, clean))
    st.markdown(say("seeds", "what_was_tried", epochs=epochs, epochs_clean=epochs_clean))


# No other history of a training with batches of 64 was kept; all else is as in the checkpoint.
HALVED = "distortion-gaussian"
LARGER_BATCH_FILE = CHECKPOINTS_FOLDER / f"{HALVED}-batch-64.csv"


def batch_size() -> None:
    """What half the batch size changes: one network of Table 2, trained both ways."""
    usable, _ = networks.checkpoints()
    if HALVED not in usable or usable[HALVED].experiment.batch_size != 32 or not LARGER_BATCH_FILE.exists():
        st.caption("There is nothing to compare until the network for Gaussian noise is trained with batches of 32.")
        return
    histories = {64: read_history(LARGER_BATCH_FILE), 32: networks.history(HALVED)}
    titles = {size: f"{size} pictures a step" for size in histories}
    chart(
        figures.loss_curves(
            {titles[size]: history for size, history in histories.items()},
            {titles[size]: best_epoch(history) for size, history in histories.items()},
        ),
        key="batch_size",
        alt="Loss by epoch of the same network, trained with 64 and with 32 pictures a step",
    )
    (ratio_64, epochs_64, best_64), (ratio_32, epochs_32, best_32) = map(_in_numbers, histories.values())
    st.markdown(
        say(
            "seeds",
            "batch_size",
            ratio_64=ratio_64,
            epochs_64=epochs_64,
            best_64=best_64,
            ratio_32=ratio_32,
            epochs_32=epochs_32,
            best_32=best_32,
        )
    )


def _in_numbers(history: History) -> tuple[float, int, float]:
    """How large the validation loss is beside the training loss, on average; the epochs; the lowest validation loss."""
    ratio = mean(row["val_loss"] / row["loss"] for row in history)
    return ratio, len(history), history[best_epoch(history) - 1]["val_loss"]
