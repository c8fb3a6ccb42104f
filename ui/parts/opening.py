"""What the server does before its first visitor comes, and with all that it sends."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

# Streamlit leaves its own files, most of what a browser loads, to a proxy to compress. A classroom has none, and its
# wireless network is slower than this, which takes less than 0.1 s of the server's time for each new visitor.
MIDDLEWARE = [Middleware(GZipMiddleware, compresslevel=5)]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Loads what the first page needs, while the first browser loads its own part."""
    threading.Thread(target=_prepare, daemon=True).start()
    yield


def _prepare() -> None:
    """A second of imports, most of it Albumentations; then says what is running here."""
    import ui.parts.playground  # noqa: F401
    from ui.shelf import server

    server.log_start()
