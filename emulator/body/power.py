"""Power and the access point: on, standby, off; and how long each takes.

Source: protocol/wifi.md 1.4, protocol/ble.md 10.3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from emulator.body.bell import Bell
from emulator.body.card import Card
from emulator.body.machine import Cause, Machine, Status
from emulator.body.work import Work
from emulator.clock import Clock
from emulator.profiles import Profile

PowerState = Literal["off", "standby", "on"]
WifiState = Literal["off", "launching", "launched", "terminating"]
NO_CARD_ERROR = 1
"""Why a newer body does not launch its access point (protocol/ble.md 10.1; assumed)."""


class Power:
    """Switches one camera and its access point.

    Args:
        on_demand: the access point is launched when it is asked for over Bluetooth, not at power on.
        left: called when the camera is being switched off, before anything is told.
        reached: called when it has been switched on, before it is ready.
    """

    def __init__(
        self,
        profile: Profile,
        clock: Clock,
        bell: Bell,
        work: Work,
        machine: Machine,
        card: Card,
        *,
        on_demand: bool,
        left: Callable[[], None],
        reached: Callable[[], None],
    ) -> None:
        self._timings = profile.timings
        self._clock = clock
        self._bell = bell
        self._work = work
        self._machine = machine
        self._card = card
        self._on_demand = on_demand
        self._left = left
        self._reached = reached
        self._launch: asyncio.Task[None] | None = None
        self._switching = Work()
        """What trouble does not cut short."""
        self._turn = asyncio.Lock()
        """Held while the switch is worked: who else works it waits for their turn."""
        self._waiting: set[asyncio.Event] = set()
        self._closed = False
        self.state: PowerState = "off"
        self.wifi: WifiState = "off"
        self.wifi_error = 0

    def begin(self) -> None:
        """Be what a camera is that has been lying there: in standby, or on and reachable."""
        if self._on_demand:
            self._set("standby")
        else:
            self.be_on(wifi=True)

    def be_on(self, *, wifi: bool) -> None:
        """Be on and ready at once."""
        self._set("on")
        self._machine.move(Cause.POWER_ON)
        self._reached()
        self._machine.move(Cause.READY)
        self._set_wifi("launched" if wifi else "off")

    async def on(self) -> None:
        """Switch on; returns once the lens is out and the camera ready, or off again, or put away."""
        async with self._turn:
            if self._closed:
                return
            if self.state != "on":
                self._set("on")
                self._machine.move(Cause.POWER_ON)
                self._reached()
                if not self._on_demand:
                    self._begin_launch()
                self._work.start(self._become_ready(), "power on")
        ready = asyncio.Event()
        end = self._bell.subscribe(
            lambda _topic: (
                ready.set() if self._machine.status is not Status.NOT_READY or self.state != "on" else None
            )
        )
        self._waiting.add(ready)
        try:
            if self._machine.status is Status.NOT_READY:
                await ready.wait()
        finally:
            self._waiting.discard(ready)
            end()

    async def off(self, *, standby: bool) -> None:
        """Switch off, at once: whatever is going on is cut short."""
        async with self._turn:
            self._set("standby" if standby else "off")
            try:
                await self._switching.stop()
                await self._work.stop()
            finally:  # whoever switched it off may be cut short by that, and leaves no camera half off
                self._switching.cancel()
                self._work.cancel()
                self._launch = None
                self._left()
                self._machine.move(Cause.POWER_OFF)
                self._set_wifi("off")

    def fail(self, still_so: Callable[[], bool], why: str) -> None:
        """Switch off by itself in a moment, where it has to even then."""
        self._switching.start(self._fail(still_so), why)

    async def close(self) -> None:
        """End what it has going; whoever waits for it goes on. Nobody is told: the camera is put away."""
        self._closed = True
        await self._switching.close()
        self.state, self.wifi = "off", "off"
        for waiting in self._waiting:
            waiting.set()

    async def wifi_on(self) -> None:
        """Launch the access point; returns once it is up, or has failed (then `wifi_error` says why)."""
        if self.wifi == "launched" or self.state != "on" or self._closed:
            return
        if self._on_demand and not self._card.present:
            self.wifi_error = NO_CARD_ERROR
            self._bell.ring("wifi")
            return
        launch = self._begin_launch()
        await asyncio.wait([launch])

    async def wifi_off(self) -> None:
        """Take the access point down."""
        if self.wifi in ("off", "terminating"):
            return
        if self._launch is not None:
            self._launch.cancel()
            self._launch = None
        self._set_wifi("terminating")
        await asyncio.wait([self._switching.start(self._end_access_point(), "end of the access point")])

    def _begin_launch(self) -> asyncio.Task[None]:
        if self._launch is None or self._launch.done():
            self._launch = self._switching.start(self._launch_access_point(), "access point")
        return self._launch

    async def _launch_access_point(self) -> None:
        self.wifi_error = 0
        self._set_wifi("launching")
        await self._clock.sleep(self._timings.wifi_launch)
        self._set_wifi("launched")

    async def _end_access_point(self) -> None:
        await self._clock.sleep(self._timings.wifi_stop)
        if self.wifi == "terminating":
            self._set_wifi("off")

    async def _become_ready(self) -> None:
        await self._clock.sleep(self._timings.power_on)
        self._machine.move(Cause.READY)

    async def _fail(self, still_so: Callable[[], bool]) -> None:
        if self.state == "on" and still_so():
            await self.off(standby=False)

    def _set(self, state: PowerState) -> None:
        if state != self.state:
            self.state = state
            self._bell.ring("power")

    def _set_wifi(self, state: WifiState) -> None:
        if state != self.wifi:
            self.wifi = state
            self._bell.ring("wifi")
