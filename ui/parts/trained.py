"""Which of the networks of a page are there."""

import streamlit as st

from ui.shelf import networks


def trained(names) -> list[str]:
    """Those of the names that have a usable checkpoint; a sentence on the page names the others."""
    usable, _ = networks.checkpoints()
    if missing := [name for name in names if name not in usable]:
        st.caption(f"Missing here: {', '.join(missing)}.")
    return [name for name in names if name in usable]


def there(*names: str) -> list[str]:
    """Those of the names that are trained; `ladder` says which steps are not."""
    return [name for name in names if name in networks.checkpoints()[0]]
