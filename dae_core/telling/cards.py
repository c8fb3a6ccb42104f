"""Model cards: what a checkpoint is, how it was made, what it is good for and what not."""

from dae_core.checkpoints import Checkpoint
from dae_core.experiments import LOSS_TITLES, training_corruption
from dae_core.scores.metrics import METRICS
from dae_core.scores.rows import DAMAGED_INPUT, Rows
from dae_core.telling.tables import Table, damage_title

INTRODUCTION = """
In January 2023, Julian Gruber, Massimiliano Viola, Haris Mujala and David Mihola reported on a course project: *Course
Project Report, Deep Learning KU*. They trained convolutional autoencoders to rebuild clean faces of cats and dogs from
damaged ones. Everything they measured was measured again here, with networks trained to their protocol.

**Our numbers stand beside theirs, they are not the same measurement.** The cats are from Animal Faces-HQ, as in the
report, but not necessarily the same ones; its dogs could not be had, so ours are face crops of Dogs-vs-Cats, Stanford
Dogs and Oxford-IIIT Pet. The report does not give the strengths of its noises, its batch size, or the schedule of its
fully convolutional network: these are ours.
"""

DATA = (
    "8743 training, 1000 validation and 984 test pictures, 64 x 64: cats of Animal Faces-HQ v1 (CC BY-NC 4.0), dogs "
    "cropped from Dogs-vs-Cats, Stanford Dogs and Oxford-IIIT Pet. None of them is passed on here."
)
INTENDED_USE = "Teaching and research, non-commercial: the licence of the cats asks for that."
LIMITS = (
    "It knows faces of cats and dogs, upright, centred, at 64 x 64. Of anything else it makes what it can out of such "
    "faces. It does not recover what was lost, it invents what is likely: no evidence, no medicine, no identification."
)


def card(checkpoint: Checkpoint) -> str:
    """A checkpoint's card as Markdown; its scores are in `score_table`."""
    experiment, manifest = checkpoint.experiment, checkpoint.manifest
    versions = ", ".join(f"{tool} {version}" for tool, version in manifest["trained_with"].items())
    versions += f"; computed in {experiment.precision}" if experiment.precision != "float32" else ""
    protocol = (
        f"{experiment.optimizer.capitalize()} at {experiment.learning_rate:g}"
        + (f", times {experiment.learning_rate_decay:g} every epoch" if experiment.learning_rate_decay != 1 else "")
        + f", {LOSS_TITLES[experiment.loss]}, batches of {experiment.batch_size}, at most {experiment.epochs} epochs, "
        f"patience {experiment.patience}, seed {experiment.seed}. It ran {manifest['epochs_run']} epochs in "
        f"{manifest['training_seconds'] / 60:.0f} minutes; the weights are those of epoch {manifest['best_epoch']}."
    )
    trainable = manifest["parameters"]["trainable"]
    fixed = f"{checkpoint.parameters - trainable:,} fixed ones, " if checkpoint.parameters > trainable else ""
    return "\n\n".join(
        (
            f"{experiment.summary}. {trainable:,} trainable parameters, {fixed}{checkpoint.model_bytes / 1e6:.1f} MB.",
            f"**Training.** {protocol} {versions}.",
            f"**Data.** {DATA}",
            f"**Intended use.** {INTENDED_USE}",
            f"**Limits.** {LIMITS}",
        )
    )


def score_table(checkpoint: Checkpoint, rows: Rows) -> Table:
    """Scores on what the network was trained on and on clean pictures: of it, and of the damaged input."""
    own = "+".join(training_corruption(checkpoint.experiment).active) or "clean"
    return [
        {"Test pictures": f"{damage_title(damage)}, {animals}"}
        | {
            title: metric.cell(rows.mean(method, damage, animals, name))
            for name, metric in METRICS.items()
            for title, method in ((metric.heading, checkpoint.name), (f"{metric.heading}, damaged", DAMAGED_INPUT))
        }
        for damage in dict.fromkeys((own, "clean"))
        for animals in ("all", "cat", "dog")
    ]
