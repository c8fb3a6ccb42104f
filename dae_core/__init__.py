"""The core of the lab: distortions, networks, training, checkpoints, inference. It knows nothing of Streamlit."""
