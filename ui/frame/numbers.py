"""Keeps numbers right when a browser translates the page."""

from ui.component import component

keep_numbers = component(__file__)
