"""What stands in the address, and goes with a visitor from page to page.

Streamlit can bind a control to the address itself, but then forgets what came with an address if the page changes
before anything else happens, and writes an entry into the browser's history for every value that it restores. So it is
done here: `begin` at the top of a page, and `keep` before each control.
"""

import ipaddress
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Read = Callable[[str], Any]
"""A text of the address -> the value; raises ValueError if it is none."""


@dataclass
class _Kept:
    """A value of `st.session_state` that stands in the address where it is not the default."""

    default: Any
    read: Read
    write: Callable[[Any], str]
    value: Any
    pages: set[str] = field(default_factory=set)

    def follow(self, text: str | None) -> None:
        """Takes the value from the address; the default if it stands for none there."""
        try:
            self.value = self.default if text is None else self.read(text)
        except ValueError:
            self.value = self.default


@dataclass
class _Address:
    """What a session knows of its address.

    Attributes:
        shared: Keys that go from page to page.
        asked: What nobody has read yet.
        kept: What was read, by key.
        page: Which one is shown.
        begins: Whether this is its first run.
    """

    shared: frozenset[str]
    asked: dict[str, str] = field(default_factory=dict)
    kept: dict[str, _Kept] = field(default_factory=dict)
    page: str = ""
    begins: bool = True

    def look(self) -> None:
        """Takes the values that the controls have now."""
        for key, kept in self.kept.items():
            if key in st.session_state:
                kept.value = st.session_state[key]

    def texts(self, page: str) -> dict[str, str]:
        """What stands in the address of a page."""
        return {
            key: kept.write(kept.value)
            for key, kept in self.kept.items()
            if self.stands_on(key, page) and kept.value != kept.default
        }

    def stands_on(self, key: str, page: str) -> bool:
        """Whether a key has to do with a page."""
        return key in self.shared or page in self.kept[key].pages


def begin(page: str, shared: Iterable[str]) -> None:
    """Follows the address in a new session and after Back and Forward; otherwise, writes it if something has changed.

    Args:
        page: Which one this is.
        shared: The keys that go with the visitor from page to page.
    """
    here = st.query_params.to_dict()
    new = "address" not in st.session_state
    address: _Address = st.session_state.setdefault("address", _Address(frozenset(shared)))
    context = get_script_run_ctx()
    follows = new or bool(context and context.is_history_navigation)
    address.begins, address.page = follows or page != address.page, page
    address.look()
    if follows:
        address.asked = dict(here)
        for key, kept in address.kept.items():
            if address.stands_on(key, page):
                kept.follow(address.asked.pop(key, None))
                st.session_state[key] = kept.value
    else:
        wanted = {key: text for key, text in here.items() if key not in address.kept} | address.texts(page)
        if wanted != here:
            st.query_params.from_dict(wanted)


def keep(
    key: str, default: Any, read: Read, write: Callable[[Any], str] = str, *, begins_with_default: bool = False
) -> Any:
    """Has `st.session_state[key]` stand in the address, before the control of this key is made.

    Args:
        key: Of the control, and its name in the address.
        default: What does not stand in the address.
        read: Makes the value of a text.
        write: Makes the text of a value.
        begins_with_default: Whether the control itself begins with the default. In a new session it is left alone then:
            a browser that lost its session to a server's new start knows better what was set.

    Returns:
        The value, which the control has to be given as its default: a browser where it comes late, after somebody used
        another control, would not hear of the value otherwise, and answer with the default.
    """
    address: _Address = st.session_state.address
    is_new = key not in address.kept
    kept = address.kept.setdefault(key, _Kept(default, read, write, default))
    kept.default, kept.read, kept.write = default, read, write
    kept.pages.add(address.page)
    if key in address.asked:
        kept.follow(address.asked.pop(key))
    elif is_new and begins_with_default and key not in st.session_state:
        return default
    else:
        # What is not there any more, such as a network, gives way to the default.
        kept.follow(write(st.session_state.get(key, kept.value)))
    if address.begins or st.session_state.get(key, ...) != kept.value:
        st.session_state[key] = kept.value
    return kept.value


def shows(key: str, value: Any) -> None:
    """Told what a control shows: in a new session, its browser may know of a change that the address does not."""
    kept: _Kept = st.session_state.address.kept[key]
    if st.session_state.address.begins and value != kept.value:
        kept.value = value
        st.query_params[key] = kept.write(value)


def params_of(page: str) -> dict[str, str]:
    """What has to stand in the address of a page for it to show what is on the screen."""
    address: _Address = st.session_state.address
    address.look()
    return {key: text for key, text in address.asked.items() if key in address.shared} | address.texts(page)


def is_local(host: str) -> bool:
    """Whether only this machine itself understands a host name."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# What can be read.


def option(options: Iterable[Any], form: Callable[[Any], str] = str) -> Read:
    """One of these, by its own name or by the one on the page, whatever its capitals."""
    names = {name.casefold(): one for one in options for name in (str(one), form(one))}

    def read(text: str) -> Any:
        if text.casefold() not in names:
            raise ValueError(text)
        return names[text.casefold()]

    return read


def number(low: float, high: float) -> Read:
    """A number, the nearest between these; a whole one if they are."""

    def read(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(text)
        return type(low)(min(max(value, low), high))

    return read


def flag(text: str) -> bool:
    """`true` or `false`, or 1 or 0."""
    if text.casefold() not in _FLAGS:
        raise ValueError(text)
    return _FLAGS[text.casefold()]


_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def written_flag(value: bool) -> str:
    """The text of a flag."""
    return str(value).lower()
