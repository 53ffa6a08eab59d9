"""Sits between any client and a camera, passes on what they say, and writes it down.

The camera's addresses in its answers are replaced by ours, so that the client stays with us.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from emulator.clock import Clock, RealClock, Scope
from emulator.tape.form import Channel, Head, Tail, Taped, encode_line, pack
from emulator.tape.ports import Ports
from emulator.tape.scrub import TapeScrubber
from emulator.tape.upstream import CutShort, UpstreamAnswer, ask
from emulator.wifi.http import Peer
from emulator.wifi.outlet import Outlet, encode_head
from emulator.wifi.request import HttpRequest
from remotelens.errors import InvalidValue, RemoteProtocolError
from remotelens.version import __version__

STREAM_S = 20.0
STREAM_BYTES = 20 * 1024 * 1024
_URL = r"(http:(?:\\?/){2})%s(?::(\d+))?(?=[/\\\"'<?]|$)"
_HTTP_PORT = 80


class TapeRecorder:
    """Records one camera.

    Args:
        upstream: the URL of its device description.
        write: takes each line of the tape.
        host: our address.
        port: the port that stands for that of the description; 0 leaves it to the host.
        scrub: take out what names the camera or its owner.
        stream_s: how much of each live view is kept.
        clock: times what is said.

    Raises:
        InvalidValue: `upstream` is no URL of a description.
    """

    def __init__(
        self,
        upstream: str,
        write: Callable[[bytes], object],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        scrub: bool = True,
        stream_s: float = STREAM_S,
        clock: Clock | None = None,
    ) -> None:
        parts = urlsplit(upstream)
        if parts.scheme != "http" or not parts.hostname or not parts.path.strip("/"):
            raise InvalidValue(
                f"{upstream!r} is no device description",
                remedy="give its URL, as in http://10.0.0.1:64321/DmsRmtDesc.xml",
            )
        self._camera = parts.hostname
        self._path = parts.path
        self._numbers = {parts.port or _HTTP_PORT: 0}
        self._write = write
        self._scrubber = TapeScrubber(on=scrub)
        self._stream_s = stream_s
        self._clock = clock or RealClock()
        self._ports = Ports(host, self._answer, port)
        self._url = re.compile((_URL % re.escape(self._camera)).encode())
        self._exchanges = 0
        self.troubles: list[str] = []
        """What the camera did not answer, or not whole."""

    async def start(self) -> None:
        """Listen, and begin the tape.

        Raises:
            OSError: the port is taken.
        """
        self._began_s = self._clock.monotonic()
        await self._ports.open(1)
        made_at = self._clock.now().isoformat(timespec="seconds")
        self._write(encode_line(Head(f"remotelens {__version__}", made_at, self._path)))

    async def close(self) -> None:
        """Stop listening, and end the tape."""
        await self._ports.close()
        self._write(encode_line(Tail(self._exchanges, self.removed)))

    @property
    def description_url(self) -> str:
        """What clients are to take for the camera."""
        return f"http://{self._ports.bases[0]}{self._path}"

    @property
    def exchanges(self) -> int:
        """How many exchanges are on the tape."""
        return self._exchanges

    @property
    def removed(self) -> list[str]:
        """What was taken out so far."""
        return self._scrubber.removed

    async def _answer(self, number: int, request: HttpRequest, outlet: Outlet, peer: Peer) -> bool:
        at_s = self._clock.monotonic() - self._began_s
        port = next(port for port, known in self._numbers.items() if known == number)
        async with contextlib.AsyncExitStack() as asked:
            try:
                async with Scope(peer.gone if _is_poll(request) else None) as waiting:
                    answer = await asked.enter_async_context(ask(self._camera, port, request))
                    streams = answer.chunked and answer.header("content-type").startswith("image/")
                    body, cut = await answer.whole() if not streams else (b"", None)
            except (OSError, RemoteProtocolError) as error:
                self._note(request, error)
                await _bad_gateway(outlet)
                return False
            if waiting.ended:
                return False
            if streams:
                await self._pass_stream(number, at_s, request, answer, outlet)
                return False
        if cut is not None:
            self._note(request, cut)
        await self._pass_whole(number, at_s, request, answer, body, cut, outlet)
        return False

    async def _pass_whole(
        self,
        number: int,
        at_s: float,
        request: HttpRequest,
        answer: UpstreamAnswer,
        body: bytes,
        cut: CutShort | None,
        outlet: Outlet,
    ) -> None:
        """Pass an answer on, and keep it; where it broke off, so does ours."""
        unsent_bytes = max(0, (answer.length or 0) - len(body))
        await self._open_named(body)
        local = self._url.sub(self._locally, body)
        announced = str(len(local) + unsent_bytes)
        headers = [(name, value) for name, value in answer.headers if name.lower() != "transfer-encoding"]
        headers = [
            (name, announced if name.lower() == "content-length" else value) for name, value in headers
        ]
        if not answer.header("content-length"):
            headers.append(("Content-Length", announced))
        try:
            await outlet.head(encode_head(answer.status, answer.reason, tuple(headers)), chunked=False)
            if request.method != "HEAD":
                await outlet.body(local)
            await outlet.end()
            if cut is not None and (cut.reset or not unsent_bytes):
                outlet.reset()
        finally:  # whoever asked may have left: the camera has done it all the same
            kept = self._url.sub(self._on_tape, body)
            self._keep(number, at_s, request, answer, body=kept, unsent_bytes=unsent_bytes)

    def _note(self, request: HttpRequest, error: Exception) -> None:
        self.troubles.append(f"{request.method} {request.target}: {error}")

    async def _pass_stream(
        self, number: int, at_s: float, request: HttpRequest, answer: UpstreamAnswer, outlet: Outlet
    ) -> None:
        """Pass a stream on chunk by chunk, and keep its beginning; where it breaks off, so does ours."""
        kept: list[tuple[float, str]] = []
        size = 0
        try:
            await outlet.head(encode_head(answer.status, answer.reason, tuple(answer.headers)), chunked=True)
            async for piece in answer.pieces():
                now_s = self._clock.monotonic() - self._began_s - at_s
                if now_s <= self._stream_s and size < STREAM_BYTES:
                    kept.append((round(now_s, 4), pack(piece)))
                    size += len(piece)
                await outlet.body(piece)
            await outlet.end()
        except CutShort as cut:
            self._note(request, cut)
            if cut.reset:
                outlet.reset()
        finally:
            self._keep(number, at_s, request, answer, stream=kept)

    async def _open_named(self, body: bytes) -> None:
        """Have a port of ours for each of the camera's that a body names."""
        for match in self._url.finditer(body):
            port = int(match[2] or _HTTP_PORT)
            self._numbers.setdefault(port, len(self._numbers))
        await self._ports.open(len(self._numbers))

    def _locally(self, match: re.Match[bytes]) -> bytes:
        number = self._numbers[int(match[2] or _HTTP_PORT)]
        return match[1] + self._ports.bases[number].encode()

    def _on_tape(self, match: re.Match[bytes]) -> bytes:
        return match[1] + b"origin-%d.tape" % self._numbers[int(match[2] or _HTTP_PORT)]

    def _keep(
        self,
        number: int,
        at_s: float,
        request: HttpRequest,
        answer: UpstreamAnswer,
        *,
        body: bytes = b"",
        stream: list[tuple[float, str]] | None = None,
        unsent_bytes: int = 0,
    ) -> None:
        scrub = self._scrubber
        asked = scrub.data(self._url.sub(self._on_tape, request.body))
        self._exchanges += 1
        taped = Taped(
            at_s=round(at_s, 4),
            seconds=round(self._clock.monotonic() - self._began_s - at_s, 4),
            origin=number,
            channel=_channel(request, answer, self._path),
            verb=request.method,
            target=scrub.text(request.target),
            request=pack(asked),
            status=answer.status,
            reason=answer.reason,
            headers=[
                (name, scrub.text(value))
                for name, value in answer.headers
                if name.lower() not in ("content-length", "set-cookie")
            ],
            body=pack(scrub.data(body)),
            stream=stream,
            unsent_bytes=unsent_bytes,
        )
        self._write(encode_line(taped))


def _is_poll(request: HttpRequest) -> bool:
    """Whether it may wait for long, for a client that may leave meanwhile; the camera then sees that, too."""
    return request.method == "POST" and b'"getEvent"' in request.body and b"true" in request.body


def _channel(request: HttpRequest, answer: UpstreamAnswer, description: str) -> Channel:
    kind = answer.header("content-type")
    if request.method == "POST":
        return "event" if b'"getEvent"' in request.body else "rpc"
    if request.path == description:
        return "description"
    if kind.startswith(("image/", "video/")):
        return "liveview" if answer.chunked else "contents"
    return "other"


async def _bad_gateway(outlet: Outlet) -> None:
    """Say that the camera did not answer."""
    headers = (("Connection", "close"), ("Content-Length", "0"))
    await outlet.head(encode_head(502, "Bad Gateway", headers), chunked=False)
    await outlet.end()
