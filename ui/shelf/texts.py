"""The texts of `dae_core/telling/texts`, filled with what was measured."""

from functools import partial

from dae_core.telling.placeholders import Facts, Shown
from dae_core.telling.texts import tell
from ui.shelf import networks, scores


def facts() -> Facts:
    """What the placeholders are filled from.

    Raises:
        CheckpointError: A file is not what its manifest says.
    """
    usable, _ = networks.checkpoints()
    manifests = {name: checkpoint.manifest for name, checkpoint in usable.items()}
    return Facts(scores.metric_rows(), manifests, partial(scores.errors, split="test"))


def say(name: str, key: str, /, **values: Shown) -> str:
    """A text of `texts/NAME.toml`, filled; empty where nothing of it holds.

    Args:
        name: Of the file.
        key: Of the text.
        values: What the text needs from its page; what needs one that is None is not said.

    Raises:
        CheckpointError: A file that it cites is not what its manifest says.
    """
    return tell(name, key, facts, **values)
