"""What the report published, as data: its numbers, its tables and figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A line of Table 1; losses are MSE of pictures in [0, 1]."""

    parameters: int
    epoch: int
    loss: float
    val_loss: float


# Table 1 has the validation results of networks 1 to 3, through 4096 numbers, on clean pictures.
TABLE_1: dict[str, Published] = {
    "decoder-1": Published(50_704_803, 24, 0.0057, 0.0057),
    "decoder-2": Published(50_704_803, 17, 0.0076, 0.0072),
    "decoder-3": Published(50_680_971, 17, 0.0078, 0.0072),
}

# Table 2 has the test MSE of network 1 at 1000, trained and tested on the same distortions. "Coarse" is cutout.
TABLE_2: dict[str, float] = {
    "distortion-cutout": 0.00765,
    "distortion-gaussian": 0.00673,
    "distortion-salt-pepper": 0.00676,
    "distortion-cutout-gaussian": 0.00738,
    "distortion-cutout-salt-pepper": 0.00729,
    "distortion-gaussian-salt-pepper": 0.00626,
    "distortion-all": 0.00668,
}

# The report gives these validation MSEs elsewhere, in sections 3.1.1 and 4.
VALIDATION: dict[str, float] = {"bottleneck-1000": 0.0058, "convolutional-all": 0.0037}


@dataclass(frozen=True)
class Exhibit:
    """A table or figure of the report; what is different here stands in `texts/exhibits.toml`.

    Attributes:
        name: As the report calls it.
        section: Where it stands.
        shows: What it shows, in our words.
    """

    name: str
    section: str
    shows: str

    @property
    def key(self) -> str:
        """`figure_1`, as of its text."""
        return self.name.lower().replace(" ", "_")


EXHIBITS: tuple[Exhibit, ...] = (
    Exhibit("Figure 1", "1", "Samples of the resized pictures"),
    Exhibit("Figure 2", "3.1", "Training and validation loss of the networks with different decoders"),
    Exhibit("Table 1", "3.1", "Parameters, epochs and losses of decoders 1 to 3"),
    Exhibit("Figure 3", "3.1", "How the validation error is spread over the pictures"),
    Exhibit("Figure 4", "3.1.1", "Validation error against latent size"),
    Exhibit("Figure 5", "3.1.2", "The final network: decoder 1, 1,000 numbers"),
    Exhibit("Figure 6", "3.1.3", "The distortions on an example picture"),
    Exhibit("Table 2", "3.2", "Test error for each distortion and each combination"),
    Exhibit("Figure 7", "3.2", "Pictures that the final network reconstructed"),
    Exhibit("Figure 8", "4", "The fully convolutional network"),
    Exhibit("Figure 9", "4", "Pictures that the fully convolutional network reconstructed"),
)
