"""The shutter command itself: sent once, awaited, and accounted for when its answer is lost.

Source: protocol/wifi.md 5.4; quirks 7 and 12.
"""

from __future__ import annotations

from remotelens.camera.evidence import (
    Baseline,
    CaptureUnknown,
    Finding,
    Outcome,
    await_picture,
    baseline,
    compare,
    find_out,
    picture_urls,
)
from remotelens.camera.line import Line
from remotelens.camera.state import CameraState
from remotelens.errors import (
    CameraBusy,
    CaptureFailed,
    InvalidValue,
    LinkError,
    LinkLost,
    RefusedError,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.protocol.wifi.codes import ApiError
from remotelens.protocol.wifi.values import ShutterSpeed

SAVING_TIMEOUT_S = 60.0
NOT_READY_TRIES = 4
NOT_READY_PAUSE_S = 0.5


async def take_picture(line: Line) -> tuple[str, ...]:
    """Ask for the picture until the camera is ready for it; never again once it may have been taken."""
    before = baseline(line.state, line.seen_urls)
    for remaining in reversed(range(NOT_READY_TRIES)):
        try:
            return await _ask(line, before)
        except CameraBusy as error:
            if error.code != ApiError.CAMERA_NOT_READY or not remaining:
                raise
            refusal = error
        await line.clock.sleep(NOT_READY_PAUSE_S)
        await line.wait_idle()
        finding = compare(before, await line.snapshot())
        if finding.outcome is Outcome.TAKEN:
            return _settle(line, finding, refusal)
    raise AssertionError("the last try returns or raises")


async def _ask(line: Line, before: Baseline) -> tuple[str, ...]:
    try:
        urls = picture_urls(await line.call("actTakePicture"))
    except CameraBusy as error:
        if error.code != ApiError.STILL_CAPTURING_NOT_FINISHED:
            raise
        return await _await(line, before)
    except (LinkLost, RemoteProtocolError) as error:
        return await recover(line, before, error)
    return urls or await recover(line, before, RemoteProtocolError("the answer names no picture"))


async def _await(line: Line, before: Baseline) -> tuple[str, ...]:
    """Wait for a picture that takes longer than the camera keeps a call waiting."""
    try:
        return await await_picture(line, patience_s(line.state))
    except CaptureFailed:
        raise
    except (LinkLost, RemoteProtocolError, RefusedError) as error:
        return await recover(line, before, error)


async def recover(
    line: Line, before: Baseline, error: RemoteLensError, *, timeout_s: float | None = None
) -> tuple[str, ...]:
    """Find out what became of a command whose answer is lost.

    Args:
        line: the camera.
        before: what it listed before the command.
        error: what went wrong.
        timeout_s: how long the camera may be away, and then busy; None for what its settings take.

    Raises:
        CaptureUnknown: what became of it is not known.
        LinkLost, CaptureFailed: no picture was taken.
    """
    if timeout_s is None:
        timeout_s = patience_s(line.state)
    try:
        finding = await find_out(line, before, timeout_s=timeout_s)
    except (LinkError, RefusedError, RemoteProtocolError) as later:
        finding = Finding(Outcome.UNKNOWN, f"the camera could not be asked: {later.message}")
    return _settle(line, finding, error)


def _settle(line: Line, finding: Finding, error: RemoteLensError) -> tuple[str, ...]:
    """Return the picture that was found, or say what is known instead."""
    if finding.urls:
        return finding.urls
    if finding.outcome is Outcome.MISSING:
        if isinstance(error, CaptureFailed):
            raise error  # the camera said why
        raise LinkLost(
            f"the shutter command failed ({error.message}) and no picture was taken: {finding.words}",
            camera=line.name,
            remedy="try again",
        ) from error
    taken = finding.outcome is Outcome.TAKEN
    known = "a picture was taken, but its address is lost" if taken else "whether it was taken is not known"
    raise CaptureUnknown(
        f"the shutter command failed ({error.message}); {known}: {finding.words}",
        finding=finding,
        camera=line.name,
        remedy="look at the pictures on the camera before trying again",
    ) from error


def patience_s(state: CameraState) -> float:
    """Return how long a capture may take: self-timer, exposure, a dark frame as long as it, and saving."""
    timer = state.value("self_timer")
    speed = state.value("shutter_speed")
    try:
        exposure_s = ShutterSpeed.parse(speed).exact_s if isinstance(speed, str) else None
    except InvalidValue:
        exposure_s = None
    timer_s = timer if isinstance(timer, int) else 0
    return timer_s + 2 * (exposure_s or 0.0) + SAVING_TIMEOUT_S
