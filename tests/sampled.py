"""One checkpoint of each architecture: enough for what is the same for all of one build."""

from dae_core.checkpoints import list_checkpoints

COMMITTED = list_checkpoints()[0]
SAMPLED = {checkpoint.experiment.model.architecture: name for name, checkpoint in COMMITTED.items()}
