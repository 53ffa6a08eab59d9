"""Sends files: postviews and stored pictures, whole and with their length, in turn where the camera does so.

A server that has one transfer at a time lets further ones wait; a change of mode cancels the one that runs,
with a 500 where its answer has not begun. Which types the files are told to have is assumed, but for JPEG.

Source: protocol/wifi.md 9.2, 9.3.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from emulator.body.contents import StoredFile
from emulator.clock import Cause, Scope
from emulator.wifi.face import Face
from emulator.wifi.outlet import Outlet, encode_head
from emulator.wifi.request import HttpRequest

_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})", re.ASCII)
_TYPES = {"JPG": "image/jpeg", "ARW": "image/x-sony-arw", "DNG": "image/x-adobe-dng", "MP4": "video/mp4"}

Headers = tuple[tuple[str, str], ...]
Make = Callable[[], Awaitable[StoredFile | None]]
"""Makes the file to send; None where there is none any more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What has become of a transfer: how it was answered, and with how many bytes."""

    status: HTTPStatus
    size_bytes: int = 0


class Transfers:
    """The transfers of one camera.

    Args:
        face: the kind of server.
    """

    def __init__(self, face: Face) -> None:
        self._face = face
        self._turn = asyncio.Lock()
        self._running: set[Scope] = set()

    def cancel(self) -> None:
        """Cut what is being sent: the camera changes its mode."""
        for scope in tuple(self._running):
            scope.end()

    async def send(
        self, make: Make, request: HttpRequest, outlet: Outlet, gone: Cause, *, connection: Headers
    ) -> Sent:
        """Send a file when it is its turn.

        A status other than OK and PARTIAL_CONTENT means that nothing was sent, and is the caller's to answer.

        Args:
            make: makes the file, once it is its turn.
            request: what was asked for.
            outlet: where it goes.
            gone: set when the client has closed its side; it then waits for no turn, since it may have left.
            connection: header lines that say how the connection goes on.
        """
        turn = self._turn if self._face.one_transfer else contextlib.nullcontext()
        async with contextlib.AsyncExitStack() as held, Scope() as scope:
            async with Scope(gone) as waiting:
                await held.enter_async_context(turn)
            if waiting.ended:
                return Sent(HTTPStatus.OK)
            self._running.add(scope)
            begun = False
            try:
                file = await make()
                if file is None:
                    return Sent(HTTPStatus.NOT_FOUND)
                start, stop = self._part(request, file.size_bytes)
                if start >= stop:
                    return Sent(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                begun = True
                return await self._write(file, start, stop, request, outlet, connection)
            finally:
                self._running.discard(scope)
                if begun and scope.ended:
                    outlet.reset()
        return Sent(HTTPStatus.OK if begun else HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _write(
        self,
        file: StoredFile,
        start: int,
        stop: int,
        request: HttpRequest,
        outlet: Outlet,
        connection: Headers,
    ) -> Sent:
        """Write head and bytes; the order of the head's lines is assumed to be that of the JSON answers."""
        whole = stop - start == file.size_bytes
        status = HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT
        part: Headers = () if whole else (("Content-Range", f"bytes {start}-{stop - 1}/{file.size_bytes}"),)
        kind = _TYPES.get(file.name.rpartition(".")[2].upper(), "application/octet-stream")
        headers = (*connection, ("Content-Length", str(stop - start)), *part, ("Content-Type", kind))
        await outlet.head(encode_head(status, status.phrase, headers), chunked=False)
        if request.method == "GET":
            async with contextlib.aclosing(file.read(start, stop)) as pieces:
                async for piece in pieces:
                    await outlet.body(piece)
        await outlet.end()
        return Sent(status, stop - start)

    def _part(self, request: HttpRequest, size_bytes: int) -> tuple[int, int]:
        """Return from where to where the client wants it; all of it, where the server knows no parts."""
        match = _RANGE.fullmatch(request.header("Range") or "")
        if not self._face.ranges or match is None or match[1] == match[2] == "":
            return 0, size_bytes
        if match[1] == "":
            return max(0, size_bytes - int(match[2])), size_bytes
        stop = size_bytes if match[2] == "" else min(size_bytes, int(match[2]) + 1)
        return int(match[1]), stop
