"""A QR code and a short link to what is on the screen, for the class; both are made here, without a service."""

import base64
import hashlib
import io
import json
import os
import socket
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from ui.controls import address
from ui.shelf import server
from ui.shelf.texts import say

LINKS = 10_000  # So many are remembered; what they say takes some hundred bytes each.

# What is the teacher's own: how their screen looks, their notes, and what they answered in the lesson.
PERSONAL = {"present", "notes", "answers"}

Target = tuple[str, dict[str, str]]
"""A page's file, and its query parameters."""


_redirect = st.components.v2.component("redirect", js="export default ({ data }) => location.replace(data.address)")


@st.dialog("For the class")
def show_link(page: str) -> None:
    """The address of what is on the screen, as students can reach it, as a QR code and to be copied."""
    here = link(page)
    file = io.BytesIO()
    segno.make(here, error="m").save(file, kind="png", scale=10, border=2)
    picture = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    st.code(here, language=None, wrap_lines=True)
    with st.container(horizontal_alignment="center"):
        st.image(picture, width=380, alt=f"QR code of {here}")
    st.caption(say("frame", "class_link"))


def link(page: str) -> str:
    """A short address of what is on the screen, with this machine's own name in place of `localhost`."""
    parts = urlsplit(st.context.url or "")
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    home = (parts.path if page == "app.py" else parts.path.rpartition("/")[0]).rstrip("/") + "/"
    params = {key: value for key, value in address.params_of(page).items() if key not in PERSONAL}
    code = remember((page, params))
    reachable = own_address() if address.is_local(host) else host
    return urlunsplit((parts.scheme, reachable + port, home, f"go={code}", ""))


def remember(target: Target) -> str:
    """The code of a target, the same for the same one; the oldest codes are forgotten when there are too many.

    It begins with the number of this server if there are several, by which a proxy finds it: see deploy/nginx.conf.
    """
    digest = base64.b32encode(hashlib.sha256(json.dumps(target).encode()).digest())[:6].decode().lower()
    code = os.environ.get("DAE_REPLICA", "") + digest
    links = server.links()
    links[code] = target
    while len(links) > LINKS:
        links.pop(next(iter(links)), None)
    return code


def follow_link() -> None:
    """Opens what a short link means."""
    code = st.query_params.get("go")
    if code is None:
        return
    if target := server.links().get(code):
        page, params = target
        # The browser goes there itself: controls read the address at the begin of a session, and only then.
        _redirect(data={"address": f"{Path(page).stem.partition('_')[2]}?{urlencode(params)}"})
        st.stop()
    st.warning("This link is from before the server's last start: ask for a new one.")


def own_address() -> str:
    """What this machine is called in the local network; `localhost` if it is in none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # This address, reserved for examples, makes the system choose a network.
            return str(probe.getsockname()[0])
        except OSError:
            return "localhost"
