"""Pictures over HTTP: whole, with their length, or 404 once they are gone.

Source: protocol/wifi.md 9.2.
"""

from __future__ import annotations

from emulator.body.pictures import Picture, Pictures
from emulator.wifi.outlet import Outlet, encode_head
from emulator.wifi.urls import CameraUrls


def find(pictures: Pictures, urls: CameraUrls, path: str) -> Picture | None:
    """Return the picture that a path stands for, while it can be fetched."""
    name = urls.picture_of(path)
    return pictures.find(name) if name is not None else None


def head_of(picture: Picture, urls: CameraUrls) -> bytes:
    """Return the head of the answer; the order of its lines is assumed to be that of the JSON answers."""
    connection = (("Connection", "close"),) if not urls.face.keep_alive else ()
    return encode_head(
        200,
        "OK",
        (*connection, ("Content-Length", str(len(picture.jpeg))), ("Content-Type", "image/jpeg")),
    )


async def send(picture: Picture, urls: CameraUrls, outlet: Outlet, *, body: bool = True) -> None:
    """Write the answer; without its body for a HEAD request."""
    await outlet.head(head_of(picture, urls), chunked=False)
    if body:
        await outlet.body(picture.jpeg)
    await outlet.end()
