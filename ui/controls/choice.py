"""Controls that keep what is picked in the address."""

from collections.abc import Iterable
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option")

# Such a control stands in the address, and keeps its value from page to page.
IN_ADDRESS: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


def one_of(label: str, options: Iterable[Option], default: Option, key: str, **how: Any) -> Option:
    """The option that is picked, of a row that keeps its choice in the address.

    An address that ends in `view=` picks none, in spite of `required`: then it is the default.
    """
    how |= {"default": default, "required": True, "key": key, "bind": "query-params"}
    picked = st.segmented_control(label, options, **how)
    return default if picked is None else picked
