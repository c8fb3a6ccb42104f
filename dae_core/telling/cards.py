"""Model cards: what a checkpoint is, how it was made, what it is good for and what not."""

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import LOSS_TITLES, training_corruption
from dae_core.scores.metrics import METRICS
from dae_core.scores.repeats import versions
from dae_core.scores.rows import DAMAGED_INPUT, Rows
from dae_core.telling.classes import list_classes
from dae_core.telling.tables import Table, damage_title
from dae_core.telling.texts import tell


def card(checkpoint: Checkpoint) -> str:
    """A checkpoint's card as Markdown; its scores are in `score_table`."""
    pictures = [tell("cards", "data"), tell("cards", "use"), tell("cards", "limits")]
    if checkpoint.other_classes:
        pictures = [tell("cards", "other_pictures", classes=list_classes(checkpoint.other_classes))]
    return "\n\n".join((_what(checkpoint), _training(checkpoint), *pictures))


def _what(checkpoint: Checkpoint) -> str:
    trainable = checkpoint.manifest["parameters"]["trainable"]
    return tell(
        "cards",
        "what",
        summary=checkpoint.experiment.summary,
        trainable=trainable,
        fixed=checkpoint.parameters - trainable,
        size=checkpoint.model_bytes / 1e6,
    )


def _training(checkpoint: Checkpoint) -> str:
    experiment, manifest = checkpoint.experiment, checkpoint.manifest
    return tell(
        "cards",
        "training",
        optimizer=experiment.optimizer.capitalize(),
        rate=experiment.learning_rate,
        decay=experiment.learning_rate_decay,
        warm_up=experiment.warm_up_epochs,
        loss=LOSS_TITLES[experiment.loss],
        batch_size=experiment.batch_size,
        most_epochs=experiment.epochs,
        patience=experiment.patience,
        seed=experiment.seed,
        epochs=manifest["epochs_run"],
        minutes=round(manifest["training_seconds"] / 60),
        best=manifest["best_epoch"],
        tools=versions(manifest["trained_with"]),
        precision=experiment.precision.removeprefix("mixed_") if experiment.precision != "float32" else None,
    )


def score_table(checkpoint: Checkpoint, rows: Rows) -> Table:
    """Scores on what the network was trained on and on clean pictures: of it, and of the distorted input."""
    own = "+".join(training_corruption(checkpoint.experiment).active) or "clean"
    return [
        {"Test pictures": f"{damage_title(damage)}, {animals}"}
        | {
            title: metric.cell(rows.mean(method, damage, animals, name))
            for name, metric in METRICS.items()
            for title, method in ((metric.heading, checkpoint.name), (f"{metric.heading}, distorted", DAMAGED_INPUT))
        }
        for damage in dict.fromkeys((own, "clean"))
        for animals in ("all", *rows.class_names)
    ]
