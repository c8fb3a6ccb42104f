"""A visitor's own picture, from a file or from the camera."""

from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from urllib.parse import urlsplit

import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dae_core.events import log
from dae_core.pictures.arrays import Floats
from dae_core.pictures.reading import MAX_BYTES, PictureError, read_picture
from ui.component import component
from ui.controls import address
from ui.shelf.texts import say

# Starlette, which Streamlit serves with, would put an upload of more than 1 MB on the disk for a moment.
MultiPartParser.spool_max_size = 2 * MAX_BYTES

_watch = component(__file__)


@dataclass
class _OwnPicture:
    """The last file that a visitor gave us, decoded once, and the last good picture."""

    file_id: str | None = None
    picture: Floats | None = None
    complaint: str | None = None
    lock: Lock = field(default_factory=Lock)

    def take(self, file: UploadedFile | None) -> None:
        """Reads a file that was not read before; a broken one leaves the picture as it was.

        A run of the page that is overtaken by another one reads on for a moment beside it, hence the lock.
        """
        with self.lock:
            if file is None:
                self.file_id, self.complaint = None, None
            elif file.file_id != self.file_id:
                self.file_id, self.complaint = file.file_id, None
                try:
                    self.picture = read_picture(file.getvalue())
                except PictureError as error:
                    self.complaint = str(error)
                    log("upload refused", reason=self.complaint)

    def forget(self) -> None:
        """Lets go of the picture."""
        self.picture = None


def uploaded() -> Floats | None:
    """The picture that a visitor uploaded, (64, 64, 3) float32 in [0, 1]; it stays in the memory of their session."""
    own = _own("upload")
    # Any kind of file may be picked: the uploader would refuse others without a word that can be read on a phone.
    file = st.file_uploader(
        "Upload a picture",
        key="upload_file",
        max_upload_size=MAX_BYTES // 10**6,
    )
    own.take(file)
    texts = {
        "limit": MAX_BYTES,
        "large": say("frame", "upload_too_large", limit=MAX_BYTES // 10**6),
        "lost": say("frame", "upload_lost"),
        "framed": say("frame", "upload_framed"),
    }
    # To the server, a file that gives way to another is gone, too: only the browser knows which one was taken away.
    _watch(key="upload_watch", data=texts, on_removed_change=own.forget)
    return _shown(own)


def photographed() -> Floats | None:
    """The picture that a visitor took, likewise."""
    own = _own("camera")
    page = urlsplit(st.context.url or "")
    if page.scheme == "http" and not address.is_local(page.hostname or ""):
        st.info(say("frame", "camera_needs_https"))
        st.button("Upload a picture", on_click=partial(st.session_state.update, image="upload"))
    else:
        own.take(st.camera_input("Use the camera", key="camera_file", on_change=partial(_cleared, own)))
    return _shown(own)


def _own(source: str) -> _OwnPicture:
    own: _OwnPicture = st.session_state.setdefault(f"own_{source}", _OwnPicture())
    return own


def _cleared(own: _OwnPicture) -> None:
    """Forgets a photo that the visitor took away."""
    if st.session_state.camera_file is None:
        own.forget()


def _shown(own: _OwnPicture) -> Floats | None:
    if own.complaint:
        st.error(own.complaint)
    if own.picture is None:
        st.caption(say("frame", "own_picture"))
    return own.picture
