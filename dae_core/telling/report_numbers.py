"""What the report published, as data: its numbers, its tables and figures, and where their counterparts are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A line of Table 1; losses are MSE of pictures in [0, 1]."""

    parameters: int
    epoch: int
    loss: float
    val_loss: float


# Table 1: validation results for networks 1 to 3, through 4096 numbers, on clean pictures.
TABLE_1: dict[str, Published] = {
    "decoder-1": Published(50_704_803, 24, 0.0057, 0.0057),
    "decoder-2": Published(50_704_803, 17, 0.0076, 0.0072),
    "decoder-3": Published(50_680_971, 17, 0.0078, 0.0072),
}

# Table 2: test MSE of network 1 at 1000, trained and tested on the same distortions. "Coarse" is cutout.
TABLE_2: dict[str, float] = {
    "distortion-cutout": 0.00765,
    "distortion-gaussian": 0.00673,
    "distortion-salt-pepper": 0.00676,
    "distortion-cutout-gaussian": 0.00738,
    "distortion-cutout-salt-pepper": 0.00729,
    "distortion-gaussian-salt-pepper": 0.00626,
    "distortion-all": 0.00668,
}

# Validation MSE elsewhere in the text: section 3.1.1, and section 4.
VALIDATION: dict[str, float] = {"bottleneck-1000": 0.0058, "convolutional-all": 0.0037}


@dataclass(frozen=True)
class Exhibit:
    """A table or figure of the report.

    Attributes:
        name: As the report calls it.
        section: Where it stands.
        shows: What it shows, in our words.
        page: The page with our counterpart.
        differs: What is different here, and why.
    """

    name: str
    section: str
    shows: str
    page: str
    differs: str


EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit(
        "Figure 1",
        "1",
        "Samples of the resized pictures",
        "app.py",
        "Animal Faces-HQ is not free to be passed on, so the pictures to play with are nine CC0 ones: three faces, and "
        "six things that no network here was trained on.",
    ),
    Exhibit(
        "Figure 2",
        "3.1",
        "Training and validation loss of the networks with different decoders",
        "pages/1_Decoders.py",
        "Same optimizer, loss and patience. The report names no batch size, ours is 64.",
    ),
    Exhibit(
        "Table 1",
        "3.1",
        "Parameters, epochs and losses of networks 1 to 3",
        "pages/1_Decoders.py",
        "The parameters agree to the last one. The losses are of other dogs. Network 1 is the best in both; networks "
        "2 and 3 are nearer to it here, where early stopping let them learn for more epochs than there.",
    ),
    Exhibit(
        "Figure 3",
        "3.1",
        "How the validation error is spread over the pictures",
        "pages/1_Decoders.py",
        "Shown as histograms that can be laid over each other.",
    ),
    Exhibit(
        "Figure 4",
        "3.1.1",
        "Validation error against the size of the bottleneck",
        "pages/2_Bottleneck.py",
        "The report prints only the number for 1000; the other sizes are ours. In both, more than 1000 numbers gain "
        "little. That is not for want of something to gain: the error of principal components, a linear "
        "method that the report does not have, goes on falling.",
    ),
    Exhibit(
        "Figure 5",
        "3.1.2",
        "The final network: network 1 with 1000 numbers",
        "pages/7_Report.py",
        "Drawn to scale from the shapes of the network that is served.",
    ),
    Exhibit(
        "Figure 6",
        "3.1.3",
        "The distortions on an example picture",
        "app.py",
        "The report gives no strengths for the two noises: ours are a standard deviation of 0.1 and 5 % of the values.",
    ),
    Exhibit(
        "Table 2",
        "3.2",
        "Test error for each distortion and each combination",
        "pages/3_Distortions.py",
        "The report does not give the strengths of its noises, so this cannot be compared number by number. Which "
        "distortion is the hardest comes out differently, here mostly by how long early stopping let each network "
        "learn: see *Why this order?* on the page Distortions.",
    ),
    Exhibit(
        "Figure 7",
        "3.2",
        "Pictures that the final network rebuilt",
        "app.py",
        "On any picture, also your own, and at any strength.",
    ),
    Exhibit(
        "Figure 8",
        "4",
        "The fully convolutional network",
        "pages/7_Report.py",
        "Drawn to scale from the shapes of the network that is served.",
    ),
    Exhibit(
        "Figure 9",
        "4",
        "Pictures that the fully convolutional network rebuilt",
        "app.py",
        "The report does not say how fast its learning rate falls, nor how patient its early stopping is: here "
        "the rate shrinks by 5 % every epoch, and the patience is 10. That it is far better than network 1 holds in "
        "both.",
    ),
)
