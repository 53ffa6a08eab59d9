"""HTTP to one camera: the only place that knows aiohttp.

Whole answers are read with a limit of bytes and of time; the body of a refusal is read as well, since a
camera explains itself there. URLs go out byte for byte as the camera gave them. Proxies, cookies, redirects
and compression are not for cameras. What goes wrong is told in our own errors.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import CameraBusy, ContentGone, LinkLost, RemoteProtocolError
from remotelens.transport.body import HttpBody
from remotelens.transport.failures import LOOK_AT_THE_ADDRESS, checked_url, path_of, place_of, translated
from remotelens.transport.network import socket_factory
from remotelens.version import __version__

ANSWER_LIMIT_BYTES = 1024 * 1024
ANSWER_TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 5.0
STALL_TIMEOUT_S = 10.0
READ_BUFFER_BYTES = 512 * 1024
_KEPT_FOR_S = 4.0
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer.

    Args:
        status: the HTTP status, an error or not.
        reason: the words beside it.
        headers: by name, in any case.
        body: all of it.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class HttpClient:
    """Talks HTTP to one camera, over connections of its own.

    Args:
        camera: how the camera is called in messages.
        interface: the network interface that every connection leaves by; None for what the routes say.
        connect_timeout_s: how long a connection may take to come about.
        clock: measures the time limits.

    Use as an async context manager, or call `close`.
    """

    def __init__(
        self,
        *,
        camera: str | None = None,
        interface: str | None = None,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self.camera = camera
        self.interface = interface
        self._connect_timeout_s = connect_timeout_s
        self._clock = clock
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; what is under way ends as a lost link, and nothing more can be asked."""
        self._closed = True
        sessions, self._sessions = list(self._sessions.values()), {}
        for session in sessions:
            await session.close()
        await self._clock.sleep(0)  # lets the transports report their end before the loop may close

    async def get(
        self, url: str, *, limit_bytes: int = ANSWER_LIMIT_BYTES, timeout_s: float = ANSWER_TIMEOUT_S
    ) -> HttpAnswer:
        """Fetch a URL whole.

        Raises:
            ConnectFailed: nobody accepts the connection.
            LinkLost: the connection broke before the answer was whole.
            LinkTimeout: the answer was not whole in time.
            RemoteProtocolError: the answer is no HTTP, or longer than the limit.
        """
        return await self._ask("GET", url, None, None, limit_bytes, timeout_s, repeatable=True)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        repeatable: bool = False,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
        timeout_s: float = ANSWER_TIMEOUT_S,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Post a body and read the answer whole.

        Args:
            url: where to.
            body: what.
            content_type: the body's type.
            repeatable: whether asking twice is the same as asking once. What is not goes out on a connection
                of its own: a kept one may be closing just then, and nobody would know whether it arrived.
            limit_bytes: the longest answer believed.
            timeout_s: for everything together.
            headers: more headers.

        Raises:
            ConnectFailed, LinkLost, LinkTimeout, RemoteProtocolError: as `get`.
        """
        more = {**(headers or {}), "Content-Type": content_type}
        return await self._ask("POST", url, body, more, limit_bytes, timeout_s, repeatable=repeatable)

    @asynccontextmanager
    async def open(
        self,
        url: str,
        *,
        stall_timeout_s: float = STALL_TIMEOUT_S,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> AsyncIterator[HttpBody]:
        """Ask for a URL whose body is long or endless; the connection closes on leaving.

        Args:
            url: what to fetch.
            stall_timeout_s: how long the body may pause.
            answer_timeout_s: how long the answer may take to begin.

        Raises:
            ContentGone: the camera has nothing there.
            CameraBusy: it cannot give it now.
            ConnectFailed, LinkLost, LinkTimeout, RemoteProtocolError: as `get`; also for other refusals.
        """
        target = checked_url(url, self.camera)
        with translated(self.camera, url, answer_timeout_s):
            async with self._clock.timeout(answer_timeout_s):
                response = await self._session(fresh=True).get(
                    target, allow_redirects=False, read_bufsize=READ_BUFFER_BYTES
                )
        body = HttpBody(
            response, camera=self.camera, url=url, stall_timeout_s=stall_timeout_s, clock=self._clock
        )
        try:
            self._must_be_fine(response, url)
            yield body
        finally:
            body.close()

    async def _ask(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        limit_bytes: int,
        timeout_s: float,
        *,
        repeatable: bool,
    ) -> HttpAnswer:
        target = checked_url(url, self.camera)
        with translated(self.camera, url, timeout_s):
            async with self._clock.timeout(timeout_s):
                try:
                    return await self._once(method, target, body, headers, limit_bytes, fresh=not repeatable)
                except aiohttp.ServerDisconnectedError:
                    if not repeatable:
                        raise
                    return await self._once(method, target, body, headers, limit_bytes, fresh=True)

    async def _once(
        self,
        method: str,
        target: URL,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        limit_bytes: int,
        *,
        fresh: bool,
    ) -> HttpAnswer:
        asking = self._session(fresh=fresh).request(
            method, target, data=body, headers=headers, allow_redirects=False
        )
        async with asking as response:
            data = await self._whole(response, limit_bytes)
            return HttpAnswer(response.status, response.reason or "", response.headers, data)

    async def _whole(self, response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
        """Read a body up to the limit, and not a byte more than came with the one that passed it."""
        announced = response.content_length
        if announced is None or announced <= limit_bytes:
            data = bytearray()
            async for chunk in response.content.iter_any():
                data += chunk
                if len(data) > limit_bytes:
                    break
            else:
                return bytes(data)
        response.close()
        size = f"{announced} bytes" if announced is not None else f"more than {limit_bytes} bytes"
        raise RemoteProtocolError(
            f"{place_of(str(response.url))} answers with {size}, where at most {limit_bytes} can be right",
            camera=self.camera,
            remedy=LOOK_AT_THE_ADDRESS,
        )

    def _must_be_fine(self, response: aiohttp.ClientResponse, url: str) -> None:
        status = response.status
        if status == 200:
            return
        what = f"{place_of(url)} answers {path_of(url)} with HTTP {status}"
        if status in _GONE:
            raise ContentGone(what, camera=self.camera, code=status, remedy="ask the camera for it again")
        if status >= 500:
            raise CameraBusy(what, camera=self.camera, code=status, remedy="wait a moment and try again")
        raise RemoteProtocolError(what, camera=self.camera, code=status, remedy=LOOK_AT_THE_ADDRESS)

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if self._closed:
            raise LinkLost("the connection was closed on this side", camera=self.camera)
        session = self._sessions.get(fresh)
        if session is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                force_close=fresh,
                keepalive_timeout=None if fresh else _KEPT_FOR_S,
                socket_factory=socket_factory(self.interface),
            )
            session = self._sessions[fresh] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={"User-Agent": f"remotelens/{__version__}", "Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout_s),
            )
        return session
