"""Things that happen to a camera while it works: its card, its power, its clock, its settings, its network.

A rule with `match` strikes at calls that contain the text, before they are carried out; one without
strikes at seconds of the camera's life.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Protocol

from emulator.body.camera import Body
from emulator.body.modes import JOURNEYS
from emulator.body.refusals import Refused
from emulator.body.settings import WHITE_BALANCE, Value
from emulator.body.work import Work
from emulator.faults.ends import Ends
from emulator.faults.engine import FaultEngine, Strike
from emulator.faults.freeze import Freeze

_TICK_S = 1.0
_DYING_STEPS = 20
_KEY_CHARACTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_KEY_LENGTH = 8

Passing = Literal["second", "full", "out", "protected", "off", "dying", "overheat"]
"""What is over after a while: a second of the camera's life, and mishaps that end."""


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


@dataclass(frozen=True, slots=True)
class Drain:
    """How a battery dies.

    Attributes:
        full: its charge in the beginning, 0 to 1.
        seconds: how long it takes in all.
        step: how many of the steps it has gone.
    """

    full: float
    seconds: float
    step: int = 0


@dataclass(frozen=True, slots=True)
class MishapState:
    """What befalls one camera and is not over, to be kept and put back.

    Attributes:
        left_s: in how many seconds of its time each is over.
        drain: how its battery dies, where it does.
        frozen_s: in how many seconds its firmware thaws, inf for not by itself; None where it does not hang.
    """

    left_s: Mapping[Passing, float]
    drain: Drain | None
    frozen_s: float | None


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
        self._work = Work()
        self._drain: Drain | None = None
        self._ends: Ends[Passing] = Ends(body.clock, self._over)
        self._leave = engine.subscribe(self._rules_changed)
        self._unsubscribe = body.subscribe(self._changed)
        self._rules_changed()

    async def close(self) -> None:
        """Let nothing more happen."""
        self._leave()
        self._unsubscribe()
        self._freeze.end()
        self._ends.close()
        await self._work.close()

    async def on_call(self, wanted: str) -> None:
        """Let happen what is to happen at a call; it goes on though its client is cut off by it."""
        for strike in self._engine.deeds(self._body.camera_id, wanted):
            with contextlib.suppress(Refused):
                await asyncio.wait([self._begin(strike)])

    @property
    def state(self) -> MishapState:
        """What is not over."""
        drain = self._drain if "dying" in self._ends else None
        return MishapState(self._ends.state, drain, self._freeze.left_s)

    @state.setter
    def state(self, state: MishapState) -> None:
        self._ends.state = state.left_s
        self._drain = state.drain
        self._freeze.left_s = state.frozen_s

    def _rules_changed(self) -> None:
        """Count the seconds only while somebody wants to know."""
        if "second" not in self._ends and self._engine.needs_ticks(self._body.camera_id):
            self._ends.arrange("second", _TICK_S)

    def _second(self) -> None:
        for strike in self._engine.deeds(self._body.camera_id, None):
            self._begin(strike)
        self._rules_changed()

    def _begin(self, strike: Strike) -> asyncio.Task[None]:
        deed = self._deeds[strike.rule.kind](self, strike.rule.value, strike.dice)
        return self._work.start(deed, f"{strike.rule.kind} of {self._body.camera_id}")

    def _changed(self, topic: str) -> None:
        if topic == "power" and self._body.power == "on":
            if "overheat" in self._ends:
                self._work.start(self._body.power_off(), "too hot to be on")
            else:
                self._freeze.end()

    def _over(self, what: Passing) -> None:
        """End what was to last for a while."""
        card = self._body.card
        match what:
            case "second":
                self._second()
            case "full":
                card.full = False
            case "out":
                card.present = True
            case "protected":
                card.protected = False
            case "dying":
                self._drain_on()
            case "off" | "overheat":
                self._work.start(self._body.power_on(), "power on again")

    # the deeds

    async def _full(self, seconds: float, _dice: random.Random) -> None:
        self._body.card.full = True
        self._ends.arrange("full", seconds)

    async def _out(self, seconds: float, _dice: random.Random) -> None:
        self._body.card.present = False
        self._ends.arrange("out", seconds)

    async def _protected(self, seconds: float, _dice: random.Random) -> None:
        self._body.card.protected = True
        self._ends.arrange("protected", seconds)

    async def _renumber(self, files: float, _dice: random.Random) -> None:
        self._body.card.renumber(int(files))

    async def _off(self, seconds: float, _dice: random.Random) -> None:
        if self._body.power == "on":
            self._ends.arrange("off", seconds)
            await self._body.power_off()

    async def _dying(self, seconds: float, _dice: random.Random) -> None:
        """Drain the battery in steps; at the end the camera switches itself off."""
        if seconds <= 0:
            self._ends.arrange("dying", 0)
            self._body.battery_ratio = 0.0
        elif "dying" not in self._ends:
            self._drain = Drain(self._body.battery_ratio, seconds)
            self._drain_on()

    def _drain_on(self) -> None:
        assert self._drain is not None
        self._drain = drain = replace(self._drain, step=self._drain.step + 1)
        self._body.battery_ratio = drain.full * (1 - drain.step / _DYING_STEPS)
        if drain.step < _DYING_STEPS and self._body.power == "on":
            self._ends.arrange("dying", drain.seconds / _DYING_STEPS)

    async def _overheat(self, seconds: float, _dice: random.Random) -> None:
        if self._body.power != "on" or "overheat" in self._ends:
            return
        self._body.journal.add(self._body.camera_id, "power", "overheated", s=seconds)
        self._ends.arrange("overheat", max(seconds, 1.0))
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

    async def _address(self, _value: float, _dice: random.Random) -> None:
        await self._wire.move()

    async def _forget(self, _value: float, _dice: random.Random) -> None:
        await self._wire.forget_bonds()

    _deeds: ClassVar[dict[str, Callable[[Mishaps, float, random.Random], Coroutine[Any, Any, None]]]] = {
        "full": _full,
        "out": _out,
        "protected": _protected,
        "renumber": _renumber,
        "off": _off,
        "dying": _dying,
        "overheat": _overheat,
        "freeze": _hang,
        "drift": _drift,
        "clock": _clock_wrong,
        "address": _address,
        "key": _new_key,
        "unlink": _unlink,
        "away": _away,
        "forget": _forget,
    }


def _value_of(name: str, candidate: Value, dice: random.Random) -> Value:
    """Return a value that a candidate stands for: of white balance, the mode with a temperature or none."""
    if name != WHITE_BALANCE:
        return candidate
    mode, *temperatures = candidate
    if not temperatures:
        return mode, -1
    highest, lowest, step = temperatures
    return mode, dice.randrange(lowest, highest + 1, step)
