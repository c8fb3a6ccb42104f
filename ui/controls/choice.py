"""Controls that keep what is picked in the address."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import streamlit as st

from ui.controls import address

T = TypeVar("T")


def one_of(label: str, options: Iterable[T], default: T, key: str, **how: Any) -> T:
    """The option that is picked, of a row; the address reads what people read as well, but writes the option itself."""
    options = list(options)
    form = how.get("format_func", str)
    value = address.keep(key, default, address.option(options, form), begins_with_default=True)
    picked: T = st.segmented_control(label, options, default=value, required=True, key=key, **how)
    address.shows(key, picked)
    return picked


def one_of_many(label: str, options: Iterable[T], default: T, key: str, format_func: Callable[[T], str] = str) -> T:
    """The option that is picked, of a list that unfolds; what people read is no matter of the address."""
    options = list(options)
    value = address.keep(key, default, address.option(options), begins_with_default=True)
    picked: T = st.selectbox(label, options, options.index(value), format_func, key=key)
    address.shows(key, picked)
    return picked


def whole_number(label: str, low: int, high: int, default: int, key: str, **how: Any) -> int:
    """The number that is typed."""
    value = address.keep(key, default, address.number(low, high), begins_with_default=True)
    number = int(st.number_input(label, low, high, value, key=key, **how))
    address.shows(key, number)
    return number


def slider(
    label: str, low: Any, high: Any, default: Any, step: Any = None, form: str | None = None, *, key: str, **how: Any
) -> Any:
    """Where the slider is."""
    value = address.keep(key, default, address.number(low, high), begins_with_default=True)
    position = st.slider(label, low, high, value, step, form, key=key, **how)
    address.shows(key, position)
    return position


def toggle(label: str, default: bool, key: str, **how: Any) -> bool:
    """Whether it is on."""
    value = address.keep(key, default, address.flag, address.written_flag, begins_with_default=True)
    on = st.toggle(label, value, key=key, **how)
    address.shows(key, on)
    return on
