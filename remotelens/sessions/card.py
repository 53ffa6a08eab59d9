"""Finding frames' pictures among what a camera's card holds: by how new they are, or by when they were taken.

Source: protocol/wifi.md 9.3: the list tells times in whole seconds of the camera's clock.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from remotelens.camera.raws import taken_at
from remotelens.camera.shot import RAW
from remotelens.clock import Clock
from remotelens.errors import ContentGone
from remotelens.sessions.progress import FrameStanding, is_other_camera

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera
    from remotelens.protocol.wifi.contents import Content

STEP_SLACK_S = 1.0
TAKES_AT_MOST = timedelta(seconds=90)
BEHIND = timedelta(seconds=3)  # the camera is set to a whole second, over a network, and tells whole seconds
AHEAD = timedelta(seconds=1)
_Span: TypeAlias = tuple[datetime, datetime]


class Card:
    """What is stored in a camera that gives it out.

    Args:
        camera: the camera.
        clock: the session's time.
    """

    def __init__(self, camera: Camera, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._began = clock.now()
        self._began_s = clock.monotonic()

    @property
    def clocks_agree(self) -> bool:
        """Whether its times can be compared with ours: both clocks were set, and not changed since."""
        passed_s = (self._clock.now() - self._began).total_seconds()
        stepped_s = passed_s - (self._clock.monotonic() - self._began_s)
        return self._camera.power.clock.trusted and abs(stepped_s) < STEP_SLACK_S

    async def newest(self, count: int, known_urls: Collection[str]) -> list[Content]:
        """Return the newest stills that no frame has, the first taken first."""
        found: list[Content] = []
        async with self._camera.contents.transfer():
            async for entry in self._camera.contents.entries(newest_first=True):
                if entry.kind == "still":
                    if any(url in known_urls for url in urls_of(entry)):
                        break
                    found.append(entry)
                if len(found) == count:
                    break
        return found[::-1]

    async def between(
        self, begin: datetime, end: datetime, known_urls: Collection[str]
    ) -> list[Content] | None:
        """Return the stills that were taken in a span of time, oldest first, without those that others have.

        None where the clocks do not tell.
        """
        if not self.clocks_agree:
            return None
        found: list[Content] = []
        async with self._camera.contents.transfer():
            async for entry in self._camera.contents.entries(newest_first=True):
                created = entry.created
                if created is None or created.tzinfo is None or created > end:
                    continue
                if created < begin:
                    break
                if entry.kind == "still" and not any(url in known_urls for url in urls_of(entry)):
                    found.append(entry)
        return sorted(found, key=lambda one: (one.created_text, one.folder_number, one.file_number))

    async def of(
        self, frame: FrameStanding, session: Collection[FrameStanding], folder: Path
    ) -> list[Content]:
        """Return a frame's pictures.

        In a quick interval the times that fit a frame fit its neighbours, too: so all that are near each
        other and not here are looked for together, and found where the card holds as many.

        Args:
            frame: which was taken, and is not here.
            session: all frames of the session; those of other cameras are on other cards.
            folder: where those are that are here.

        Raises:
            ContentGone: the card does not have them, or does not tell which they are.
        """
        same = [one for one in session if not is_other_camera(one.camera_uuid, frame.camera_uuid)]
        spans = {one.n: span for one in same if (span := _span_of(one)) is not None}
        frames = {one.n: one for one in same if one.n in spans}
        if frame.n not in spans:
            raise ContentGone("the camera's clock was not set when it was taken", camera=self._camera.name)
        members, (begin, end) = _near(frame.n, frames, spans)
        here = [one for one in frames.values() if one.kept and _overlap(spans[one.n], (begin, end))]
        stored = await self.between(begin, end, {kept.url or "" for one in here for kept in one.kept})
        if stored is not None:
            stored = _without(stored, await asyncio.to_thread(_times_of, here, folder))
            found = _shared_out(stored, [frames[n] for n in members], spans)
            if found is not None:
                return found[frame.n]
        raise ContentGone(told(stored), camera=self._camera.name)


def urls_of(entry: Content) -> tuple[str, ...]:
    """Return where a stored picture is, without its raw file where it has one beside it."""
    pictures = [file.url for file in entry.originals if not file.raw]
    return tuple(pictures or (file.url for file in entry.originals))


def name_of(entry: Content) -> str:
    """Return what a stored picture is called."""
    return entry.originals[0].file_name if entry.originals else entry.uri


def told(stored: Collection[Content] | None) -> str:
    """Say what the card holds of a span of time."""
    if stored is None:
        return "the times on the card cannot be compared with this host's"
    if not stored:
        return "the card holds no picture of that time"
    return f"the card holds {len(stored)} pictures of that time: {', '.join(map(name_of, stored))}"


def _span_of(frame: FrameStanding) -> _Span | None:
    """Return when a frame's picture was taken by the camera's clock; None where that clock was not set."""
    if frame.intent is None or frame.taken is None or not (frame.run is None or frame.run.clock_trusted):
        return None
    asked = datetime.fromisoformat(frame.intent.at)
    answered = min(datetime.fromisoformat(frame.taken.at), asked + TAKES_AT_MOST)
    return asked - BEHIND, answered + AHEAD


def _overlap(one: _Span, other: _Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _near(n: int, frames: Mapping[int, FrameStanding], spans: Mapping[int, _Span]) -> tuple[list[int], _Span]:
    """Return the frames that are not here and whose spans hang together with a frame's, and their span."""
    order = sorted(spans)
    members, whole = [n], spans[n]
    for others in (reversed(order[: order.index(n)]), order[order.index(n) + 1 :]):
        for other in others:
            if not _overlap(spans[other], whole):
                break
            if not frames[other].kept:
                members.append(other)
                whole = min(whole[0], spans[other][0]), max(whole[1], spans[other][1])
    return sorted(members), whole


def _times_of(frames: Iterable[FrameStanding], folder: Path) -> Counter[datetime | None]:
    """Return when the pictures that are here were taken, by what they say themselves."""
    kept = [file for frame in frames for file in frame.kept if file.file_kind != RAW]
    return Counter(taken_at(folder / file.path) for file in kept)


def _without(stored: Iterable[Content], times: Counter[datetime | None]) -> list[Content]:
    """Leave out what is here already; of a second only where that accounts for all pictures of it."""
    stored = list(stored)
    seconds = Counter(_second_of(entry) for entry in stored)
    return [entry for entry in stored if seconds[_second_of(entry)] != times[_second_of(entry)]]


def _second_of(entry: Content) -> datetime | None:
    return entry.created and entry.created.replace(tzinfo=None, microsecond=0)


def _shared_out(
    stored: list[Content], frames: Iterable[FrameStanding], spans: Mapping[int, _Span]
) -> dict[int, list[Content]] | None:
    """Give each frame its pictures, in their order; None where they are not as many, or of other times."""
    left = iter(stored)
    shared: dict[int, list[Content]] = {}
    for frame in frames:
        begin, end = spans[frame.n]
        assert frame.taken is not None
        own = [entry for _, entry in zip(frame.taken.urls, left, strict=False)]
        if len(own) < max(1, len(frame.taken.urls)):
            return None
        if not all(entry.created and begin <= entry.created <= end for entry in own):
            return None
        shared[frame.n] = own
    return shared if next(left, None) is None else None
