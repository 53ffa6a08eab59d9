"""Zooming: start, stop, a step, or to a position.

Source: protocol/wifi.md 5.4 and 7.2; quirk 34: a long push overruns, so it is stopped early and finished in
steps.
"""

from __future__ import annotations

from types import MappingProxyType

from remotelens.camera.ending import Ending
from remotelens.camera.line import Line
from remotelens.camera.settings import Control, Settings
from remotelens.camera.state import CameraState
from remotelens.errors import CameraBusy, InvalidValue, NotAvailableNow

IN, OUT = "in", "out"
STEP_TIMEOUT_S = 3.0
TRAVEL_TIMEOUT_S = 20.0
OVERRUN = 19
MOST_STEPS = 30
REST_S = 0.2
HALT_TIMEOUT_S = 5.0
_HELP = "a lens that zooms by motor is needed, and an idle camera"


class Zoom:
    """The zoom of one camera; positions run from 0 to 100 over all its ranges."""

    def __init__(self, line: Line, settings: Settings) -> None:
        self._line = line
        self.setting: Control = settings.control("zoom_setting")
        self._moving = MappingProxyType({direction: _movement(line, direction) for direction in (IN, OUT)})

    @property
    def position(self) -> int | None:
        """Where it stands; None where the camera does not tell."""
        return _position(self._line.state)

    async def start(self, direction: str) -> None:
        """Zoom ``in`` or ``out`` until `stop`, or until the end."""
        self._check(direction)
        await self._settle()
        await self._moving[direction].begin("actZoom", direction, "start")

    async def stop(self, direction: str) -> None:
        """End a movement in that direction."""
        movement = self._moving.get(direction)
        if movement is None or not movement.owed:  # one that moves may list no zooming, and is stopped
            self._check(direction)
        await self._moving[direction].now()

    async def close(self) -> None:
        """Stop a movement that was started and not stopped."""
        for movement in self._moving.values():
            await movement.close()

    async def step(self, direction: str) -> int | None:
        """Move one step ``in`` or ``out``; return where the zoom stands then."""
        self._check(direction)
        await self._settle()
        before = self.position
        await self._line.call("actZoom", direction, "1shot")
        at_end = before == (100 if direction == IN else 0)
        if before is None or at_end:
            return before
        try:
            await self._line.until(
                lambda state: _position(state) != before, timeout_s=STEP_TIMEOUT_S, what="the zoom's movement"
            )
        except CameraBusy:
            return before  # at the end of its range it does not move
        return self.position

    async def to(self, position: int) -> int:
        """Go as near to a position as the camera's steps allow; return where the zoom stands then.

        Raises:
            InvalidValue: not within 0 to 100.
            NotSupported: this camera has no motor zoom.
            NotAvailableNow: it does not offer it, or does not tell its position.
        """
        if not 0 <= position <= 100:
            raise InvalidValue(f"zoom cannot be {position}", remedy="choose 0 (wide) to 100 (tele)")
        self._line.require("actZoom", "zooming", _HELP)
        at = self.position
        if at is None:
            raise NotAvailableNow(
                "the camera does not tell where its zoom stands", camera=self._line.name, remedy=_HELP
            )
        if abs(position - at) > OVERRUN:
            at = await self._travel(at, position)
        return await self._approach(at, position)

    async def _travel(self, at: int, target: int) -> int:
        """Push until short of the target; the ends of the range are reached without stopping."""
        direction = IN if target > at else OUT
        early = target if target in (0, 100) else target - OVERRUN if direction == IN else target + OVERRUN
        await self.start(direction)
        try:
            await self._line.until(
                lambda state: _reached(state, early, direction),
                timeout_s=TRAVEL_TIMEOUT_S,
                what=f"the zoom at {target}",
            )
        finally:
            await self._moving[direction].quietly()
        return await self._rest()

    async def _rest(self) -> int:
        """Return the position once two looks a moment apart agree."""
        at, before = _position(await self._line.snapshot()), None
        while at != before:
            await self._line.clock.sleep(REST_S)
            at, before = _position(await self._line.snapshot()), at
        return 0 if at is None else at

    async def _approach(self, at: int, target: int) -> int:
        """Step towards the target for as long as that brings it nearer."""
        for _ in range(MOST_STEPS):
            if at == target:
                break
            direction = IN if target > at else OUT
            moved = await self.step(direction)
            if moved is None or moved == at:
                break
            further = abs(moved - target) >= abs(at - target)
            at = moved
            if further or (moved > target) != (direction == OUT):
                break
        return await self._rest()

    async def _settle(self) -> None:
        """Stop what should have stopped before: a late stop would end the next movement."""
        for movement in self._moving.values():
            await movement.settle()

    def _check(self, direction: str) -> None:
        if direction not in (IN, OUT):
            raise InvalidValue(f"the zoom cannot go {direction!r}", remedy="choose in or out")
        self._line.require("actZoom", "zooming", _HELP)


def _movement(line: Line, direction: str) -> Ending:
    """Return the end of a movement; at an end of its range the zoom has stopped by itself, and refuses."""
    return Ending(
        line,
        "actZoom",
        direction,
        "stop",
        doubt="the zoom may still move",
        limit_s=HALT_TIMEOUT_S,
        call_timeout_s=HALT_TIMEOUT_S / 2,
    )


def _position(state: CameraState) -> int | None:
    return state.zoom.position if state.zoom else None


def _reached(state: CameraState, position: int, direction: str) -> bool:
    at = _position(state)
    return at is not None and (at >= position if direction == IN else at <= position)
