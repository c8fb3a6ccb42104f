"""The core of the lab: distortions, networks, training, checkpoints, inference. It knows nothing of Streamlit."""

import os

# Nothing here asks the network for anything by itself. These two packages would do so as they are imported, so they are
# told before that.
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
