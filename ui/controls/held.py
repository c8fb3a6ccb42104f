"""What is set, where a page does not show the controls: the address keeps it as if they were there."""

import streamlit as st

from dae_core.checkpoints import Checkpoint
from dae_core.distortions.strengths import KINDS, REPORT_CORRUPTION, Corruption
from dae_core.pictures.samples import SAMPLES
from ui.controls import address
from ui.controls.distortions import SLIDERS
from ui.controls.network.network import default_network
from ui.controls.picture import TITLES
from ui.shelf import networks


def distortions() -> tuple[Corruption, int]:
    """The distortions, and the seed of the draw."""
    strengths = {}
    for name, kind in KINDS.items():
        address.keep(name, name in REPORT_CORRUPTION.active, address.flag, address.written_flag)
        address.keep(SLIDERS[name].key, kind.preset, address.number(*kind.bounds))
        strengths[name] = st.session_state[SLIDERS[name].key] if st.session_state[name] else 0
    address.keep("seed", 0, address.number(0, 999_999))
    return Corruption(**strengths), int(st.session_state.seed)


def picture() -> str:
    """The name of the picture, or of where it is to come from, see `picture.TITLES`."""
    address.keep("image", next(iter(SAMPLES)), address.option(TITLES))
    return str(st.session_state.image)


def network() -> Checkpoint:
    """The network, of those that there are; there has to be one."""
    usable, _ = networks.checkpoints()
    address.keep("model", default_network(usable), address.option(usable))
    return usable[st.session_state.model]
