"""Things that happen to a camera while it works: its card, its power, its clock, its settings, its network.

A rule with `match` strikes at calls that contain the text, before they are carried out; one without
strikes at seconds of the camera's life.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from emulator.body.camera import Body
from emulator.body.modes import JOURNEYS
from emulator.body.refusals import Refused
from emulator.body.settings import WHITE_BALANCE, Value
from emulator.clock import Handle
from emulator.faults.engine import FaultEngine, Strike
from emulator.faults.freeze import Freeze

_TICK_S = 1.0
_DYING_STEPS = 20
_KEY_CHARACTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_KEY_LENGTH = 8


class Wire(Protocol):
    """A camera's network and radio, as far as something can happen to them; `Device` has this shape."""

    async def move(self) -> None:
        """Be at another port from now on."""
        ...

    async def expel(self) -> None:
        """Throw out whoever has joined its network."""
        ...

    async def forget_bonds(self) -> None:
        """Forget every host it has bonded with."""
        ...

    def lose_link(self) -> None:
        """Lose the radio link, where there is one."""
        ...

    def carry_off(self, seconds: float) -> None:
        """Be out of the radio's range for so long, where there is one."""
        ...


class Mishaps:
    """Lets the rules of one camera happen to it.

    Args:
        engine: the rules.
        body: the camera.
        wire: its network.
        freeze: whether its firmware hangs.
    """

    def __init__(self, engine: FaultEngine, body: Body, wire: Wire, freeze: Freeze) -> None:
        self._engine = engine
        self._body = body
        self._wire = wire
        self._freeze = freeze
        self._tick: Handle | None = None
        self._later: dict[str, Handle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._too_hot = False
        self._leave = engine.subscribe(self._rules_changed)
        self._unsubscribe = body.subscribe(self._changed)
        self._deeds: dict[str, Callable[[float, random.Random], Awaitable[None]]] = {
            "full": self._full,
            "out": self._out,
            "protected": self._protected,
            "renumber": self._renumber,
            "off": self._off,
            "dying": self._dying,
            "overheat": self._overheat,
            "freeze": self._hang,
            "drift": self._drift,
            "clock": self._clock_wrong,
            "address": lambda _value, _dice: wire.move(),
            "key": self._new_key,
            "unlink": self._unlink,
            "away": self._away,
            "forget": lambda _value, _dice: wire.forget_bonds(),
        }
        self._rules_changed()

    async def close(self) -> None:
        """Let nothing more happen."""
        self._leave()
        self._unsubscribe()
        self._freeze.end()
        if self._tick is not None:
            self._tick.cancel()
        for handle in self._later.values():
            handle.cancel()
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def on_call(self, wanted: str) -> None:
        """Let happen what is to happen at a call."""
        for strike in self._engine.deeds(self._body.camera_id, wanted):
            await self._happen(strike)

    def _rules_changed(self) -> None:
        """Count the seconds only while somebody wants to know."""
        if self._tick is None and self._engine.needs_ticks(self._body.camera_id):
            self._tick = self._body.clock.call_later(_TICK_S, self._second)

    def _second(self) -> None:
        self._tick = None
        for strike in self._engine.deeds(self._body.camera_id, None):
            self._start(self._happen(strike))
        self._rules_changed()

    async def _happen(self, strike: Strike) -> None:
        with contextlib.suppress(Refused):
            await self._deeds[strike.rule.kind](strike.rule.value, strike.dice)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"mishap of {self._body.camera_id}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            context = {"message": f"{task.get_name()} failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)

    def _after(self, deed: str, seconds: float, undo: Callable[[], object]) -> None:
        """Undo a deed after so long, unless it is for good; what was to undo it earlier no longer does."""
        earlier = self._later.pop(deed, None)
        if earlier is not None:
            earlier.cancel()
        if seconds > 0:

            def due() -> None:
                del self._later[deed]
                undo()

            self._later[deed] = self._body.clock.call_later(seconds, due)

    def _changed(self, topic: str) -> None:
        if topic == "power" and self._body.power == "on":
            if self._too_hot:
                self._start(self._body.power_off())
            else:
                self._freeze.end()

    # the deeds

    async def _full(self, seconds: float, _dice: random.Random) -> None:
        card = self._body.card
        card.full = True
        self._after("full", seconds, lambda: setattr(card, "full", False))

    async def _out(self, seconds: float, _dice: random.Random) -> None:
        card = self._body.card
        card.present = False
        self._after("out", seconds, lambda: setattr(card, "present", True))

    async def _protected(self, seconds: float, _dice: random.Random) -> None:
        card = self._body.card
        card.protected = True
        self._after("protected", seconds, lambda: setattr(card, "protected", False))

    async def _renumber(self, files: float, _dice: random.Random) -> None:
        self._body.card.renumber(int(files))

    async def _off(self, seconds: float, _dice: random.Random) -> None:
        if self._body.power == "on":
            self._after("off", seconds, lambda: self._start(self._switch_on()))
            await self._body.power_off()

    async def _switch_on(self) -> None:
        await self._body.power_on()

    async def _dying(self, seconds: float, _dice: random.Random) -> None:
        """Drain the battery in steps; at the end the camera switches itself off."""
        body, start = self._body, self._body.battery_ratio

        def drain(step: int) -> None:
            body.battery_ratio = start * (1 - step / _DYING_STEPS)
            if step < _DYING_STEPS and body.power == "on":
                self._after("dying", seconds / _DYING_STEPS, lambda: drain(step + 1))

        if seconds <= 0:
            drain(_DYING_STEPS)
        elif "dying" not in self._later:
            drain(1)

    async def _overheat(self, seconds: float, _dice: random.Random) -> None:
        if self._body.power != "on" or self._too_hot:
            return
        self._too_hot = True
        self._body.journal.add(self._body.camera_id, "power", "overheated", s=seconds)

        def cooled() -> None:
            self._too_hot = False
            self._start(self._switch_on())

        self._after("overheat", max(seconds, 1.0), cooled)
        await self._body.power_off()

    async def _hang(self, seconds: float, _dice: random.Random) -> None:
        if self._body.power == "on":
            self._freeze.begin(seconds)

    async def _drift(self, _value: float, dice: random.Random) -> None:
        settings = self._body.settings
        choices = {
            name: settings.candidates(name)
            for name in settings.snapshot()
            if name not in JOURNEYS and len(settings.candidates(name)) > 1
        }
        if choices:
            name = dice.choice(sorted(choices))
            values = [_value_of(name, candidate, dice) for candidate in choices[name]]
            others = [value for value in values if value != settings.value(name)]
            settings.change(name, settings.check(name, dice.choice(others)))

    async def _clock_wrong(self, seconds: float, _dice: random.Random) -> None:
        self._body.wall_clock.slip(seconds)

    async def _new_key(self, _value: float, dice: random.Random) -> None:
        key = "".join(dice.choice(_KEY_CHARACTERS) for _ in range(_KEY_LENGTH))
        self._body.rename_key(key)
        await self._wire.expel()

    async def _unlink(self, _value: float, _dice: random.Random) -> None:
        self._wire.lose_link()

    async def _away(self, seconds: float, _dice: random.Random) -> None:
        self._wire.carry_off(seconds)


def _value_of(name: str, candidate: Value, dice: random.Random) -> Value:
    """Return a value that a candidate stands for: of white balance, the mode with a temperature or none."""
    if name != WHITE_BALANCE:
        return candidate
    mode, *temperatures = candidate
    if not temperatures:
        return mode, -1
    highest, lowest, step = temperatures
    return mode, dice.randrange(lowest, highest + 1, step)
