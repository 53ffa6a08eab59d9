"""How a rack stands at one moment, kept in memory, and how it is brought back to that.

What is kept is what lies still: settings, lens, card and contents, battery, clock, network, scene, faults,
how their dice lie, and when what has befallen a camera is over.
What is on its way (a capture, a mode change, a finger on the shutter) cannot be kept, so a snapshot waits for
nobody: it is refused. A setting that has been accepted counts as set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from emulator.body.camera import Body
from emulator.body.card import CardState
from emulator.body.events import News
from emulator.body.exposure import Metered
from emulator.body.lens import LensState
from emulator.body.machine import BUSY, Cause, Status
from emulator.body.modes import CONTENTS_TRANSFER, FUNCTION
from emulator.body.pictures import Picture
from emulator.body.shutter import Shot
from emulator.body.viewfinder import ViewfinderState
from emulator.body.wallclock import WallClockState
from emulator.clock import Clock
from emulator.device import Device
from emulator.faults.engine import FaultEngine, RuleState
from emulator.faults.mishaps import MishapState
from emulator.profiles import Profile
from emulator.stage import Stage, Weather
from remotelens.errors import NotAvailableNow


class Snapshotted(Protocol):
    """What is kept of a rack; `emulator.rack.Emulator` has this shape."""

    cameras: list[Device]
    clock: Clock
    faults: FaultEngine
    stage: Stage

    async def rebuild(self, profiles: Mapping[int, Profile]) -> None:
        """Have exactly these cameras, all fresh."""
        ...

    def look_at_stage(self) -> None:
        """Let every camera see what the stage shows now."""
        ...


@dataclass(frozen=True, slots=True)
class Taken:
    """The names of pictures that have been taken last, as far as somebody may still be told of them."""

    pending: Shot
    untold: tuple[str, ...]
    run: Shot
    bulb: Shot

    @classmethod
    def of(cls, body: Body) -> Taken:
        """Look at a camera."""
        return cls(body.shutter.pending, body.shutter.untold, body.drive.run, body.drive.bulb)

    def put_back(self, body: Body) -> None:
        """Let a camera tell of them."""
        body.shutter.pending, body.shutter.untold = self.pending, self.untold
        body.drive.run, body.drive.bulb = self.run, self.bulb


@dataclass(frozen=True, slots=True)
class CameraSnapshot:
    """How one camera stands."""

    camera_id: str
    index: int
    profile: Profile
    power: str
    in_trouble: bool
    wifi: str
    joined: bool
    key: str
    settings: Mapping[str, Any]
    function_result: Literal["", "Success", "Failure"]
    format_result: Literal["", "Success", "Failure"]
    lens: LensState
    battery_ratio: float
    plugged: bool
    ambient_c: float
    sensor_c: float
    card: CardState
    pictures: tuple[Picture, ...]
    clock: WallClockState
    position: tuple[float, float] | None
    unlocked: frozenset[str]
    metered: Metered
    custom_kelvin: float
    viewfinder: ViewfinderState
    taken: Taken
    news: News
    mishaps: MishapState

    @classmethod
    def of(cls, camera: Device) -> CameraSnapshot:
        """Look at a camera.

        Raises:
            NotAvailableNow: it is in the middle of something.
        """
        _require_rest(camera)
        body = camera.body
        return cls(
            camera_id=camera.id,
            index=camera.index,
            profile=body.profile,
            power=body.power,
            in_trouble=body.power == "on" and body.machine.status is Status.ERROR,
            wifi=body.wifi,
            joined=camera.joined,
            key=body.key,
            settings=body.settings.state,
            function_result=body.modes.function_result,
            format_result=body.modes.format_result,
            lens=body.lens.state,
            battery_ratio=body.battery_ratio,
            plugged=body.battery.external_power,
            ambient_c=body.ambient_c,
            sensor_c=body.sensor_c,
            card=body.card.state,
            pictures=body.pictures.state,
            clock=body.wall_clock.state,
            position=body.position,
            unlocked=frozenset(body.unlocked),
            metered=body.aim.metered,
            custom_kelvin=body.eye.custom_kelvin,
            viewfinder=body.viewfinder.state,
            taken=Taken.of(body),
            news=body.events.state,
            mishaps=camera.mishaps.state,
        )

    async def put_back(self, camera: Device) -> None:
        """Bring a fresh camera to how it stood."""
        body = camera.body
        if self.power != "on":
            await body.power_off(standby=self.power == "standby")
        elif (body.power, body.wifi) != ("on", self.wifi):
            body.switch_on_at_once(wifi=self.wifi == "launched")
        body.rename_key(self.key)
        body.settings.state = self.settings
        body.lens.state = self.lens
        body.battery.external_power = self.plugged
        body.battery_ratio = self.battery_ratio
        body.ambient_c = self.ambient_c
        body.sensor_c = self.sensor_c
        body.card.state = self.card
        body.pictures.state = self.pictures
        body.wall_clock.state = self.clock
        body.position = self.position
        body.unlocked = set(self.unlocked)
        body.aim.metered = self.metered
        body.eye.custom_kelvin = self.custom_kelvin
        body.viewfinder.state = self.viewfinder
        self.taken.put_back(body)
        if self.power == "on":
            await self._put_status_back(body)
        body.events.state = self.news
        camera.mishaps.state = self.mishaps
        camera.joined = self.joined
        await camera.mind_gate()

    async def _put_status_back(self, body: Body) -> None:
        """Go where the settings say that the camera is, and into the trouble it was in."""
        body.modes.function_result, body.modes.format_result = self.function_result, self.format_result
        if self.settings.get(FUNCTION) == CONTENTS_TRANSFER:
            body.machine.move(Cause.MODE)
            body.machine.move(Cause.CONTENTS)
        if self.in_trouble:
            await body.trouble()


@dataclass(frozen=True, slots=True)
class RackSnapshot:
    """How a rack stands.

    Attributes:
        at: the cameras' time of day when it was taken.
        cameras: how each camera stands.
        scene: name of the scene.
        scene_time_s: seconds since the scene began.
        weather: what the weather was set to.
        rules: the fault rules at work, and how far each has come.
    """

    at: datetime
    cameras: tuple[CameraSnapshot, ...]
    scene: str
    scene_time_s: float
    weather: Weather
    rules: tuple[RuleState, ...]

    @classmethod
    def of(cls, rack: Snapshotted) -> RackSnapshot:
        """Look at a rack.

        Raises:
            NotAvailableNow: a camera is in the middle of something.
        """
        stage = rack.stage
        return cls(
            at=rack.clock.now(),
            cameras=tuple(CameraSnapshot.of(camera) for camera in rack.cameras),
            scene=stage.name,
            scene_time_s=stage.time_s,
            weather=stage.weather,
            rules=rack.faults.state,
        )

    async def put_back(self, rack: Snapshotted) -> None:
        """Bring a rack to how it stood: the same cameras, all else as kept."""
        rack.stage.set_scene(self.scene)
        rack.stage.set_weather(self.weather)
        rack.stage.jump(self.scene_time_s)
        rack.faults.restart()
        await rack.rebuild({one.index: one.profile for one in self.cameras})
        rack.look_at_stage()
        by_index = {camera.index: camera for camera in rack.cameras}
        for one in self.cameras:
            await one.put_back(by_index[one.index])
        rack.faults.state = self.rules


def _require_rest(camera: Device) -> None:
    """Refuse to keep what is on its way.

    Raises:
        NotAvailableNow: the camera is in the middle of something.
    """
    body = camera.body
    passing = body.wifi in ("launching", "terminating") or body.recording or body.exposing
    if passing or (body.power == "on" and body.machine.status in BUSY):
        raise NotAvailableNow(
            f"the camera is in the middle of something ({body.status}), which cannot be kept",
            camera=camera.id,
            remedy="wait until it says IDLE",
        )
    if body.lens.moving:
        raise NotAvailableNow(
            "the zoom moves, which cannot be kept", camera=camera.id, remedy="wait until it rests"
        )
    focus = body.focus
    if focus.locked or focus.tracking is not None or focus.status == "Focusing":
        raise NotAvailableNow(
            f"the camera focuses, or focus is held ({focus.status}), which cannot be kept",
            camera=camera.id,
            remedy="let go of the shutter button, and cancel touch and tracking focus",
        )
