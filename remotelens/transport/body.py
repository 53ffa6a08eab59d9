"""The body of a long or endless answer, read as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import NoReturn

import aiohttp

from remotelens.clock import Clock
from remotelens.transport.failures import translated


class HttpBody:
    """The body of an answer while it arrives; made by `HttpClient.open`.

    One lazy timer watches for a pause, since a timer for each piece costs more than reading it.

    Args:
        response: aiohttp's answer, of which nothing has been read.
        camera: how the camera is called in messages.
        url: what was asked for.
        stall_timeout_s: how long may pass without a byte while somebody waits for one.
        clock: measures it.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        *,
        camera: str | None,
        url: str,
        stall_timeout_s: float,
        clock: Clock,
    ) -> None:
        self._response = response
        self._content = response.content
        self._camera = camera
        self._url = url
        self._stall_timeout_s = stall_timeout_s
        self._clock = clock
        self._waiting_since_s: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def size_bytes(self) -> int | None:
        """How many bytes are to come; None where the camera does not say."""
        return self._response.content_length

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers, by name in any case."""
        return self._response.headers

    async def read(self) -> bytes:
        """Return what has arrived, waiting for something; nothing at the end.

        Raises:
            LinkLost: the connection broke before the end.
            LinkTimeout: nothing arrived for longer than the stall limit.
        """
        self._waiting_since_s = self._clock.monotonic()
        if self._timer is None:
            self._watch(self._stall_timeout_s)
        try:
            return await self._content.readany()
        except (aiohttp.ClientError, OSError) as error:
            self._raise(error)
        finally:
            self._waiting_since_s = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what arrives, in pieces of any size.

        Raises:
            LinkLost, LinkTimeout: as `read`.
        """
        while chunk := await self.read():
            yield chunk

    def close(self) -> None:
        """Close the connection."""
        if self._timer is not None:
            self._timer.cancel()
        self._response.close()

    def _watch(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """End a wait that has lasted too long; else look again when it may have."""
        waited_s = 0.0
        if self._waiting_since_s is not None:
            waited_s = self._clock.monotonic() - self._waiting_since_s
        if waited_s < self._stall_timeout_s:
            self._watch(self._stall_timeout_s - waited_s)
        else:
            self._content.set_exception(aiohttp.SocketTimeoutError("no data"))

    def _raise(self, error: Exception) -> NoReturn:
        with translated(self._camera, self._url):
            raise error
        raise AssertionError("every foreign exception is turned into one of ours")
