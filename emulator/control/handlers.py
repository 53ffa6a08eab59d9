"""What each operation of the control API does: it asks the hands, and tells how things stand then."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from emulator.changes import Changes
from emulator.clock import RealClock, VirtualClock, timeout
from emulator.control import answers, orders
from emulator.control.asking import Asked
from emulator.device import Device
from emulator.faults.chaos import MIXES, parse_rules
from emulator.faults.engine import FaultEngine
from emulator.faults.kinds import KINDS
from emulator.faults.rules import Rule, rule_of
from emulator.hands import Cameras, Hands
from emulator.journal.har import archive
from emulator.journal.log import iso
from emulator.snapshot import RackSnapshot
from emulator.stage import Weather
from emulator.world import SCENES
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow
from remotelens.version import __version__

Told = msgspec.Struct | dict[str, Any] | bytes
_HOST_CLOCK = RealClock()


class Air(Protocol):
    """The virtual air; `emulator.ble.air.Air` has this shape."""

    @property
    def hci(self) -> Snooped:
        """Its packets."""
        ...


class Snooped(Protocol):
    """Packets that are kept."""

    def as_btsnoop(self) -> bytes:
        """Return them as a file."""
        ...


class Controlled(Cameras, Protocol):
    """A rack under control; `emulator.rack.Emulator` has this shape."""

    faults: FaultEngine
    changes: Changes
    hands: Hands

    @property
    def air(self) -> Air | None:
        """The virtual air, where there is one."""
        ...

    @property
    def snapshots(self) -> Mapping[str, RackSnapshot]:
        """What is remembered, by name."""
        ...

    def snapshot(self, name: str) -> RackSnapshot:
        """Remember how everything stands now."""
        ...

    async def restore(self, name: str) -> None:
        """Bring everything back to how it stood then."""
        ...

    def forget_snapshot(self, name: str) -> bool:
        """Remember it no longer."""
        ...

    async def add_camera(self, model: str) -> Device:
        """Put one more camera into the rack."""
        ...

    async def remove_camera(self, camera: Device) -> None:
        """Take a camera out of the rack."""
        ...


class NoSuchThing(CameraNotFound):
    """There is no rule or snapshot of that name."""


class Handlers:
    """The operations of one rack, by their names.

    Args:
        rack: the cameras.
    """

    def __init__(self, rack: Controlled) -> None:
        self._rack = rack
        self._hands = rack.hands

    # everything

    async def health(self, _asked: Asked) -> Told:
        """Whether the emulator is well."""
        cameras = len(self._rack.cameras)
        return answers.Health(ok=True, version=__version__, cameras=cameras, clock=self._clock())

    async def state(self, _asked: Asked) -> Told:
        """Everything at once."""
        rack = self._rack
        return answers.State(
            clock=self._clock(),
            scene=self._scene(),
            cameras=[_now(camera) for camera in rack.cameras],
            faults=self._all_faults(),
            snapshots=self._all_snapshots(),
            journal=rack.journal.number,
            changes=rack.changes.number,
        )

    async def changes(self, asked: Asked) -> Told:
        """What has changed since."""
        changes, since = self._rack.changes, asked.number("since")
        if asked.wait_s:
            with contextlib.suppress(TimeoutError):
                async with timeout(_HOST_CLOCK, asked.wait_s):
                    await changes.wait(since)
        items = [msgspec.convert(one.as_json(), answers.ChangeNow) for one in changes.since(since)]
        return answers.ChangesSince(items=items, last=changes.number)

    async def reset(self, asked: Asked) -> Told:
        """Bring everything back to the start."""
        await self._hands.reset()
        return await self.cameras(asked)

    # cameras

    async def cameras(self, _asked: Asked) -> Told:
        """All cameras."""
        return answers.Cameras(items=[_now(camera) for camera in self._rack.cameras])

    async def add_camera(self, asked: Asked) -> Told:
        """Put one more camera into the rack."""
        return _told(await self._rack.add_camera(asked.order(orders.CameraOrder).model))

    async def remove_camera(self, asked: Asked) -> Told:
        """Take a camera out of the rack."""
        await self._rack.remove_camera(self._camera(asked))
        return await self.cameras(asked)

    async def camera(self, asked: Asked) -> Told:
        """One camera."""
        return _told(self._camera(asked))

    async def power(self, asked: Asked) -> Told:
        """Press the power button."""
        camera, on = self._camera(asked), asked.order(orders.PowerOrder).on
        if isinstance(self._rack.clock, VirtualClock):
            await self._hands.begin_power(camera, on)
        else:
            await self._hands.power(camera, on)
        return _told(camera)

    async def press(self, asked: Asked) -> Told:
        """Press a button."""
        camera, order = self._camera(asked), asked.order(orders.PressOrder)
        self._hands.press(camera, order.button, order.s)
        return _told(camera)

    async def card(self, asked: Asked) -> Told:
        """Change the card."""
        camera, order = self._camera(asked), asked.order(orders.CardOrder)
        self._hands.card(camera, present=order.present, full=order.full, protected=order.protected)
        return _told(camera)

    async def battery(self, asked: Asked) -> Told:
        """Charge or drain the battery."""
        camera = self._camera(asked)
        self._hands.battery(camera, asked.order(orders.BatteryOrder).ratio)
        return _told(camera)

    async def dial(self, asked: Asked) -> Told:
        """Turn the mode dial."""
        camera, order = self._camera(asked), asked.order(orders.DialOrder)
        self._hands.dial(camera, exposure_mode=order.exposure_mode, shoot_mode=order.shoot_mode)
        return _told(camera)

    async def settings(self, asked: Asked) -> Told:
        """Change settings in the camera's menu."""
        camera = self._camera(asked)
        self._hands.settings(camera, asked.free)
        return _told(camera)

    async def lens(self, asked: Asked) -> Told:
        """Turn the rings of the lens."""
        camera, order = self._camera(asked), asked.order(orders.LensOrder)
        self._hands.lens(camera, zoom=order.zoom, focus_m=order.focus_m)
        return _told(camera)

    async def temperature(self, asked: Asked) -> Told:
        """Bring the camera into warmer or colder air."""
        camera = self._camera(asked)
        self._hands.temperature(camera, asked.order(orders.TemperatureOrder).ambient_c)
        return _told(camera)

    async def join(self, asked: Asked) -> Told:
        """Bring this host onto the camera's network."""
        camera, order = self._camera(asked), asked.order(orders.JoinOrder)
        await self._hands.join(order.ssid, order.key, camera)
        return _told(camera)

    async def leave(self, asked: Asked) -> Told:
        """Take this host off the camera's network."""
        camera = self._camera(asked)
        await camera.leave()
        return _told(camera)

    async def pairing(self, asked: Asked) -> Told:
        """Work the pairing screen."""
        camera, order = self._camera(asked), asked.order(orders.PairingOrder)
        self._hands.pairing(camera, screen=order.screen, accept=order.accept)
        return _told(camera)

    async def radio(self, asked: Asked) -> Told:
        """How a camera's radio stands."""
        return answers.Radio(**self._hands.radio(self._camera(asked)).state)

    async def work_radio(self, asked: Asked) -> Told:
        """Carry a camera about, switch its menu, hold it by a phone, or trouble its radio."""
        hands, order = self._hands.radio(self._camera(asked)), asked.order(orders.RadioOrder)
        if order.trouble is not None:
            hands.trouble(order.trouble)
        if order.link_lasts_s is not None:
            hands.let_links_last(order.link_lasts_s)
        hands.disturb(latency_s=order.latency_s, loss=order.loss)
        steps = [] if order.distance_m is None else [(0.0, order.distance_m)]
        hands.walk([*steps, *((step.s, step.distance_m) for step in order.walk or ())])
        if order.remote is not None:
            hands.allow_remote(order.remote)
        if order.phone is not None:
            await hands.phone(order.phone)
        return await self.radio(asked)

    # the world

    async def scene(self, _asked: Asked) -> Told:
        """What the cameras look at."""
        return answers.Scene(scene=self._scene())

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
        return answers.Clock(clock=self._clock())

    async def advance(self, asked: Asked) -> Told:
        """Let time pass."""
        await self._hands.advance(asked.order(orders.AdvanceOrder).s)
        return await self.clock(asked)

    async def jump(self, asked: Asked) -> Told:
        """Let it be later at once."""
        self._hands.jump(asked.order(orders.JumpOrder).s)
        return await self.clock(asked)

    # faults

    async def fault_kinds(self, _asked: Asked) -> Told:
        """All ways to misbehave."""
        items = [
            answers.KindNow(
                name, sorted(kind.channels), kind.does, kind.value, kind.default, kind.occasion.value
            )
            for name, kind in KINDS.items()
        ]
        return answers.Kinds(items=items, mixes={name: list(mix) for name, mix in MIXES.items()})

    async def faults(self, _asked: Asked) -> Told:
        """The rules at work."""
        return answers.Faults(items=self._all_faults())

    async def add_fault(self, asked: Asked) -> Told:
        """Put a rule, or a mix of them, to work."""
        rules = _rules(asked.order(orders.FaultOrder))
        items = [_fault(self._rack.faults.add(rule), rule, 0) for rule in rules]
        return answers.AddedFault(**_fields(items[0]), items=items)

    async def clear_faults(self, asked: Asked) -> Told:
        """End all rules."""
        self._rack.faults.clear()
        return await self.faults(asked)

    async def fault(self, asked: Asked) -> Told:
        """One rule."""
        key = asked.variables["fault"]
        if key not in (rules := self._rack.faults.rules()):
            raise NoSuchThing(f"there is no fault {key!r}", remedy=f"there are: {', '.join(rules) or 'none'}")
        return answers.Fault(**_fields(_fault(key, *rules[key])))

    async def change_fault(self, asked: Asked) -> Told:
        """Put another rule in a rule's place."""
        await self.fault(asked)
        rules = _rules(asked.order(orders.FaultOrder))
        if len(rules) != 1:
            raise InvalidValue("a mix cannot take one rule's place", remedy="add it instead")
        self._rack.faults.change(asked.variables["fault"], rules[0])
        return await self.fault(asked)

    async def remove_fault(self, asked: Asked) -> Told:
        """End a rule."""
        await self.fault(asked)
        self._rack.faults.remove(asked.variables["fault"])
        return await self.faults(asked)

    # journal

    async def journal(self, asked: Asked) -> Told:
        """What has happened."""
        journal, which = self._rack.journal, asked.which
        if asked.wait_s:
            with contextlib.suppress(TimeoutError):
                async with timeout(_HOST_CLOCK, asked.wait_s):
                    await journal.wait_for(which)
        items = [entry.as_json() for entry in journal.find(which)]
        return {"schema": answers.SCHEMA, "items": items, "last": journal.number}

    async def clear_journal(self, _asked: Asked) -> Told:
        """Forget what has happened."""
        self._rack.journal.clear()
        return answers.Entries(items=[], last=self._rack.journal.number)

    async def count(self, asked: Asked) -> Told:
        """How often a method was requested."""
        method = asked.text("method") or ""
        times = self._rack.journal.count(method, asked.text("camera"))
        return answers.Count(method=method, count=times)

    async def har(self, asked: Asked) -> Told:
        """The HTTP exchanges as an HTTP archive."""
        return archive(self._rack.journal.exchanges(asked.which), version=__version__)

    async def btsnoop(self, _asked: Asked) -> Told:
        """The packets of the virtual air."""
        air = self._rack.air
        if air is None:
            raise NotAvailableNow("there is no Bluetooth here", remedy="start the emulator with --ble")
        return air.hci.as_btsnoop()

    # snapshots

    async def snapshots(self, _asked: Asked) -> Told:
        """What is remembered."""
        return answers.Snapshots(items=self._all_snapshots())

    async def snapshot(self, asked: Asked) -> Told:
        """Remember how everything stands."""
        name = asked.order(orders.SnapshotOrder).name
        return answers.Snapshot(**_fields(_snapshot(name, self._rack.snapshot(name))))

    async def restore(self, asked: Asked) -> Told:
        """Bring everything back to how it stood then."""
        await self._rack.restore(asked.order(orders.SnapshotOrder).name)
        return await self.state(asked)

    async def forget_snapshot(self, asked: Asked) -> Told:
        """Remember it no longer."""
        name = asked.variables["name"]
        if not self._rack.forget_snapshot(name):
            raise NoSuchThing(f"there is no snapshot {name!r}")
        return await self.snapshots(asked)

    # within

    def _camera(self, asked: Asked) -> Device:
        return self._hands.camera(asked.variables["camera"])

    def _clock(self) -> answers.ClockState:
        clock = self._rack.clock
        kind = type(clock).__name__.removesuffix("Clock").lower()
        return answers.ClockState(
            kind if kind in ("scaled", "virtual") else "real",  # type: ignore[arg-type]  # narrowed by hand
            iso(clock.now()),
            round(clock.monotonic(), 6),
            round(self._rack.stage.time_s, 6),
        )

    def _scene(self) -> answers.SceneNow:
        stage = self._rack.stage
        weather = stage.weather
        now = answers.WeatherNow(weather.clouds, weather.dim_stops, weather.temperature_c)
        return answers.SceneNow(stage.name, round(stage.time_s, 6), now, list(SCENES))

    def _all_faults(self) -> list[answers.FaultNow]:
        return [_fault(key, rule, struck) for key, (rule, struck) in self._rack.faults.rules().items()]

    def _all_snapshots(self) -> list[answers.SnapshotNow]:
        return [_snapshot(name, kept) for name, kept in self._rack.snapshots.items()]


def _now(camera: Device) -> answers.CameraNow:
    return msgspec.convert(camera.state, answers.CameraNow)


def _told(camera: Device) -> answers.Camera:
    return msgspec.convert(camera.state, answers.Camera)


def _rules(order: orders.FaultOrder) -> list[Rule]:
    parts = order.parts()
    if order.spec is not None:
        if parts:
            raise InvalidValue("a fault is given by spec or by its parts, not by both")
        return parse_rules(order.spec)
    return [rule_of(parts)]


def _fault(key: str, rule: Rule, struck: int) -> answers.FaultNow:
    return msgspec.convert(
        {"id": key, "spec": rule.as_text(), **rule.as_json(), "struck": struck}, answers.FaultNow
    )


def _snapshot(name: str, kept: RackSnapshot) -> answers.SnapshotNow:
    cameras = [camera.camera_id for camera in kept.cameras]
    return answers.SnapshotNow(name, iso(kept.at), cameras, kept.scene, len(kept.rules))


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
