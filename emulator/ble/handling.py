"""What can be done to one camera's radio: carried about, switched in its menu, held by a phone, troubled.

`emulator.hands` gives this to the control API, the command line and the fixtures.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from emulator.ble.peripheral import Peripheral
from emulator.ble.phone import Phone
from emulator.ble.scenario import Scenario
from emulator.ble.space import Step
from remotelens.errors import InvalidValue

TROUBLES = tuple(item.name for item in dataclasses.fields(Scenario) if item.name != "link_lasts_s")
"""What can be wrong with a body, by name; see `Scenario`."""


class RadioHands:
    """A person with one camera's radio in reach.

    Args:
        camera: the radio.
    """

    def __init__(self, camera: Peripheral) -> None:
        self.camera = camera
        self._phone = Phone(camera.air, f"phone for {camera.address}")

    async def close(self) -> None:
        """Put everything back as it was."""
        await self._phone.let_go()
        space = self.camera.air.space
        space.put(self.camera.address, 1.0)
        space.disturb()

    @property
    def state(self) -> dict[str, Any]:
        """How the radio stands."""
        camera, space = self.camera, self.camera.air.space
        distance_m = space.distance_m(camera.address)
        scenario = camera.scenario
        return {
            "distance_m": distance_m if distance_m < float("inf") else None,
            "rssi_dbm": space.rssi([camera.address], []),
            "latency_s": space.latency_s,
            "loss": space.loss,
            "connected": camera.connected,
            "remote": camera.remote_enabled,
            "phone": self._phone.holds,
            "trouble": [name for name in TROUBLES if getattr(scenario, name)],
            "link_lasts_s": scenario.link_lasts_s,
        }

    def walk(self, steps: Sequence[tuple[float, float]]) -> None:
        """Carry the camera about: so many seconds of its time, to that distance from all hosts, one by one.

        Raises:
            InvalidValue: that is no way.
        """
        try:
            space = self.camera.air.space
            space.walk(self.camera.address, [Step(seconds, distance_m) for seconds, distance_m in steps])
        except ValueError as error:
            raise InvalidValue(str(error), remedy="give seconds and metres, not below 0") from error

    def disturb(self, *, latency_s: float | None = None, loss: float | None = None) -> None:
        """Make the air slow, or lossy, for everybody on it.

        Raises:
            InvalidValue: no air is so.
        """
        space = self.camera.air.space
        try:
            space.disturb(
                latency_s=space.latency_s if latency_s is None else latency_s,
                loss=space.loss if loss is None else loss,
            )
        except ValueError as error:
            raise InvalidValue(str(error), remedy="give seconds, and a chance below 1") from error

    def allow_remote(self, on: bool) -> None:
        """Switch "Bluetooth Rmt Ctrl" in the camera's menu."""
        self.camera.enable_remote(on)

    async def phone(self, holds: bool) -> None:
        """Have somebody's phone take the camera whenever it can, or switch that phone off.

        Raises:
            NotAvailableNow: they have no bond, and the camera's pairing screen is kept closed.
        """
        if holds:
            self._phone.hold(self.camera)
        else:
            await self._phone.let_go()

    def trouble(self, names: Sequence[str]) -> None:
        """Have these things wrong with the body, and no others.

        Raises:
            InvalidValue: there is no such trouble.
        """
        unknown = [name for name in names if name not in TROUBLES]
        if unknown:
            raise InvalidValue(
                f"a radio has no trouble {unknown[0]!r}", remedy=f"there are {', '.join(TROUBLES)}"
            )
        for name in TROUBLES:
            setattr(self.camera.scenario, name, name in names)

    def let_links_last(self, seconds: float) -> None:
        """Lose every link made from now on after so long; 0: let them last.

        Raises:
            InvalidValue: no such time.
        """
        if not 0.0 <= seconds < float("inf"):
            raise InvalidValue(f"links cannot last {seconds:g} s", remedy="give seconds, or 0 for good")
        self.camera.scenario.link_lasts_s = seconds or None
