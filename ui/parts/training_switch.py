"""The switch of Decoders and Bottleneck: networks that were trained on distorted pictures, or on clean ones."""

from collections.abc import Iterable, Mapping

from dae_core.distortions.strengths import ALL_DAMAGE
from dae_core.experiments import EXPERIMENTS
from dae_core.telling.choices import ANY_STRENGTH, CLEAN, choice_of
from ui.charts import figures
from ui.controls.choice import one_of
from ui.parts import bottleneck, decoders
from ui.shelf import networks, scores
from ui.widgets.chart.chart import chart

DISTORTED, CLEAN_ONLY = "distorted", "clean"  # They stand in the address, too.
_TITLES = {DISTORTED: "Distorted pictures", CLEAN_ONLY: "Clean pictures"}
_KINDS = {DISTORTED: ANY_STRENGTH, CLEAN_ONLY: CLEAN}
_CHOICES = {experiment.name: choice_of(experiment) for experiment in EXPERIMENTS}
# They are decoder 1 at every latent size, and the three decoders at a size that all have, by their training.
SIZES: dict[str, dict[int, str]] = {
    kind: dict(
        sorted((c.latent_size, name) for name, c in _CHOICES.items() if (c.decoder, c.trained_on) == ("1", known))
    )
    for kind, known in _KINDS.items()
}
DECODERS: dict[str, tuple[str, ...]] = {
    DISTORTED: tuple(f"denoiser-{number}-1000" for number in (1, 2, 3)),
    CLEAN_ONLY: decoders.DECODERS,
}


def trained_on(names: Mapping[str, Iterable[str]]) -> str:
    """What the visitor wants the networks of the page to have been trained on; distorted pictures, to begin with.

    Args:
        names: Of the experiments, by what they were trained on; what is not trained yet is not offered.
    """
    usable, _ = networks.checkpoints()
    # A single network could be compared with nothing.
    offered = [kind for kind, members in names.items() if len(usable.keys() & set(members)) > 1] or [CLEAN_ONLY]
    return one_of("Trained on", offered, offered[0], "trained", format_func=_TITLES.__getitem__)


def errors(kind: str, damage: str) -> dict[int, float]:
    """The test MSE of decoder 1 by latent size.

    Args:
        kind: What it was trained on.
        damage: What is done to the test pictures, a key of `CORRUPTIONS`.

    Raises:
        CheckpointError: A file is not what its manifest says.
    """
    found = {size: scores.metric_rows().mean(name, damage) for size, name in SIZES[kind].items()}
    return {size: error for size, error in found.items() if error is not None}


def cost_of_distortion(live: Mapping[int, float], size: int) -> None:
    """Error against latent size, with and without distortions; a click on a point picks its size."""
    curves = {
        "This picture": live,
        "Trained on distorted pictures, tested with all three distortions": errors(DISTORTED, ALL_DAMAGE),
        "Trained on distorted pictures, tested on clean ones": errors(DISTORTED, "clean"),
        "Trained on clean pictures, tested with all three distortions": errors(CLEAN_ONLY, ALL_DAMAGE),
        "Trained on clean pictures, tested on clean ones": errors(CLEAN_ONLY, "clean"),
    }
    chart(
        figures.bottleneck_curve({title: curve for title, curve in curves.items() if curve}, {}, size, {}),
        on_select=bottleneck.size_clicked,
        selection_mode="points",
        key="bottleneck_curve",
        alt="Error against the latent size, of networks trained on distorted and on clean pictures",
    )
