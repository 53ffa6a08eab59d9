"""Which file an address stands for: a postview, or one of a stored picture's, while it can be fetched.

Source: protocol/wifi.md 9.2, 9.3.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from emulator.body.camera import Body
from emulator.body.contents import Form, StoredFile
from emulator.body.machine import Status
from emulator.body.pictures import Picture
from emulator.wifi import media_server
from emulator.wifi.stored import form_of, number_of
from emulator.wifi.transfer import Make
from emulator.wifi.urls import CameraUrls

_IN_CONTENTS = (Status.CONTENTS_TRANSFER, Status.STREAMING, Status.DELETING)


def find(body: Body, urls: CameraUrls, path: str, target: str = "") -> Make | None:
    """Return what makes the file that a path stands for, or None where there is none.

    Args:
        body: the camera.
        urls: its addresses.
        path: what was asked for.
        target: the same with its query, which a media server's addresses have.
    """
    name = urls.picture_of(path)
    if name is not None and (picture := body.pictures.find(name)) is not None:
        return lambda: _postview(picture)
    content = urls.content_of(path)
    if content is not None:
        return lambda: _stored(body, number_of(content[1]), form_of(content[0]))
    shared = media_server.file_in(target) if body.profile.family == "A" else None
    if shared is not None:
        return lambda: _stored(body, *shared)
    return None


async def _postview(picture: Picture) -> StoredFile:
    async def read(start: int, stop: int) -> AsyncGenerator[bytes, None]:
        yield picture.jpeg[start:stop]

    return StoredFile(picture.name, len(picture.jpeg), read)


async def _stored(body: Body, number: int | None, form: Form | None) -> StoredFile | None:
    """Return a stored picture's file; they are there while contents are transferred (assumed)."""
    if form is None or number is None or body.machine.status not in _IN_CONTENTS:
        return None
    entry = body.contents.find(number)
    return None if entry is None else await body.contents.file(entry, form)
