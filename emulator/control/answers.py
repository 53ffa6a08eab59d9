"""What the control API answers."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from emulator.control.orders import ClockKind

SCHEMA: Literal[1] = 1


class Answer(msgspec.Struct, kw_only=True):
    """Any answer."""

    schema: Literal[1] = SCHEMA


class ErrorWords(msgspec.Struct):
    """What went wrong, for programs and for people."""

    type: str
    message: str


class Failure(msgspec.Struct):
    """The answer to what could not be done."""

    error: ErrorWords


class ClockState(msgspec.Struct):
    """The cameras' time: of day (UTC), since the start, and in the scene."""

    kind: ClockKind
    now: str
    monotonic_s: float
    scene_time_s: float


class Health(Answer, kw_only=True):
    """Whether the emulator is well."""

    ok: bool
    version: str
    cameras: int
    clock: ClockState


class Clock(Answer, kw_only=True):
    """The cameras' time."""

    clock: ClockState


class Ble(msgspec.Struct):
    """A camera's Bluetooth side."""

    address: str
    name: str


class CardNow(msgspec.Struct, rename={"present": "in", "capacity_bytes": "bytes"}):
    """A camera's card, and what it holds in all."""

    present: bool
    full: bool
    protected: bool
    capacity_bytes: int


class FileNow(msgspec.Struct, rename={"size_bytes": "bytes"}):
    """A file on a card."""

    folder: str
    name: str
    kind: str
    created: str
    size_bytes: int
    protected: bool


class Files(Answer, kw_only=True):
    """What is on a card, oldest first."""

    items: list[FileNow]


class File(FileNow, kw_only=True):
    """One file on a card, as an answer."""

    schema: Literal[1] = SCHEMA


class LensNow(msgspec.Struct):
    """A camera's lens.

    Zoom 0 to 1 (beyond: digital), focus in metres (null: infinity), the f-number of its aperture ring (null:
    it has none), and how the hand trembles that holds it.
    """

    name: str
    zoom: float
    focus_m: float | None
    f_number: float | None
    shake: float


class CameraNow(msgspec.Struct):
    """One camera: where it is, and how it stands."""

    id: str
    index: int
    model: str
    firmware: str
    host: str
    port: int
    description_url: str
    endpoints: dict[str, str]
    liveview_url: str
    usn: str
    ssid: str
    key: str
    ble: Ble | None
    power: Literal["off", "standby", "on"]
    wifi: Literal["off", "launching", "launched", "terminating"]
    joined: bool
    reachable: bool
    status: str
    battery_ratio: float
    plugged: bool
    card: CardNow
    stills_on_card: int
    focus: str
    recording: bool
    bonded: bool | None
    frozen: bool
    settings: dict[str, Any]
    lens: LensNow
    ambient_c: float
    sensor_c: float
    camera_time: str


class Camera(CameraNow, kw_only=True):
    """One camera, as an answer."""

    schema: Literal[1] = SCHEMA


class Cameras(Answer, kw_only=True):
    """All cameras."""

    items: list[CameraNow]


class Radio(Answer, kw_only=True):
    """A camera's radio; `distance_m` null: out of reach, `rssi_dbm` null: not heard."""

    distance_m: float | None
    rssi_dbm: int | None
    latency_s: float
    loss: float
    connected: bool
    remote: bool
    phone: bool
    trouble: list[str]
    link_lasts_s: float | None


class WeatherNow(msgspec.Struct):
    """What the weather is set to; null is as the scene has it."""

    clouds: float | None
    dim_stops: float
    temperature_c: float | None


class SceneNow(msgspec.Struct):
    """What the cameras look at."""

    name: str
    time_s: float
    weather: WeatherNow
    known: list[str]


class Scene(Answer, kw_only=True):
    """What the cameras look at, as an answer."""

    scene: SceneNow


class FaultNow(msgspec.Struct, rename={"for_s": "for"}):
    """A rule at work, and how often it has struck."""

    id: str
    spec: str
    channel: str
    kind: str
    value: float
    probability: float
    after: int
    count: int | None
    for_s: float | None
    match: str | None
    camera: str | None
    struck: int


class Faults(Answer, kw_only=True):
    """Rules."""

    items: list[FaultNow]


class Fault(FaultNow, kw_only=True):
    """One rule, as an answer."""

    schema: Literal[1] = SCHEMA


class AddedFault(FaultNow, kw_only=True):
    """The rule that was put to work; of a mix its first, with all of them in `items`."""

    schema: Literal[1] = SCHEMA
    items: list[FaultNow]


class KindNow(msgspec.Struct):
    """A way to misbehave."""

    kind: str
    channels: list[str]
    does: str
    value: str
    default: float | None
    occasion: Literal["answer", "frame", "deed"]


class Kinds(Answer, kw_only=True):
    """All ways to misbehave, and the named mixes of them."""

    items: list[KindNow]
    mixes: dict[str, list[str]]


class Entry(msgspec.Struct):
    """One entry of the journal; it has more members, which depend on its kind."""

    number: int
    at: str
    host_at: str
    camera: str
    channel: str
    kind: str


class Entries(Answer, kw_only=True):
    """Entries of the journal, oldest first; `last` is the number of its newest."""

    items: list[Entry]
    last: int


class Count(Answer, kw_only=True):
    """How often a method was requested."""

    method: str
    count: int


class ChangeNow(msgspec.Struct):
    """Something is not as it was."""

    number: int
    at: str
    camera: str
    what: str


class ChangesSince(Answer, kw_only=True):
    """What has changed; ask again with `last`."""

    items: list[ChangeNow]
    last: int


class SnapshotNow(msgspec.Struct):
    """What is remembered under a name."""

    name: str
    at: str
    cameras: list[str]
    scene: str
    faults: int


class Snapshot(SnapshotNow, kw_only=True):
    """One snapshot, as an answer."""

    schema: Literal[1] = SCHEMA


class Snapshots(Answer, kw_only=True):
    """All snapshots."""

    items: list[SnapshotNow]


class State(Answer, kw_only=True):
    """Everything at once."""

    clock: ClockState
    scene: SceneNow
    cameras: list[CameraNow]
    faults: list[FaultNow]
    snapshots: list[SnapshotNow]
    journal: int
    changes: int
