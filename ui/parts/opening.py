"""What the server does before its first visitor comes, and with all that it sends."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The names of pages in addresses, by what people type on a phone.
_NAMES = [file.stem.partition("_")[2] for file in (Path(__file__).parents[2] / "pages").glob("*.py")]
PAGES = {name.lower(): name for name in _NAMES}
ADDED = "".join(
    f"<{tag}>{Path(__file__).with_suffix(suffix).read_text(encoding='utf-8')}</{tag}>"
    for tag, suffix in {"style": ".css", "script": ".js"}.items()
)


class Doorstep:
    """Leads who typed a page's address in small letters to it, and adds to every document what Streamlit leaves out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a server asks of an application."""
        folder, _, name = scope.get("path", "").rpartition("/")
        page = PAGES.get(name.lower(), name)
        if scope["type"] == "http" and page != name:
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"{folder}/{page}" + (f"?{query}" if query else ""))(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "GET" and "." not in name:
            # What is added to must not be compressed yet; the middleware before this one does that.
            headers = [(key, value) for key, value in scope["headers"] if key != b"accept-encoding"]
            await self.app({**scope, "headers": headers}, receive, _with_addition(send))
        else:
            await self.app(scope, receive, send)


def _with_addition(send: Send) -> Send:
    """Sends documents with `ADDED` at their end, and all else as it is."""
    held: list[Message] = []  # The beginning of a document, whose length is not known yet.

    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html") and message["status"] == 200:
                held.append(message)
                return
        if not held or message["type"] != "http.response.body":
            await send(message)
            return
        held.append(message)
        if not message.get("more_body"):
            body = b"".join(part.get("body", b"") for part in held[1:]).replace(b"</body>", f"{ADDED}</body>".encode())
            MutableHeaders(scope=held[0])["content-length"] = str(len(body))
            await send(held[0])
            await send({"type": "http.response.body", "body": body})

    return pass_on


# Streamlit leaves its own files, most of what a browser loads, to a proxy to compress. A classroom has none, and its
# wireless network is slower than this, which takes less than 0.1 s of the server's time for each new visitor.
MIDDLEWARE = [Middleware(GZipMiddleware, compresslevel=5), Middleware(Doorstep)]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Loads what the first page needs, while the first browser loads its own part."""
    threading.Thread(target=_prepare, daemon=True).start()
    yield


def _prepare() -> None:
    """A second of imports, most of it Albumentations; says what is running here, and wakes the first network."""
    import ui.parts.playground  # noqa: F401
    from dae_core.checkpoints import CheckpointError
    from dae_core.pictures.samples import SAMPLES
    from ui.controls.network.network import default_network
    from ui.shelf import networks, pictures, server

    server.log_start()
    if usable := networks.checkpoints()[0]:
        with suppress(CheckpointError):  # The page says so.
            networks.denoiser(usable[default_network(usable)]).reconstruct(pictures.sample(next(iter(SAMPLES))))
