"""The shape of a profile: what can be known of one camera of one firmware.

Numbers carry their units in their names. Settings are named as in the API (``ExposureMode``), because that
is how the recordings name them; modes are written ``still:P``, with ``*`` and ``[PAS]`` as in file names.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec

from emulator.profiles.facts import Fact

EXPOSURE_LETTERS: Mapping[str, str] = {
    "Intelligent Auto": "iA",
    "Superior Auto": "SA",
    "Program Auto": "P",
    "Aperture": "A",
    "Shutter": "S",
    "Manual": "M",
}
"""Exposure modes as the patterns of a profile write them."""

_FITTING: Mapping[str, tuple[str, ...]] = {"E": ("E", "M"), "M": ("M",)}
"""Lenses by mount; an E mount lies so close to the sensor that a ring brings M lenses to their distance."""


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One group of facts."""


class Network(_Facts, frozen=True):
    """Where the camera is when it owns its addresses, and how its server names itself."""

    address: str
    description_port: int
    api_port: int
    picture_port: int
    description_path: str
    liveview_path: str
    server: str
    uuid_prefix: str
    uuid_upper: bool
    mac_prefix: str
    keep_alive: bool
    picture_path: str
    """The path of a postview; ``{name}`` is its file name."""


class Sensor(_Facts, frozen=True):
    """The sensor, as the world's physics needs it."""

    width_mm: float
    height_mm: float
    width_px: int
    height_px: int
    pixel_um: float
    clip_k: float
    base_iso: float
    read_noise_base_e: float
    read_noise_high_e: float
    grey_fraction: float
    qe: float
    dark_e_s: float
    prnu: float
    dsnu_e: float
    hot_pixel_fraction: float
    readout_s: float
    """From the first row to the last, read electronically."""
    mechanical_shutter: bool
    """Whether stills are ended by a shutter; without one their rows are exposed one after the other."""


class Lens(_Facts, frozen=True):
    """A lens, built in or mounted.

    Attributes:
        name: as EXIF tells it; empty for one that tells nothing.
        mounted: whether there is one at all.
        mount: which mount it fits; empty for one that is built in.
        wide_mm: focal length at the wide end.
        tele_mm: the same at the tele end.
        f_wide: full aperture at the wide end.
        f_tele: the same at the tele end.
        f_min: smallest aperture.
        stops: the only apertures there are, where they are not all thirds of a stop.
        near_wide_m: nearest distance at the wide end.
        near_tele_m: the same at the tele end.
        power_zoom: whether the camera can move the zoom.
        travel_s: from wide to tele with the zoom held.
        blades: of the iris.
        electronic: whether it tells the camera what it is and how it stands, and lets it set the aperture;
            otherwise its rings are turned by hand, and the camera knows neither f-number nor focal length.
        autofocus: whether it has a motor to focus.
        stabilised: whether it counteracts the hand that holds the camera.
        macro: whether the field of view narrows as it focuses closer.
        corrected: whether the camera takes out of its pictures what the lens distorts and darkens.
        corner_ev: stops of light lost in the corner at full aperture, after that.
        distortion: by focal length in mm, a, b and c of r·(a·r³ + b·r² + c·r + 1 − a − b − c), with r = 1 at
            half the short side.
        vignetting: by f-number, at the wide end, k1 to k3 of 1 + k1·r² + k2·r⁴ + k3·r⁶, with r = 1 at the
            corner.
    """

    name: str
    wide_mm: float
    tele_mm: float
    f_wide: float
    f_tele: float
    f_min: float
    near_wide_m: float
    near_tele_m: float
    power_zoom: bool
    travel_s: float
    blades: int
    mounted: bool = True
    mount: str = ""
    stops: tuple[float, ...] = ()
    electronic: bool = True
    autofocus: bool = True
    stabilised: bool = False
    macro: bool = False
    corrected: bool = True
    corner_ev: float = 0.5
    distortion: dict[str, tuple[float, float, float]] = {}
    vignetting: dict[str, tuple[float, float, float]] = {}


class Raw(_Facts, frozen=True):
    """Raw files, of cameras that have them."""

    size: tuple[int, int]
    """Its pixels: the sensor's own, or fewer where neighbours are read as one."""
    bits: int
    """Resolution of the converter."""
    black: int
    white: int
    ending: str
    """Of the file's name."""


class StillSize(_Facts, frozen=True):
    """One entry of the still size list."""

    aspect: str
    size: str
    width: int
    height: int


class Stills(_Facts, frozen=True):
    """Files of still pictures."""

    sizes: tuple[StillSize, ...]
    postview: dict[str, tuple[int, int]]
    """Pixels of a 2M postview by aspect, and of the large copy of a stored picture."""
    small: dict[str, tuple[int, int]]
    """Pixels of the small copy of a stored picture, by aspect."""
    quality: dict[str, int]
    """JPEG quality by StillQuality; ``*`` where the model has none."""
    postview_quality: int
    bits_per_pixel: dict[str, float]
    """What a file of that StillQuality takes on the card, for counting."""
    raw_bytes: int
    """A raw file on the card; 0 without raw."""
    buffer_shots: int
    """How many pictures of a run the camera holds before it has to wait for the card."""
    card_bytes_s: float
    """How fast they go to the card."""


class Movie(_Facts, frozen=True):
    """Movie files."""

    megabits_s: float
    size: tuple[int, int]
    """Its pixels."""
    frames_s: int
    limit_s: float
    """A recording ends by itself after that."""
    folder: str
    file_prefix: str


class LiveView(_Facts, frozen=True):
    """The live view stream."""

    sizes: dict[str, tuple[int, int]]
    """Pixels by aspect, at size M."""
    large: dict[str, tuple[int, int]]
    """The same at size L, where the model has it."""
    movie_aspect: str
    gaps_ms: tuple[float, ...]
    """Time from one frame to the next, over and over."""
    capturing_gap_ms: float
    jpeg_bytes: tuple[int, int]
    """The smallest and the largest file at size M."""
    quality: int
    """Where the search for a fitting quality starts."""
    multiple_of: int
    """The server fills each payload up to a multiple of this many bytes, inside the counted size …"""
    padding_multiple_of: int
    """… and up to a multiple of this many outside of it."""
    first_sequence: int
    needs_start: bool
    frame_info: bool


class Timings(_Facts, frozen=True):
    """How long things take on the camera, in seconds."""

    power_on: float
    wifi_launch: float
    wifi_stop: float
    setting: float
    shoot_mode: float
    exposure_mode: float
    camera_function: float
    focus_start: float
    focus_step: float
    capture: float
    """From the request to the end of an exposure of no length, focus included when it is held."""
    saving: float
    idle_after_answer: float
    continuous_gap: float
    movie_start: float
    movie_stop: float
    movie_saving: float
    zoom_event: float
    zoom_coast: float
    zoom_shot: float
    """How far one 1shot moves, as a fraction of the travel."""
    take_picture_limit: float
    newest_wait: float
    format: float
    delete: float
    """To delete one stored picture."""
    flat_list: float
    """What every stored picture adds to a listing that is not by day."""


class Rules(_Facts, frozen=True):
    """How the camera's server decides, where the cameras differ."""

    gated: bool
    """Whether getAvailableApiList leaves out what the state does not allow."""
    no_method: Literal["name", "sentence"]
    """The text of error 12: the method's name, or No Such Method."""
    quiet_poll: Literal["empty", "timed out"]
    poll_limit_s: dict[str, float]
    """How long a long poll waits, by version of getEvent."""
    two_polls: Literal["newest wins", "reject the newer"]
    two_captures: Literal["newest waits", "refused"]
    postviews_kept: int
    snapshot_pictures: bool
    picture_name: Literal["A", "B"]
    focus_priority: bool
    """Whether a picture is refused when autofocus fails."""
    dark_frame: bool
    """Whether exposures of a second and more are followed by a dark frame of the same length."""
    record_target_without_card: bool
    unset_clock: str
    """The time of day of a clock that was never set."""
    clock_drift_s_day: float
    one_transfer: bool
    """Whether files are sent one after the other, whoever asks for them."""
    ranges: bool
    """Whether part of a file can be asked for."""


class Events(_Facts, frozen=True):
    """getEvent: the newest version, and which slots that are no settings are filled."""

    version: str
    triggered_error: bool
    scene_recognition: bool
    format_status: bool
    battery: bool
    recording_time: bool
    continuous: bool
    tracking: bool
    bulb: bool
    interval: bool


class Service(_Facts, frozen=True):
    """One service of the JSON-RPC server."""

    versions: tuple[str, ...]
    methods: tuple[str, ...]
    """In the order of getMethodTypes."""
    method_versions: dict[str, tuple[str, ...]] = {}
    """Where a method has other versions than 1.0."""
    locked: tuple[str, ...] = ()
    """Refused with 403 until actEnableMethods."""


class Setting(_Facts, frozen=True):
    """One setting: what it can be, and in which modes.

    Attributes:
        supported: what getSupported tells, in its order.
        default: the value after the first power on.
        settable: the modes in which it can be set; there it has candidates.
        shown: further modes in which its value is told, with no candidates.
        candidates: by mode, where they are not `supported`; the first pattern that fits counts.
        fixed: by mode, the value there.
    """

    supported: tuple[Any, ...]
    default: Any
    settable: tuple[str, ...] = ("*",)
    shown: tuple[str, ...] = ()
    candidates: dict[str, tuple[Any, ...]] = {}
    fixed: dict[str, Any] = {}

    def is_settable(self, mode: str) -> bool:
        """Whether it can be set in that mode."""
        return _matches(self.settable, mode)

    def is_shown(self, mode: str) -> bool:
        """Whether its value is told in that mode, settable or not."""
        return self.is_settable(mode) or _matches(self.shown, mode)

    def belongs_to(self, shoot_mode: str) -> bool:
        """Whether any mode under that shoot mode knows it."""
        return any(
            pattern == "*" or pattern.partition(":")[0] in ("*", shoot_mode)
            for pattern in self.settable + self.shown
        )

    def candidates_in(self, mode: str) -> tuple[Any, ...]:
        """What it can be set to in that mode; nothing where it cannot be set."""
        if not self.is_settable(mode):
            return ()
        for pattern, candidates in self.candidates.items():
            if fnmatchcase(mode, pattern):
                return candidates
        return self.supported

    def fixed_in(self, mode: str) -> Any | None:
        """The only value that mode knows, or None where it keeps the one that was set."""
        for pattern, value in self.fixed.items():
            if fnmatchcase(mode, pattern):
                return value
        return None


class Power(_Facts, frozen=True):
    """Battery and what drains it."""

    battery_wh: float
    live_w: float
    """On, with the live view running."""
    idle_w: float
    """On, without it."""
    standby_w: float
    movie_w: float
    """On top of the live view while recording."""
    still_mwh: float
    zoom_mwh: float
    levels: int
    """How many steps the camera tells, where it tells any."""


class Method(msgspec.Struct, frozen=True):
    """One method as getMethodTypes tells it."""

    service: str
    name: str
    versions: tuple[str, ...]
    params: tuple[str, ...]
    results: tuple[str, ...]
    locked: bool


class Profile(_Facts, frozen=True):
    """One camera of one firmware.

    Attributes:
        about: by dotted path, how sure we are of each fact and where it is from.
        method_table: every method of every service, with its types.
        event_types: the type strings of getEvent's slots.
    """

    model: str
    firmware: str
    family: Literal["A", "B"]
    friendly_name: str
    ssid_code: str
    application: tuple[str, str]
    note: str
    crop_factor: float
    """Focal length in 35 mm terms over the focal length."""
    auto_iso: tuple[int, int]
    """The sensitivities between which AUTO moves."""
    shutter_s: tuple[float, float]
    """The longest and the shortest automatic exposure."""
    network: Network
    sensor: Sensor
    lens: Lens
    stills: Stills
    movie: Movie
    liveview: LiveView
    timings: Timings
    rules: Rules
    events: Events
    services: dict[str, Service]
    available: tuple[str, ...]
    """Every name getAvailableApiList can hold, in its order."""
    settings: dict[str, Setting]
    power: Power
    mount: str = ""
    """For which lenses; empty where the lens is built in."""
    maker: str = "SONY"
    """As EXIF tells it."""
    product: bool = True
    """Whether such a camera was ever sold as one that speaks this protocol."""
    raw: Raw | None = None
    faults: tuple[str, ...] = ()
    """Fault rules that such a camera comes with, as on the command line."""
    about: Mapping[str, Fact] = {}
    method_table: Mapping[tuple[str, str], Method] = {}
    event_types: tuple[str, ...] = ()
    event_counts: Mapping[str, int] = {}

    @property
    def name(self) -> str:
        """MODEL@FIRMWARE."""
        return f"{self.model}@{self.firmware}"

    def method(self, service: str, name: str) -> Method | None:
        """Return that method, or None where this camera does not have it."""
        return self.method_table.get((service, name))

    def methods(self, service: str) -> tuple[Method, ...]:
        """Return a service's methods in the order of getMethodTypes."""
        return tuple(self.method_table[service, name] for name in self.services[service].methods)

    def takes(self, lens: Lens) -> bool:
        """Whether that lens can be put on it; no lens at all fits every mount."""
        return bool(self.mount) and (not lens.mounted or lens.mount in _FITTING[self.mount])

    def pixels(self, aspect: str, size: str) -> tuple[int, int]:
        """Return the width and height of a still of that size."""
        for entry in self.stills.sizes:
            if (entry.aspect, entry.size) == (aspect, size):
                return entry.width, entry.height
        raise KeyError(f"{self.name} has no still size {aspect} {size}")


def mode_name(shoot_mode: str, exposure_mode: str) -> str:
    """Return a mode as the patterns of a profile name it, such as ``still:P``."""
    return f"{shoot_mode}:{EXPOSURE_LETTERS.get(exposure_mode, exposure_mode)}"


def _matches(patterns: tuple[str, ...], mode: str) -> bool:
    return any(fnmatchcase(mode, pattern) for pattern in patterns)
