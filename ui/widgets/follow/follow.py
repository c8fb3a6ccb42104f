"""The teacher's notes in a window of their own, which follows the lesson; the two windows are of one browser.

They tell each other where they are without the server: to that, they are two visitors.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ui.component import component

_follow = component(__file__)


def lead(label: str, where: dict[str, Any]) -> None:
    """A link that opens the second window, which then goes along with this one.

    Args:
        label: Of the link.
        where: What stands in the address of the second window, and where this one is.
    """
    address = "?" + urlencode({"notes": "true"} | where)
    _follow(key="lead", data={"where": where, "label": label, "address": address}, width="content", height="content")


def follow(go: Callable[[dict[str, Any]], None]) -> None:
    """Goes where the other window goes.

    Args:
        go: Is told what the other window handed to `lead`.
    """
    _follow(key="follow", data={"where": None}, on_moved_change=lambda: go(st.session_state.follow.moved))
