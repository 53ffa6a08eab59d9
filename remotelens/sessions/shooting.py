"""A session from its beginning, or from where it was, to its end: the camera, the journal, the runner."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remotelens.camera.connect import connect
from remotelens.camera.contents import IN_TRANSFER
from remotelens.camera.state import CONTENTS_TRANSFER, REMOTE_SHOOTING
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import CameraBusy, InputError, RefusedError
from remotelens.plans.expand import Apply, Pause, expand
from remotelens.plans.schema import parse_plan
from remotelens.plans.steps import Plan
from remotelens.sessions.camera_engine import CameraEngine
from remotelens.sessions.checking import check_on_camera
from remotelens.sessions.journal import Journal
from remotelens.sessions.logbook import utc_text
from remotelens.sessions.progress import Progress, fold, is_other_camera, is_settled, planned_frames
from remotelens.sessions.records import Opened, Record
from remotelens.sessions.report import opened, plan_of
from remotelens.sessions.runner import Finish, Runner
from remotelens.sessions.store import SessionPlace, create
from remotelens.version import __version__

if TYPE_CHECKING:
    from remotelens.camera.camera import Camera

Tell = Callable[[Record], None]
SETTLE_S = 60.0  # a capture that a dead process began may still be under way, its dark frame too


@dataclass(frozen=True, slots=True)
class Way:
    """Which camera, and by which way; as `connect` takes it."""

    camera: str | None = None
    ble_adapter: str = "system"
    join: str = "already"


async def begin(
    text: str,
    *,
    file: str,
    folder: Path | None,
    way: Way,
    tell: Tell | None = None,
    started: Callable[[SessionPlace, Runner], None] | None = None,
    clock: Clock = REAL_CLOCK,
    remembered: bool = True,
) -> tuple[SessionPlace, Finish]:
    """Make a session of a plan and shoot it.

    Args:
        text: the plan's text, which is kept in the journal.
        file: what the plan's file is called.
        folder: where the pictures go; a new folder in the current one when not given.
        way: the camera; the plan's own where it names none.
        tell: gets each record when it is on the disk.
        started: gets the session's place and its runner, which can be asked to stop.
        clock: the session's time.
        remembered: whether the session can be found by its id later.

    Raises:
        PlanError: the plan cannot be meant on this camera; nothing was sent, no session was made.
        SupplyError: room ran out; the session can be resumed.
        RemoteLensError: whatever else ended it.
    """
    plan = parse_plan(text, file=file)
    named = Way(way.camera or plan.camera, way.ble_adapter, way.join)
    async with _engine(plan, named, clock, file, Progress()) as engine:
        place = await asyncio.to_thread(create, plan.name, folder, clock.now(), remembered=remembered)
        with place.locked():
            async with Journal(place.journal) as journal:
                frames = await asyncio.to_thread(lambda: sum(1 for _ in planned_frames(plan)))
                await journal.append(
                    Opened(
                        at=utc_text(clock.now()),
                        session=place.id,
                        plan=text,
                        plan_file=file,
                        planned=frames,
                        camera=named.camera,
                        writer=f"remotelens {__version__}",
                    )
                )
                runner = Runner(plan, journal, engine, place.folder, clock, tell)
                if started is not None:
                    started(place, runner)
                return place, await runner.run()


async def resume(
    place: SessionPlace,
    *,
    way: Way,
    tell: Tell | None = None,
    started: Callable[[SessionPlace, Runner], None] | None = None,
    clock: Clock = REAL_CLOCK,
    other_camera: bool = False,
) -> tuple[SessionPlace, Finish]:
    """Go on with a session where its journal ends, and fetch what was taken and could not be fetched before.

    Args:
        place: the session.
        way: the camera; the one that the session was begun with when not given.
        tell: gets each record when it is on the disk.
        started: gets the session's place and its runner, which can be asked to stop.
        clock: the session's time.
        other_camera: go on although the camera is another one than before. What became of the frames that the
            first one had begun cannot be known then.

    Raises:
        InputError: the camera is another one than before; nothing was sent to it.
        SessionBusy: another process works on it.
        JournalError: its journal cannot be read.
        InputError: there is nothing left to do.
    """
    with place.locked():
        async with Journal(place.journal) as journal:
            plan = plan_of(journal.records)
            first = opened(journal.records)
            progress = fold(journal.records)
            shot_whole = is_settled(plan, progress)
            if shot_whole and not progress.unfetched() and not progress.raws_left():
                raise InputError(f"session {place.id} has nothing left to do")
            named = Way(way.camera or first.camera, way.ble_adapter, way.join)
            before = Progress() if other_camera else progress
            left = None if shot_whole else plan
            async with _engine(left, named, clock, first.plan_file, before) as engine:
                runner = Runner(plan, journal, engine, place.folder, clock, tell)
                if started is not None:
                    started(place, runner)
                return place, await runner.run()


@asynccontextmanager
async def _engine(
    plan: Plan | None, way: Way, clock: Clock, file: str, before: Progress
) -> AsyncIterator[CameraEngine]:
    """Have the camera that a session is of, able to shoot what is left of a plan; None where nothing is."""
    async with connect(way.camera, ble_adapter=way.ble_adapter, join=way.join, clock=clock) as camera:
        if is_other_camera(camera.uuid, before.camera_uuid):
            raise InputError(
                f"the session was begun with another camera ({before.camera_uuid}) than this ({camera.uuid})",
                remedy="connect that one, or go on with this one by 'plan resume --other-camera'",
            )
        await _can_shoot(camera, clock)
        if plan is not None:
            check_on_camera(plan, camera, file=file)
        yield CameraEngine(camera, clock)


async def _can_shoot(camera: Camera, clock: Clock) -> None:
    """Return when the camera is idle; where a killed process left it giving out its card, that is ended.

    Raises:
        CameraBusy: it stays as it is.
    """
    with contextlib.suppress(TimeoutError):
        async with clock.timeout(SETTLE_S):
            async for state in camera.subscribe():
                if state.idle or state.status == IN_TRANSFER:
                    break
    if camera.state.status != IN_TRANSFER:
        await camera.wait_idle(SETTLE_S)
        return
    try:
        await camera.call("camera", "setCameraFunction", [REMOTE_SHOOTING])
        await camera.wait_idle(SETTLE_S)
    except RefusedError as error:
        raise CameraBusy(
            f"the camera does not leave {CONTENTS_TRANSFER}, in which it takes no pictures: {error.message}",
            camera=camera.name,
            remedy="switch the camera off and on, then try again",
        ) from error
    await camera.refresh()


def dry(plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield what would be done, one item a task, with no camera and no waiting."""
    for task in expand(plan):
        due = task.due.offset_s if task.due is not None and task.due.first else None
        if isinstance(task, Apply):
            yield {"do": "set", "values": dict(task.values), "due_s": due}
        elif isinstance(task, Pause):
            yield {"do": "wait", "seconds": task.seconds, "due_s": due}
        else:
            yield {
                "do": "capture",
                "n": task.n,
                "size": task.size,
                "half_press": task.half_press,
                "download": task.download,
                "due_s": due,
            }
