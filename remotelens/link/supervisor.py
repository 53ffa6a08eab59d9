"""Keeps the link to one camera: walks the road, follows the camera's events, and walks back after a loss.

::

    absent -> found -> pairing -> waking -> joining -> reaching -> ready
                                                          ^          | silence, a broken connection
                                                          +-- lost <-+

After a failure the next attempt begins one stage earlier than the one that failed, so that a short drop costs
one new connection; a camera whose Bluetooth connection has ended too was switched off or carried away, and is
waited for from the beginning of the road. Without Wi-Fi a bonded camera is `ble_only`.

Source: design, "The connection, end to end"; protocol/wifi.md 6.3, 6.4, quirks 21, 47.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any, NoReturn

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import (
    InputError,
    LinkError,
    LinkLost,
    MissingComponent,
    RefusedError,
    RemoteLensError,
)
from remotelens.link.api import CameraApi
from remotelens.link.ble_stages import WifiNotUp
from remotelens.link.notices import BYEBYE, hear_notices, same_uuid
from remotelens.link.reach import Reached
from remotelens.link.road import Road
from remotelens.link.stages import Stage
from remotelens.link.status import STATE_DURING, BackOff, LinkState, LinkStatus
from remotelens.link.watchers import end_all, first_failure
from remotelens.protocol.wifi.events import CameraEvent
from remotelens.protocol.wifi.ssdp import Notify
from remotelens.transport.interfaces import interfaces_to

HEARTBEAT_S = 5.0
HEARTBEAT_LIMIT_S = 10.0
PARTING_LIMIT_S = 2.0
STEADY_S = 3.0
"""A link that has held for so long was no failed attempt: its loss is looked after at once."""
LISTENING_PAUSE_S = 2.0  # hearing a camera advertise costs nobody anything
_EARLY_S = 1e-3  # what a timer may go off early
_log = logging.getLogger(__name__)


class Supervisor:
    """Holds one camera's link up for as long as `run` runs.

    Args:
        road: the way to the camera; whoever made it closes it.
        on_event: gets what the camera tells, the state at each arrival first.
        on_ready: gets the camera each time it is reached.
        back_off: the pauses between attempts.
        heartbeat_s: how long the camera may be silent before it is asked for a sign of life.
        chance: what the pauses' jitter comes from.
        clock: measures everything.
    """

    def __init__(
        self,
        road: Road,
        *,
        on_event: Callable[[CameraEvent], None] | None = None,
        on_ready: Callable[[Reached], None] | None = None,
        back_off: BackOff | None = None,
        heartbeat_s: float = HEARTBEAT_S,
        chance: random.Random | None = None,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self._road = road
        self._on_event = on_event
        self._on_ready = on_ready
        self._back_off = back_off or BackOff()
        self._heartbeat_s = heartbeat_s
        self._chance = chance or random.Random()  # noqa: S311 - spreads attempts, keeps no secret
        self._clock = clock
        self._status = LinkStatus(LinkState.ABSENT, "not looked for yet", clock.now())
        self._waiters: set[asyncio.Event] = set()
        self._stage: Stage | None = None
        self._reached: Reached | None = None
        self._failures = 0
        self._why: str | None = None
        self._was_ready = False
        self._ready_at_s = 0.0
        road.begun = self._begin

    @property
    def status(self) -> LinkStatus:
        """How the link stands."""
        return self._status

    @property
    def api(self) -> CameraApi:
        """The camera's API.

        Raises:
            LinkLost: the link is not ready; says how it stands.
        """
        if self._reached is None:
            status = self._status
            raise LinkLost(f"the link is {status.state}: {status.reason}", remedy="wait until it is ready")
        return self._reached.api

    async def subscribe(self) -> AsyncIterator[LinkStatus]:
        """Yield the present status, then each newer one; those that were replaced meanwhile are skipped."""
        changed = asyncio.Event()
        self._waiters.add(changed)
        try:
            while True:
                changed.clear()
                yield self._status
                await changed.wait()
        finally:
            self._waiters.discard(changed)

    async def ready(self) -> Reached:
        """Wait until the camera is ready."""
        changed = asyncio.Event()
        self._waiters.add(changed)
        try:
            while self._reached is None:
                changed.clear()
                await changed.wait()
            return self._reached
        finally:
            self._waiters.discard(changed)

    async def run(self, reached: Reached | None = None) -> NoReturn:
        """Keep the link until cancelled.

        Args:
            reached: the camera at the end of the road, where that has been walked already.

        Raises:
            InputError: what was asked for can never be reached; the link is lost for good then, as it is when
                anything else ends this.
        """
        start: Stage | None = None
        while True:
            try:
                held, reached = reached or await self._walk(start), None
                await self._hold(held)
            except InputError as error:
                self._become(LinkState.LOST, error.message)
                raise
            except RemoteLensError as error:
                start = await self._after(error)
            except Exception as error:
                self._become(LinkState.LOST, f"an error that is not the camera's: {type(error).__name__}")
                raise
            finally:
                self._reached = None

    async def _walk(self, start: Stage | None) -> Reached:
        """Walk the road; a search ends when the camera's Bluetooth says that there is nothing to be found."""
        link = self._road.ble_link
        if start is not Stage.SEARCH or link is None or not link.gatt.is_connected:
            return await self._road.walk(start)
        walking = asyncio.create_task(self._road.walk(start))
        losing = asyncio.create_task(link.gatt.lost.wait())
        asking = asyncio.create_task(self._road.has_left_the_network())
        tasks: set[asyncio.Task[Any]] = {walking, losing, asking}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if asking.done() and not asking.result():
                await asyncio.wait({walking, losing}, return_when=asyncio.FIRST_COMPLETED)
            if walking.done():
                return walking.result()
        finally:
            await end_all(tasks)
        if losing.cancelled():
            return await self._road.walk(Stage.WAKE)
        raise LinkLost(
            "the camera's Bluetooth has gone as well", camera=link.camera.label, remedy="switch it on again"
        )

    async def _hold(self, reached: Reached) -> NoReturn:
        """Follow the camera's events, and see that it lives, until it is lost."""
        self._reached = reached
        self._was_ready = True
        self._ready_at_s = self._clock.monotonic()
        self._why = None
        self._stage = None
        self._become(LinkState.READY, None)
        if self._on_ready is not None:
            self._on_ready(reached)
        self._hand_on(reached.first_event)
        await first_failure(
            self._follow(reached.api),
            self._listen_for_life(reached.api),
            self._listen_for_parting(reached),
        )
        raise AssertionError("a link is held until it is lost")

    async def _follow(self, api: CameraApi) -> NoReturn:
        """Hand on what the camera tells; where another program follows its events, ask now and then."""
        while True:
            try:
                async for event in api.events():
                    self._failures = 0
                    self._become(LinkState.READY, None)
                    self._hand_on(event)
            except RefusedError as refusal:
                self._become(LinkState.READY, refusal.message)
            await self._clock.sleep(self._heartbeat_s)
            self._hand_on(await _snapshot(api))

    async def _listen_for_life(self, api: CameraApi) -> NoReturn:
        """Ask a silent camera for a sign of life, unless an answer is being waited for already."""
        pause_s = self._heartbeat_s
        while True:
            await self._clock.sleep(pause_s)
            silent_s = self._clock.monotonic() - (api.heard_s or 0.0)
            if silent_s < self._heartbeat_s - _EARLY_S:
                pause_s = self._heartbeat_s - silent_s
                continue
            pause_s = self._heartbeat_s
            if api.is_asking:
                continue
            try:
                await api.call("camera", "getVersions", timeout_s=HEARTBEAT_LIMIT_S)
            except RefusedError as refusal:
                _log.debug("%s lives: %s", api.camera, refusal.message)

    async def _listen_for_parting(self, reached: Reached) -> None:
        """Ask a camera that takes its leave for a sign of life at once: it is gone unless it answers."""
        if not self._road.route.multicast:
            return
        api, uuid, left = reached.api, reached.description.udn.removeprefix("uuid:"), asyncio.Event()

        def take(notice: Notify, _sender: str) -> None:
            if notice.nts == BYEBYE and same_uuid(notice.uuid, uuid):
                left.set()

        async def answer() -> NoReturn:
            while True:
                await left.wait()
                left.clear()
                try:
                    await api.call("camera", "getVersions", timeout_s=PARTING_LIMIT_S)
                except RefusedError as refusal:
                    _log.debug("%s is still there: %s", api.camera, refusal.message)
                except LinkError as error:
                    raise LinkLost(
                        f"the camera has taken its leave: {error.message}",
                        camera=api.camera,
                        remedy="switch it on again",
                    ) from error

        interfaces = await asyncio.to_thread(interfaces_to, api.host)
        hearing = (hear_notices(interface, take, clock=self._clock) for interface in interfaces)
        await first_failure(answer(), *hearing)

    async def _after(self, error: RemoteLensError) -> Stage | None:
        """Tell of a failure and wait; return the stage to begin with next, None for the whole road."""
        if self._stage is None and self._clock.monotonic() - self._ready_at_s >= STEADY_S:
            self._failures = 0
        self._failures += 1
        self._why = error.message
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        _log.log(level, "link %s: %s", self._stage or "held", error)
        pause_s = self._back_off.pause_s(self._failures, self._chance)
        if self._stage is None and self._failures == 1:
            pause_s = 0.0
        elif self._stage is Stage.FIND or (self._road.uses_ble and not self._is_bluetooth_up):
            pause_s = min(pause_s, LISTENING_PAUSE_S)  # it is waited for where it is heard first
        await self._pause(pause_s, error.message)
        return self._one_back(error)

    async def _pause(self, pause_s: float, why: str) -> None:
        """Tell of a failure and wait; less long when Bluetooth ends meanwhile, which is told, too."""
        end_s = self._clock.monotonic() + pause_s
        self._put_waiting(pause_s, why)
        link = self._road.ble_link
        if link is not None and link.gatt.is_connected:
            try:
                async with self._clock.timeout(pause_s):
                    await link.gatt.lost.wait()
            except TimeoutError:
                return
            pause_s = min(LISTENING_PAUSE_S, end_s - self._clock.monotonic())
            self._put_waiting(pause_s, f"{why}; its Bluetooth has ended since")
        await self._clock.sleep(pause_s)

    def _put_waiting(self, pause_s: float, why: str) -> None:
        next_try = self._clock.now() + timedelta(seconds=pause_s)
        state = self._state_without_wifi()
        self._put(LinkStatus(state, why, self._since(state), next_try, self._failures))

    def _one_back(self, error: RemoteLensError) -> Stage | None:
        """Return the stage before the one that failed; `REACH` after a loss, None for the first.

        A camera whose Bluetooth connection has ended too is gone as a whole, and is waited for where it is
        heard first; one whose connection stands is asked for its network, over the same connection where it
        has answered at all. A host without Bluetooth searches the network.
        """
        if self._stage is None:
            return Stage.REACH
        stages = self._road.stages
        if self._stage is Stage.FIND:
            return Stage.SEARCH if isinstance(error, MissingComponent) else None
        if self._road.uses_ble and not self._is_bluetooth_up:
            return None
        if self._road.uses_ble and self._stage is Stage.SEARCH:
            return Stage.WAKE
        if self._stage is Stage.WAKE and (isinstance(error, WifiNotUp) or not isinstance(error, LinkError)):
            return Stage.WAKE  # the camera answers, and perhaps somebody else uses the connection
        index = stages.index(self._stage) if self._stage in stages else 0
        return stages[index - 1] if index > 1 else None

    def _state_without_wifi(self) -> LinkState:
        return LinkState.BLE_ONLY if self._is_bluetooth_up else self._away

    @property
    def _is_bluetooth_up(self) -> bool:
        link = self._road.ble_link
        return link is not None and link.gatt.is_connected

    @property
    def _away(self) -> LinkState:
        """What a camera is that does not answer."""
        return LinkState.LOST if self._was_ready else LinkState.ABSENT

    def _begin(self, stage: Stage) -> None:
        """Show the stage that begins; while the camera is looked for, it is as far away as before."""
        before, self._stage = self._stage, stage
        if stage is Stage.PAIR:
            self._become(LinkState.FOUND, "it advertises")
        elif stage is Stage.REACH:
            self._become(LinkState.FOUND, "it answers on the network")
        state = STATE_DURING.get(stage, self._away)
        if stage is Stage.SEARCH and before is Stage.JOIN:
            state = LinkState.JOINING
        self._become(state, self._why or f"{stage.value} is under way")

    def _hand_on(self, event: CameraEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _become(self, state: LinkState, reason: str | None) -> None:
        status = self._status
        if (state, reason, None) != (status.state, status.reason, status.next_try):
            self._put(LinkStatus(state, reason, self._since(state), attempt=self._failures))

    def _since(self, state: LinkState) -> datetime:
        """Return since when the link is ready, or is not; the attempts in between end neither."""
        status = self._status
        same = (state is LinkState.READY) is (status.state is LinkState.READY)
        return status.since if same else self._clock.now()

    def _put(self, status: LinkStatus) -> None:
        self._status = status
        for waiter in self._waiters:
            waiter.set()


async def _snapshot(api: CameraApi) -> CameraEvent:
    """Ask how the camera stands; a refusal is a sign of life with nothing in it."""
    try:
        return await api.snapshot()
    except RefusedError:
        return CameraEvent()
