"""Looks after a page that lost its server."""

from ui.component import component

reconnect = component(__file__)
