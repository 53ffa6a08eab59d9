"""One camera's JSON-RPC: calls, versions, typed errors, URLs that stay on the camera, the one long poll.

Source: protocol/wifi.md 4 and 6.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import RemoteProtocolError
from remotelens.link.abilities import Abilities
from remotelens.link.addresses import at_host
from remotelens.link.poll import SILENCE_LIMIT_S, long_poll
from remotelens.protocol.wifi.codes import error_from
from remotelens.protocol.wifi.description import Description
from remotelens.protocol.wifi.events import CameraEvent, decode_event
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.rpc import (
    MAX_ANSWER_BYTES,
    MAX_ID,
    MIN_ID,
    RpcFailure,
    RpcResult,
    decode_answer,
    encode_request,
)
from remotelens.transport.http import HttpAnswer, HttpClient

CALL_TIMEOUT_S = 10.0
_LONG_CALLS_S: Mapping[str, float] = MappingProxyType(
    {
        "actTakePicture": 75.0,
        "awaitTakePicture": 75.0,
        "setTouchAFPosition": 20.0,
        "actTrackingFocus": 20.0,
        "actFormatStorage": 60.0,
        "actWhiteBalanceOnePushCustom": 30.0,
        "startMovieRec": 20.0,
        "stopMovieRec": 20.0,
        "stopContShooting": 30.0,
        "setCameraFunction": 25.0,
        "getContentCount": 30.0,
        "getContentList": 30.0,
        "deleteContent": 40.0,
    }
)
_log = logging.getLogger(__name__)


class CameraApi:
    """Calls one camera's methods, one at a time, with a long poll beside them.

    Cameras bear about four connections: the poll, one command, the live view, one download
    (protocol/wifi.md 4.2).

    Args:
        description: what the camera says of itself.
        http: the camera's HTTP client; closed with this.
        host: the host that was seen to lead to the camera; every URL of the camera's is put there.
        camera: how the camera is called in messages; its own name when not given.
        clock: measures time limits and pauses.

    Attributes:
        abilities: what the camera told of its methods; set when it has been asked.
        event_version: the version of getEvent that it answers.
        heard_s: when it last answered anything, on the clock's monotonic scale; None before.
    """

    def __init__(
        self,
        description: Description,
        http: HttpClient,
        *,
        host: str,
        camera: str | None = None,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self.description = description
        self.camera = camera or description.friendly_name
        self.http = http
        self.host = host
        self.abilities = Abilities()
        self.event_version = "1.0"
        self.heard_s: float | None = None
        self._clock = clock
        self._lane = asyncio.Lock()
        self._next_id = MIN_ID

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the camera's connections; this is also what ends a long poll."""
        await self.http.close()

    @property
    def is_asking(self) -> bool:
        """Whether a call is under way; the long poll does not count."""
        return self._lane.locked()

    def has(self, service: str, method: str) -> bool:
        """Whether the camera told that it has a method, now or in another state."""
        return self.abilities.has(service, method)

    def url(self, given: str) -> str:
        """Return a URL that the camera gave, on the host that leads to it.

        Raises:
            RemoteProtocolError: it is no URL.
        """
        return at_host(given, self.host, camera=self.camera)

    async def call(
        self,
        service: str,
        method: str,
        params: Sequence[Any] = (),
        version: str | None = None,
        *,
        timeout_s: float | None = None,
    ) -> list[Any]:
        """Call a method and return its values.

        Args:
            service: such as `camera`, `system` or `avContent`.
            method: its name.
            params: its parameters.
            version: the method's version; the highest that both sides know when not given.
            timeout_s: the limit of the call itself; one that suits the method when not given.

        Raises:
            RefusedError: the camera said no; its kind, code and remedy say how.
            NotSupported: the camera does not have the service or the method.
            LinkError: the camera could not be asked or did not answer.
            RemoteProtocolError: what came back is no answer.
        """
        async with self._lane:
            result = await self._ask(
                service,
                method,
                params,
                version or self.abilities.version_for(service, method),
                timeout_s or _LONG_CALLS_S.get(method, CALL_TIMEOUT_S),
            )
        return result.values

    async def snapshot(self, version: str | None = None) -> CameraEvent:
        """Ask for everything that the camera has to tell, at once.

        Raises:
            RefusedError, LinkError, RemoteProtocolError: as `call`.
        """
        return decode_event(await self.call("camera", "getEvent", [False], version or self.event_version))

    def events(self) -> AsyncIterator[CameraEvent]:
        """Iterate over what changes, as it changes; an empty event says that nothing did for a while.

        One at a time: a camera takes one long poll. The iteration ends only by an error.

        Raises:
            CameraBusy: another program's poll has taken over (code 40402).
            RefusedError: the camera gives no events.
            LinkTimeout: nothing was heard for `SILENCE_LIMIT_S`.
            LinkError, RemoteProtocolError: as `call`.
        """
        return long_poll(self._poll, camera=self.camera, clock=self._clock)

    async def _poll(self) -> CameraEvent:
        result = await self._ask("camera", "getEvent", [True], self.event_version, SILENCE_LIMIT_S)
        return decode_event(result.values)

    async def _ask(
        self, service: str, method: str, params: Sequence[Any], version: str, timeout_s: float
    ) -> RpcResult:
        url = self.url(self.description.endpoint(service))
        request_id = self._take_id()
        known = find(service, method)
        answer = await self.http.post(
            url,
            encode_request(method, params, request_id=request_id, version=version),
            repeatable=not known.changes if known else method.startswith("get"),
            limit_bytes=MAX_ANSWER_BYTES,
            timeout_s=timeout_s,
        )
        self.heard_s = self._clock.monotonic()
        outcome = self._decode(answer, method)
        if isinstance(outcome, RpcFailure):
            raise error_from(outcome.code, outcome.text, method=method, camera=self.camera)
        if outcome.id != request_id:
            _log.warning("%s: %s answered for id %s, not %s", self.camera, method, outcome.id, request_id)
        return outcome

    def _decode(self, answer: HttpAnswer, method: str) -> RpcResult | RpcFailure:
        """Read an answer; a refusal by HTTP alone has its status for a code (API reference, page 276)."""
        try:
            outcome = decode_answer(answer.body)
        except RemoteProtocolError as error:
            if answer.status != 200:
                return RpcFailure(id=None, code=answer.status, text=answer.reason)
            raise RemoteProtocolError(
                f"{method}: {error.message}",
                camera=self.camera,
                remedy="switch the camera off and on; if it stays so, what answers is perhaps no camera",
            ) from error
        if answer.status != 200 and isinstance(outcome, RpcResult):
            return RpcFailure(id=outcome.id, code=answer.status, text=answer.reason)
        return outcome

    def _take_id(self) -> int:
        taken = self._next_id
        self._next_id = taken + 1 if taken < MAX_ID else MIN_ID
        return taken
