"""The core of the lab: distortions, networks, training, checkpoints, inference. It knows nothing of Streamlit."""

import os

# Nothing here talks to the network. These two packages would when they are imported, so it is said before anything is.
os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
