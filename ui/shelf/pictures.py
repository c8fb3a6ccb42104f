"""Pictures that all visitors share."""

import streamlit as st

from dae_core.pictures import dataset, samples
from dae_core.pictures.arrays import Floats


@st.cache_resource(show_spinner=False)
def sample(name: str) -> Floats:
    """A shipped picture, (64, 64, 3) float32 in [0, 1]; not to be written to."""
    return samples.load_sample(name)


@st.cache_resource(show_spinner="Reading the test pictures")
def test_split() -> dataset.Split:
    """The test pictures.

    Raises:
        DataError: They are not there, or not all of them.
    """
    return dataset.load_split("test")
