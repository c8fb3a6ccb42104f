"""On a phone, the pictures stay in view while a control further down is moved."""

from ui.component import component

pinned = component(__file__)
