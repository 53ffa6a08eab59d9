"""The operations of the control API that are about scene, weather and time."""

from __future__ import annotations

from emulator.control import answers, orders
from emulator.control.asking import Asked
from emulator.control.desk import Controlled, Desk, Told
from emulator.journal.entry import iso
from emulator.stage import Stage, Weather
from emulator.world import SCENES


class WorldDesk(Desk):
    """What the cameras look at, and when."""

    async def scene(self, _asked: Asked) -> Told:
        """What the cameras look at."""
        return answers.Scene(scene=scene_now(self._rack.stage))

    async def set_scene(self, asked: Asked) -> Told:
        """Look at another scene."""
        self._hands.scene(asked.order(orders.SceneOrder).name)
        return await self.scene(asked)

    async def weather(self, asked: Asked) -> Told:
        """Change the weather."""
        order = asked.order(orders.WeatherOrder)
        self._hands.weather(Weather(order.clouds, order.dim_stops, order.temperature_c))
        return await self.scene(asked)

    async def clock(self, _asked: Asked) -> Told:
        """The cameras' time."""
        return answers.Clock(clock=clock_now(self._rack))

    async def advance(self, asked: Asked) -> Told:
        """Let time pass."""
        await self._hands.advance(asked.order(orders.AdvanceOrder).s)
        return await self.clock(asked)

    async def jump(self, asked: Asked) -> Told:
        """Let it be later at once."""
        self._hands.jump(asked.order(orders.JumpOrder).s)
        return await self.clock(asked)


def clock_now(rack: Controlled) -> answers.ClockState:
    """Tell the cameras' time."""
    clock = rack.clock
    kind = type(clock).__name__.removesuffix("Clock").lower()
    return answers.ClockState(
        kind if kind in ("scaled", "virtual") else "real",  # type: ignore[arg-type]  # narrowed by hand
        iso(clock.now()),
        round(clock.monotonic(), 6),
        round(rack.stage.time_s, 6),
    )


def scene_now(stage: Stage) -> answers.SceneNow:
    """Tell what the cameras look at."""
    weather = stage.weather
    now = answers.WeatherNow(weather.clouds, weather.dim_stops, weather.temperature_c)
    return answers.SceneNow(stage.name, round(stage.time_s, 6), now, list(SCENES))
