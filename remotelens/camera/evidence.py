"""What became of a shutter command whose answer was lost.

A camera may have taken the picture although the client got an error for the request (protocol/wifi.md, quirk
12): so the command is never repeated on suspicion. What the camera lists before and after decides, and where
that does not suffice the outcome is called unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from remotelens.camera.line import Line
from remotelens.camera.state import CameraState
from remotelens.errors import CameraBusy, LinkError, LinkLost, RefusedError, RemoteProtocolError
from remotelens.protocol.wifi.codes import ApiError

SETTLE_TIMEOUT_S = 60.0
BACK_PAUSE_S = 0.5


class Outcome(Enum):
    """What is known of one capture."""

    TAKEN = "taken"
    MISSING = "missing"
    UNKNOWN = "unknown"


class CaptureUnknown(LinkLost):
    """Whether the picture was taken is not known; `finding` says what was looked at."""

    def __init__(
        self, message: str, *, finding: Finding, camera: str | None = None, remedy: str | None = None
    ) -> None:
        super().__init__(message, camera=camera, remedy=remedy)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the camera listed before the shutter was asked for.

    Attributes:
        urls: pictures that it told of, or that we were given.
        images_left: how many more its storage holds; None where it does not count.
    """

    urls: frozenset[str]
    images_left: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a capture, and by what."""

    outcome: Outcome
    words: str
    urls: tuple[str, ...] = ()


def baseline(state: CameraState, known_urls: Iterable[str] = ()) -> Baseline:
    """Return what the camera lists now."""
    return Baseline(frozenset({*state.urls, *known_urls}), images_left(state))


def images_left(state: CameraState) -> int | None:
    """Return how many pictures the storage that is written to still holds; None where it does not count."""
    counts = [place.images_left for place in state.storage if place.is_target and place.has_media]
    return counts[0] if counts else None


def compare(before: Baseline, after: CameraState) -> Finding:
    """Judge by what the camera lists before and after; both from snapshots of an idle camera."""
    new = tuple(url for url in after.urls if url not in before.urls)
    if new:
        return Finding(Outcome.TAKEN, "the camera's events list a new picture", new)
    left = images_left(after)
    if left is not None and before.images_left is not None:
        if left < before.images_left:
            return Finding(Outcome.TAKEN, f"the card holds {before.images_left - left} more than before")
        if left > before.images_left:
            more = left - before.images_left
            return Finding(
                Outcome.UNKNOWN, f"the card was changed or emptied: it has room for {more} more than before"
            )
        return Finding(Outcome.MISSING, "the card holds as much as before")
    if after.urls:
        return Finding(Outcome.MISSING, "the camera's events list no new picture")
    return Finding(Outcome.UNKNOWN, "the camera lists no pictures and counts none")


async def find_out(line: Line, before: Baseline, *, timeout_s: float = SETTLE_TIMEOUT_S) -> Finding:
    """Ask the camera, once it is back and idle, what became of the last shutter command.

    Raises:
        LinkError, RemoteProtocolError: the camera did not come back in time, or told nothing but noise.
        CameraBusy: it did not become idle in time.
    """
    await _answers_again(line, timeout_s)
    await line.wait_idle(timeout_s)
    finding = compare(before, await line.snapshot())
    if finding.urls or not line.has("awaitTakePicture"):
        return finding
    urls = await _pending(line, timeout_s)
    new = tuple(url for url in urls if url not in before.urls)
    return Finding(Outcome.TAKEN, "awaitTakePicture gave the picture", new) if new else finding


async def _answers_again(line: Line, timeout_s: float) -> None:
    """Return when the camera answers; the events may not have noticed yet that it was away."""
    deadline_s = line.clock.monotonic() + timeout_s
    while True:
        try:
            await line.snapshot()
        except (LinkError, RemoteProtocolError):
            if line.clock.monotonic() >= deadline_s:
                raise
        else:
            return
        await line.clock.sleep(BACK_PAUSE_S)


async def _pending(line: Line, timeout_s: float) -> tuple[str, ...]:
    """Return what awaitTakePicture still holds; nothing where it says that nothing was taken."""
    try:
        return await await_picture(line, timeout_s)
    except RefusedError:
        return ()


async def await_picture(line: Line, timeout_s: float) -> tuple[str, ...]:
    """Call awaitTakePicture until it has a result.

    Source: protocol/wifi.md 5.4: repeat on 40403.

    Raises:
        CameraBusy: the camera is still capturing after that time.
        RefusedError: it has nothing to wait for.
    """
    deadline_s = line.clock.monotonic() + timeout_s
    while True:
        try:
            return picture_urls(await line.call("awaitTakePicture"))
        except CameraBusy as error:
            if error.code != ApiError.STILL_CAPTURING_NOT_FINISHED or line.clock.monotonic() >= deadline_s:
                raise
        await line.clock.sleep(0.2)


def picture_urls(values: list[object]) -> tuple[str, ...]:
    """Return the URLs in the answer of a shutter command: an array in the array of values."""
    inner = values[0] if values else []
    if isinstance(inner, str):
        inner = [inner]
    return tuple(url for url in inner if isinstance(url, str) and url) if isinstance(inner, list) else ()
