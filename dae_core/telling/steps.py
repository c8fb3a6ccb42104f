"""The steps beyond the report; `texts/steps.toml` says what each idea is."""

from dae_core.distortions.strengths import ALL_DAMAGE

# Each step names the one that it adds an idea to.
LADDER = {
    "convolutional-all": None,
    "beyond-residual": "convolutional-all",
    "beyond-correction": "beyond-residual",
    "beyond-unet": "beyond-correction",
    "beyond-blind": "beyond-unet",
    "beyond-sharp": "beyond-blind",
    "beyond-restorer": "beyond-blind",
}
RECOMMENDED = "beyond-restorer"
BOTTLENECK = "beyond-bottleneck"
# These have as many numbers and decoder 1, by what both are tested on.
BOTTLENECK_RIVALS = {"clean": "bottleneck-1000", ALL_DAMAGE: "distortion-all"}
# Tables and charts compare these: where the report began, and all that came after.
COMPARED = ("distortion-all", *LADDER, BOTTLENECK)


def before(name: str, trained: list[str]) -> str | None:
    """What a step is to be compared with: what it adds to, or what comes before that if it is not trained."""
    earlier = LADDER[name]
    while earlier and earlier not in trained:
        earlier = LADDER[earlier]
    return earlier
