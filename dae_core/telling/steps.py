"""The steps beyond the report, each an idea."""

from dataclasses import dataclass

from dae_core.distortions.strengths import ALL_DAMAGE


@dataclass(frozen=True)
class Step:
    """One idea.

    Attributes:
        title: In a word or two.
        idea: In a sentence, for someone who sees the picture beside it.
        after: The experiment that it adds this idea to.
    """

    title: str
    idea: str
    after: str = ""


# The keys are the names of the experiments.
LADDER = {
    "convolutional-all": Step(
        "Convolution",
        "Where the report ended: convolutions all the way, and the whole picture passes through 8 x 8 x 64 numbers.",
    ),
    "beyond-residual": Step(
        "Residual",
        "Each block adds to what it was given instead of making it anew, which lets far deeper networks learn (He et "
        "al. 2015). There are a few more layers, too; at this depth, one training was none the better for it.",
        after="convolutional-all",
    ),
    "beyond-correction": Step(
        "Correction",
        "The network no longer paints the picture, only what to change about it, and it begins by changing nothing "
        "(Zhang et al. 2016). It fills squares well and leaves the noise: that differs from pixel to pixel, and so "
        "much change does not fit through the bottleneck.",
        after="beyond-residual",
    ),
    "beyond-unet": Step(
        "U-Net",
        "Skip connections carry fine detail around the bottleneck, at every size of the picture (Ronneberger et al. "
        "2015): now the correction can be as fine as the noise.",
        after="beyond-correction",
    ),
    "beyond-blind": Step(
        "Blind",
        "The same network, trained on any strength of each distortion and on pictures without some of them: mostly up "
        "to twice the report's, but no position of the sliders is new to it.",
        after="beyond-unet",
    ),
    "beyond-sharp": Step(
        "Sharp",
        "The same once more with another loss, which punishes a bold mistake less than the square does, and asks for "
        "the structure of the original (Charbonnier et al. 1994, Wang et al. 2004).",
        after="beyond-blind",
    ),
    "beyond-restorer": Step(
        "Restorer",
        "The blind one, wider, trained for longer, and with modern blocks in the middle: gates in place of "
        "activations, attention to what the whole picture is like (Chen et al. 2022). And asked twice, for the picture "
        "and its mirror image: the mean of two answers is nearer (Timofte et al. 2016).",
        after="beyond-blind",
    ),
}
RECOMMENDED = "beyond-restorer"
BOTTLENECK = "beyond-bottleneck"
# Network 1 with as many numbers, by what both are tested on.
BOTTLENECK_RIVALS = {"clean": "bottleneck-1000", ALL_DAMAGE: "distortion-all"}
