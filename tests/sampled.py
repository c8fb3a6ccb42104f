"""The committed denoisers, and one of each architecture: enough for what is the same for all of one build."""

from dae_core.checkpoints import list_checkpoints

COMMITTED = {name: one for name, one in list_checkpoints()[0].items() if not one.experiment.is_sampler}
SAMPLED = {checkpoint.experiment.model.architecture: name for name, checkpoint in COMMITTED.items()}
