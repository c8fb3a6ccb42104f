"""Looks after a page that lost its server."""

from ui.widgets.browser import component

reconnect = component(__file__)
