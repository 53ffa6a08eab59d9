"""What getAvailableApiList holds at this moment.

Names and order are the profile's. Family A lists by mode and lists too much; family B lists what the state
allows (protocol/wifi.md 5.2 and 7.3, the latter from Sony's camera code of the same server). That a busy
camera of family A lists fewer names too is assumed (wifi.md B.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

from emulator.body.capture import Parts
from emulator.body.drive import Drive
from emulator.body.machine import BUSY, Status
from emulator.body.shutter import Shutter

ALWAYS = frozenset({"getVersions", "getMethodTypes", "getApplicationInfo", "getAvailableApiList", "getEvent"})
"""Listed in every state."""

_IN_CONTENTS = frozenset({"getStorageInformation"})
_CLOSED = BUSY | {Status.ERROR}
_FUNCTION = "CameraFunction"
_SETTING = re.compile(r"(set|getSupported|getAvailable|get)([A-Z]\w*)")
_STARTS = re.compile(r"set|act(?!Zoom)|start(?!Liveview)")
"""What begins or changes something, and is not listed by a busy camera."""
_STILL_ONLY = frozenset(
    {
        "setTouchAFPosition",
        "getTouchAFPosition",
        "cancelTouchAFPosition",
        "actHalfPressShutter",
        "cancelHalfPressShutter",
    }
)


class Now:
    """The state that decides, each part of it read when a rule asks for it.

    Args:
        parts: the camera.
        shutter: knows of results that wait.
        drive: knows of runs.
    """

    def __init__(self, parts: Parts, shutter: Shutter, drive: Drive) -> None:
        self._parts = parts
        self._shutter = shutter
        self._drive = drive

    @property
    def status(self) -> Status:
        """The word of cameraStatus."""
        return self._parts.machine.status

    @property
    def mode(self) -> str:
        """The shoot mode."""
        return self._parts.settings.shoot_mode

    @property
    def still(self) -> bool:
        """Whether stills are taken."""
        return self.mode == "still"

    @property
    def held(self) -> bool:
        """Whether the shutter is pressed half-way."""
        return self._parts.focus.held

    @property
    def touched(self) -> bool:
        """Whether a point was chosen to focus on."""
        return self._parts.focus.touched is not None

    @property
    def searching(self) -> bool:
        """Whether focus is being looked for."""
        return self._parts.focus.status == "Focusing"

    @property
    def automatic_focus(self) -> bool:
        """Whether the camera focuses by itself."""
        return self._parts.focus.is_automatic

    @property
    def tracking_on(self) -> bool:
        """Whether tracking is switched on."""
        return bool(self._parts.settings.get("TrackingFocus") == "On")

    @property
    def tracking(self) -> bool:
        """Whether something is followed."""
        return self._parts.focus.tracking is not None

    @property
    def continuous(self) -> bool:
        """Whether the shutter starts a run."""
        return self._drive.is_continuous

    @property
    def bulb(self) -> bool:
        """Whether the shutter stays open for as long as it is held."""
        return self._drive.is_bulb

    @property
    def running(self) -> str:
        """What is under way."""
        return self._drive.running

    @property
    def result_pending(self) -> bool:
        """Whether pictures wait to be asked for."""
        return bool(self._shutter.pending) or self._shutter.running

    @property
    def can_zoom(self) -> bool:
        """Whether the lens can be moved."""
        return self._parts.lens.can_zoom

    @property
    def can_balance(self) -> bool:
        """Whether white balance can be set."""
        return self._parts.settings.is_settable("WhiteBalance")

    @property
    def idle(self) -> bool:
        """Whether something can begin."""
        return self.status is Status.IDLE

    def idle_in(self, mode: str) -> bool:
        """Whether something can begin that belongs to a shoot mode."""
        return self.idle and self.mode == mode


_RULES: dict[str, Callable[[Now], bool]] = {
    "actTakePicture": lambda now: now.still and now.idle and not now.continuous and not now.bulb,
    "awaitTakePicture": lambda now: now.result_pending,
    "startContShooting": lambda now: now.still and now.idle and now.continuous and not now.bulb,
    "stopContShooting": lambda now: now.running == "run",
    "startBulbShooting": lambda now: now.still and now.idle and now.bulb,
    "stopBulbShooting": lambda now: now.running == "bulb",
    "startMovieRec": lambda now: now.idle_in("movie"),
    "stopMovieRec": lambda now: now.status is Status.MOVIE_RECORDING,
    "startAudioRec": lambda now: now.idle_in("audio"),
    "stopAudioRec": lambda now: now.status is Status.AUDIO_RECORDING,
    "startIntervalStillRec": lambda now: now.idle_in("intervalstill"),
    "stopIntervalStillRec": lambda now: now.status is Status.INTERVAL_RECORDING,
    "startLoopRec": lambda now: now.idle_in("looprec"),
    "stopLoopRec": lambda now: now.status is Status.LOOP_RECORDING,
    "actWhiteBalanceOnePushCustom": lambda now: now.idle and now.can_balance,
    "actZoom": lambda now: now.can_zoom,
    "actHalfPressShutter": lambda now: now.still and now.idle,
    "cancelHalfPressShutter": lambda now: now.still and now.idle,
    "setTouchAFPosition": lambda now: now.still and now.idle and now.automatic_focus and not now.held,
    "getTouchAFPosition": lambda now: now.still and now.idle and now.automatic_focus and not now.held,
    "cancelTouchAFPosition": lambda now: now.still and now.idle and (now.touched or now.searching),
    "actTrackingFocus": lambda now: now.still and now.idle and now.automatic_focus and now.tracking_on,
    "cancelTrackingFocus": lambda now: now.still and now.tracking,
    "actFormatStorage": lambda now: now.idle,
    "setLiveviewFrameInfo": lambda now: now.idle,
}
"""By method of a gated server, when it is listed; every other one always is in Remote Shooting."""


class Listing:
    """What one camera lists.

    Args:
        parts: the camera.
        shutter: knows of results that wait.
        drive: knows of runs.
    """

    def __init__(self, parts: Parts, shutter: Shutter, drive: Drive) -> None:
        self._parts = parts
        self._now = Now(parts, shutter, drive)
        self._names = _as_set(parts.profile.available)
        self._known: dict[tuple[str, bool, bool, object], tuple[str, ...]] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names listed now, in the camera's order."""
        if self._parts.profile.rules.gated:
            return self._all_listed()
        settings, now = self._parts.settings, self._now
        key = settings.mode, now.status in _CLOSED, now.can_zoom, settings.get("StillQuality")
        if key not in self._known:
            self._known[key] = self._all_listed()
        return self._known[key]

    def _all_listed(self) -> tuple[str, ...]:
        return tuple(name for name in self._parts.profile.available if self._listed(name, self._now))

    def holds(self, name: str) -> bool:
        """Whether a name is listed now."""
        return name in self._names and self._listed(name, self._now)

    def _listed(self, name: str, now: Now) -> bool:
        if name in ALWAYS:
            return True
        if self._parts.profile.rules.gated:
            return self._listed_when_gated(name, now)
        return self._listed_by_mode(name, now)

    def _listed_by_mode(self, name: str, now: Now) -> bool:
        if now.status in _CLOSED and _STARTS.match(name):
            return False
        if name == "actZoom":
            return now.can_zoom
        if name in _STILL_ONLY:
            return now.still
        verb, setting = self._setting(name)
        if not setting or verb == "getSupported":
            return True
        settings = self._parts.settings
        return settings.is_settable(setting) if verb == "set" else settings.is_shown(setting)

    def _listed_when_gated(self, name: str, now: Now) -> bool:
        verb, setting = self._setting(name)
        if now.status is Status.CONTENTS_TRANSFER:
            return setting == _FUNCTION or name in _IN_CONTENTS
        if now.status in (Status.DELETING, Status.STREAMING):
            return name in _IN_CONTENTS
        if not setting:
            rule = _RULES.get(name)
            return rule is None or rule(now)
        settings = self._parts.settings
        if verb == "set":
            return (now.idle and not now.held and settings.is_settable(setting)) or self._set_while_recording(
                setting, now
            )
        if verb == "getSupported":
            return settings.facts(setting).belongs_to(settings.shoot_mode)
        return settings.is_shown(setting)

    def _set_while_recording(self, setting: str, now: Now) -> bool:
        """Exposure can be changed while a movie is being recorded; modes and white balance cannot."""
        changeable = setting in ("ExposureCompensation", "FNumber", "IsoSpeedRate", "ShutterSpeed")
        return (
            changeable and now.status is Status.MOVIE_RECORDING and self._parts.settings.is_settable(setting)
        )

    def _setting(self, name: str) -> tuple[str, str]:
        """Take a method's name apart into what it does and with which setting, if with one."""
        verb, setting = _taken_apart(name)
        return (verb, setting) if setting in self._parts.profile.settings else ("", "")


@cache
def _as_set(names: tuple[str, ...]) -> frozenset[str]:
    """Return a camera's names, once for all cameras that have the same."""
    return frozenset(names)


@lru_cache(1024)
def _taken_apart(name: str) -> tuple[str, str]:
    match = _SETTING.fullmatch(name)
    return (match[1], match[2]) if match else ("", "")
