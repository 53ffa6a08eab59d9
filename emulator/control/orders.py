"""What requests of the control API say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from emulator.body.buttons import Button
from emulator.hands import LARGEST_CARD_BYTES, LONGEST_PRESS_S
from emulator.stage import COLDEST_C, HOTTEST_C, LONGEST_JUMP_S

Ratio = Annotated[float, msgspec.Meta(ge=0, le=1)]
Celsius = Annotated[float, msgspec.Meta(ge=COLDEST_C, le=HOTTEST_C)]
LONGEST_ADVANCE_S = 400 * 86_400.0


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request."""


class CameraOrder(Order):
    """A camera to add, as MODEL or MODEL@FIRMWARE."""

    model: str


class PowerOrder(Order):
    """How the camera is to be."""

    on: bool


class PressOrder(Order):
    """A button, and for how long it is held, in seconds of the camera's time."""

    button: Button
    s: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_PRESS_S)] = 0.2


class CardOrder(Order, rename={"present": "in", "capacity_bytes": "bytes"}):
    """What is to change about the card.

    In or out, full, write-protected, of another size, formatted; `last` is the still after which numbering
    goes on, as in 101-9999.
    """

    present: bool | None = None
    full: bool | None = None
    protected: bool | None = None
    capacity_bytes: Annotated[float, msgspec.Meta(gt=0, le=LARGEST_CARD_BYTES)] | None = None
    last: str | None = None
    format: bool = False


class FileOrder(Order):
    """Whether a file on the card is marked so that the camera does not delete it."""

    protected: bool


class BatteryOrder(Order):
    """The battery's charge, 0 to 1, and whether power comes through the cable."""

    ratio: Ratio | None = None
    plugged: bool | None = None


class TroubleOrder(Order):
    """Whether the camera is to be in trouble."""

    on: bool


class WallClockOrder(Order):
    """What the camera is to take for the time: UTC (the true time when left out), and minutes ahead of it."""

    utc: datetime | None = None
    offset_min: Annotated[int, msgspec.Meta(ge=-1439, le=1439)] = 0


class DialOrder(Order):
    """The mode dial, and the switch between stills and movies."""

    exposure_mode: str | None = None
    shoot_mode: str | None = None


class LensOrder(Order):
    """The lens: another one by name (`none` for none), its rings, and the hand that holds the camera.

    Zoom 0 (wide) to 1 (tele), focus at a distance in metres, the aperture ring at an f-number, `shake` 0 on a
    tripod and 1 in an ordinary hand.
    """

    mount: str | None = None
    zoom: Ratio | None = None
    focus_m: Annotated[float, msgspec.Meta(gt=0)] | None = None
    f_number: Annotated[float, msgspec.Meta(gt=0)] | None = None
    shake: Annotated[float, msgspec.Meta(ge=0, le=3)] | None = None


class TemperatureOrder(Order):
    """The temperature of the air around the camera, in °C."""

    ambient_c: Celsius


class JoinOrder(Order):
    """The network that this host is to join."""

    ssid: str
    key: str


class PairingOrder(Order):
    """The pairing screen: opened or closed, OK or Cancel pressed."""

    screen: bool | None = None
    accept: bool | None = None


class WalkStep(Order):
    """One leg of a walk: so many seconds, to that distance from all hosts in metres."""

    s: Annotated[float, msgspec.Meta(ge=0)]
    distance_m: Annotated[float, msgspec.Meta(ge=0)]


class RadioOrder(Order):
    """A camera's radio: where it is, its menu, a phone that holds it, and what is wrong with it.

    `distance_m` is from all hosts, `walk` goes on from where it is; `latency_s` and `loss` are of the whole
    air; `trouble` replaces what was wrong before; `link_lasts_s` 0 lets links last.
    """

    distance_m: Annotated[float, msgspec.Meta(ge=0)] | None = None
    walk: list[WalkStep] | None = None
    latency_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    loss: Annotated[float, msgspec.Meta(ge=0, lt=1)] | None = None
    remote: bool | None = None
    phone: bool | None = None
    trouble: list[str] | None = None
    link_lasts_s: Annotated[float, msgspec.Meta(ge=0)] | None = None


class SceneOrder(Order):
    """What the cameras are to look at: the name of a scene, or the path of a scene file."""

    name: str


class WeatherOrder(Order):
    """The weather: clouds 0 to 1, light dimmed by stops, air in °C; the rest is as the scene has it."""

    clouds: Ratio | None = None
    dim_stops: Annotated[float, msgspec.Meta(ge=-20, le=20)] = 0.0
    temperature_c: Celsius | None = None


class FaultOrder(Order, rename={"for_s": "for"}):
    """A rule as on the command line (`spec`, which may name a mix), or its parts."""

    spec: str | None = None
    channel: str | None = None
    kind: str | None = None
    value: float | None = None
    probability: Ratio | None = None
    after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    count: Annotated[int, msgspec.Meta(ge=0)] | None = None
    for_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    match: str | None = None
    camera: str | None = None

    def parts(self) -> dict[str, Any]:
        """Return what is given beside `spec`."""
        named: dict[str, Any] = msgspec.to_builtins(self)
        return {key: value for key, value in named.items() if key != "spec" and value is not None}


class AdvanceOrder(Order):
    """How many seconds are to pass."""

    s: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_ADVANCE_S)]


class JumpOrder(Order):
    """By how many seconds it is to be later at once; earlier when negative."""

    s: Annotated[float, msgspec.Meta(ge=-LONGEST_JUMP_S, le=LONGEST_JUMP_S)]


class SnapshotOrder(Order):
    """The name of a snapshot."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] = "default"


ClockKind = Literal["real", "scaled", "virtual"]
