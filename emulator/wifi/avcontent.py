"""The service `avContent`: listing and deleting stored pictures, and playing stored movies.

It answers while the camera transfers contents; playback has a state of its own. Where the sources leave open
how a call is refused, the choice is assumed: out of place 7, no card 41002, an unknown entry 10.

Source: protocol/wifi.md 9.3, 9.4, D.1, quirks 15 and 45.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from emulator.body.camera import Body
from emulator.body.contents import Entry
from emulator.body.machine import PASSING, Status
from emulator.body.refusals import Reason, Refused
from emulator.wifi.service import Answer, Call, Handler, Urls
from emulator.wifi.stored import (
    KINDS,
    REMOTE_PLAY,
    SCHEME,
    SOURCE,
    content_object,
    day_in,
    folder_object,
    number_in,
)

SERVICE = "avContent"
_LARGEST_PAGE = 100
_SORTS = ("ascending", "descending", "")
_PLAYBACK = frozenset(
    {
        "startStreaming",
        "pauseStreaming",
        "stopStreaming",
        "seekStreamingPosition",
        "requestToNotifyStreamingStatus",
    }
)
View = Literal["date", "flat"]


def require_state(body: Body, name: str) -> None:
    """Refuse a call that does not belong to the camera's present state."""
    wanted = Status.STREAMING if name in _PLAYBACK else Status.CONTENTS_TRANSFER
    status = body.machine.status
    if status is not wanted:
        reason = Reason.BUSY if status in PASSING else Reason.ILLEGAL_STATE
        raise Refused(reason, f"{name} belongs to {wanted}, not to {status}")


class ContentService:
    """Answers the calls of the service `avContent`.

    Args:
        body: the camera.
        urls: its addresses.
    """

    def __init__(self, body: Body, urls: Urls) -> None:
        self._body = body
        self._urls = urls

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        return self._methods

    def find(self, name: str) -> Handler | None:
        """Return what answers a method."""
        method = self._methods.get(name)
        return None if method is None else partial(method, self)

    # listing

    async def _get_scheme_list(self, _call: Call) -> Answer:
        return Answer([[{"scheme": SCHEME}]])

    async def _get_source_list(self, call: Call) -> Answer:
        if call.params[0].get("scheme") != SCHEME:
            raise _illegal("there is no such scheme")
        return Answer([[{"source": SOURCE}]])

    async def _get_content_count(self, call: Call) -> Answer:
        asked = call.params[0]
        day, view, kinds = _place(asked), _view(asked), _kinds(asked)
        target = asked.get("target")
        if target not in (None, "all") or (target == "all" and (day is not None or kinds is not None)):
            raise _illegal("target is all, for all of the card and without types")
        if target is None and day is None and view == "date":
            return Answer([{"count": len(self._body.contents.days(kinds))}])
        return Answer([{"count": len(self._body.contents.entries(day, kinds))}])

    async def _get_content_list(self, call: Call) -> Answer:
        asked = call.params[0]
        day, view, kinds = _place(asked), _view(asked), _kinds(asked)
        start, count, sort = asked.get("stIdx") or 0, asked.get("cnt"), asked.get("sort") or ""
        count = _LARGEST_PAGE if count is None else count
        if start < 0 or not 1 <= count <= _LARGEST_PAGE or sort not in _SORTS:
            raise _illegal(f"no page of {count} from {start} on, sorted {sort!r}")
        contents = self._body.contents
        if view == "flat":
            await self._body.clock.sleep(
                len(contents.entries(day, kinds)) * self._body.profile.timings.flat_list
            )
            require_state(self._body, "getContentList")
        by_day = day is None and view == "date"
        found: Sequence[Entry | date] = contents.days(kinds) if by_day else contents.entries(day, kinds)
        ordered = found[::-1] if sort == "descending" else found
        page = ordered[start : start + count]
        if not page:
            raise Refused(Reason.NO_LIST, f"nothing from {start} on")
        return Answer([[self._object(one) for one in page]])

    def _object(self, one: Entry | date) -> dict[str, Any]:
        return content_object(one, self._urls) if isinstance(one, Entry) else folder_object(one)

    # deleting

    async def _delete_content(self, call: Call) -> Answer:
        uris = call.params[0].get("uri") or []
        if not 1 <= len(uris) <= _LARGEST_PAGE:
            raise _illegal(f"{len(uris)} contents cannot be deleted at once")
        numbers = [_number(uri) for uri in uris]
        if not self._body.card.present:
            raise Refused(Reason.STORAGE_GONE, "there is no card in the camera")
        await self._body.contents.delete(numbers)
        return Answer([])

    # playing

    async def _set_streaming_content(self, call: Call) -> Answer:
        asked = call.params[0]
        if asked.get("remotePlayType") != REMOTE_PLAY:
            raise _illegal("there is no such way to play")
        number = _number(asked.get("uri") or "")
        if number is None:
            raise Refused(Reason.NO_ELEMENT, "there is no such content")
        self._body.playback.choose(number)
        return Answer([{"playbackUrl": self._urls.playback}])

    async def _start_streaming(self, _call: Call) -> Answer:
        self._body.playback.start()
        return Answer([])

    async def _pause_streaming(self, _call: Call) -> Answer:
        self._body.playback.pause()
        return Answer([])

    async def _stop_streaming(self, _call: Call) -> Answer:
        self._body.playback.stop()
        return Answer([])

    async def _seek_streaming_position(self, call: Call) -> Answer:
        position_ms = call.params[0].get("positionMsec")
        if position_ms is None:
            raise _illegal("no position is given")
        self._body.playback.seek(position_ms)
        return Answer([])

    async def _request_to_notify_streaming_status(self, call: Call) -> Answer:
        polling = call.params[0].get("polling")
        if polling is None:
            raise _illegal("polling is not given")
        playback = self._body.playback
        if not polling:
            standing = playback.standing
            return Answer([{"status": standing.status, "factor": standing.factor}])
        standing = await playback.poll()
        return Answer(
            [{"status": standing.status, "factor": standing.factor}], receipt=lambda: playback.told(standing)
        )

    _methods: ClassVar[Mapping[str, Callable[..., Awaitable[Answer]]]] = MappingProxyType(
        {
            "getSchemeList": _get_scheme_list,
            "getSourceList": _get_source_list,
            "getContentCount": _get_content_count,
            "getContentList": _get_content_list,
            "deleteContent": _delete_content,
            "setStreamingContent": _set_streaming_content,
            "startStreaming": _start_streaming,
            "pauseStreaming": _pause_streaming,
            "stopStreaming": _stop_streaming,
            "seekStreamingPosition": _seek_streaming_position,
            "requestToNotifyStreamingStatus": _request_to_notify_streaming_status,
        }
    )


def _place(asked: Mapping[str, Any]) -> date | None:
    """Return the day that is asked for, or None for the whole card."""
    uri = asked.get("uri") or ""
    try:
        return day_in(uri)
    except ValueError as error:
        if uri.partition(":")[0] == SCHEME and not uri.startswith(SOURCE):
            raise Refused(Reason.NO_ELEMENT, f"there is no storage {uri!r}") from error
        raise _illegal(str(error)) from error


def _view(asked: Mapping[str, Any]) -> View:
    """Return how it shall be listed; by day where that is not said."""
    match asked.get("view"):
        case None | "date":
            return "date"
        case "flat":
            return "flat"
        case other:
            raise _illegal(f"there is no view {other!r}")


def _kinds(asked: Mapping[str, Any]) -> Sequence[str] | None:
    """Return the kinds that are asked for, or None for all; they go with the view by day only."""
    kinds: Sequence[str] | None = asked.get("type")
    if kinds is None:
        return None
    if asked.get("view") == "flat" or any(kind not in KINDS for kind in kinds):
        raise _illegal(f"no kinds {kinds!r} in this view")
    return kinds or None


def _number(uri: str) -> int | None:
    try:
        return number_in(uri)
    except ValueError as error:
        raise _illegal(str(error)) from error


def _illegal(detail: str) -> Refused:
    return Refused(Reason.ILLEGAL_ARGUMENT, detail)
