"""What getAvailableApiList holds at this moment.

Names and order are the profile's. Family A lists by mode and lists too much; family B lists what the state
allows (protocol/wifi.md 5.2 and 7.3, the latter from Sony's camera code of the same server). That a busy
camera of family A lists fewer names too is assumed (wifi.md B.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from emulator.body.capture import Parts
from emulator.body.drive import Drive
from emulator.body.machine import BUSY, Status
from emulator.body.shutter import Shutter

ALWAYS = frozenset({"getVersions", "getMethodTypes", "getApplicationInfo", "getAvailableApiList", "getEvent"})
"""Listed in every state."""

_IN_CONTENTS = frozenset({"getStorageInformation"})
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


@dataclass(frozen=True, slots=True)
class Now:
    """The state that decides, at one moment."""

    status: Status
    still: bool
    movie: bool
    held: bool
    touched: bool
    searching: bool
    automatic_focus: bool
    tracking_on: bool
    tracking: bool
    continuous: bool
    bulb: bool
    running: str
    result_pending: bool
    can_zoom: bool

    @property
    def idle(self) -> bool:
        """Whether something can begin."""
        return self.status is Status.IDLE


_RULES: dict[str, Callable[[Now], bool]] = {
    "actTakePicture": lambda now: now.still and now.idle and not now.continuous and not now.bulb,
    "awaitTakePicture": lambda now: now.result_pending,
    "startContShooting": lambda now: now.still and now.idle and now.continuous and not now.bulb,
    "stopContShooting": lambda now: now.running == "run",
    "startBulbShooting": lambda now: now.still and now.idle and now.bulb,
    "stopBulbShooting": lambda now: now.running == "bulb",
    "startMovieRec": lambda now: now.movie and now.idle,
    "stopMovieRec": lambda now: now.status is Status.MOVIE_RECORDING,
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
        self._shutter = shutter
        self._drive = drive

    def names(self) -> tuple[str, ...]:
        """Return the names listed now, in the camera's order."""
        now = self._now()
        return tuple(name for name in self._parts.profile.available if self._listed(name, now))

    def holds(self, name: str) -> bool:
        """Whether a name is listed now."""
        return name in self._parts.profile.available and self._listed(name, self._now())

    def _now(self) -> Now:
        parts, focus, status = self._parts, self._parts.focus, self._parts.machine.status
        return Now(
            status=status,
            still=parts.settings.shoot_mode == "still",
            movie=parts.settings.shoot_mode == "movie",
            held=focus.held,
            touched=focus.touched is not None,
            searching=focus.status == "Focusing",
            automatic_focus=focus.is_automatic,
            tracking_on=parts.settings.get("TrackingFocus") == "On",
            tracking=focus.tracking is not None,
            continuous=self._drive.is_continuous,
            bulb=self._drive.is_bulb,
            running=self._drive.running,
            result_pending=bool(self._shutter.pending) or self._shutter.running,
            can_zoom=parts.lens.can_zoom,
        )

    def _listed(self, name: str, now: Now) -> bool:
        if name in ALWAYS:
            return True
        if self._parts.profile.rules.gated:
            return self._listed_when_gated(name, now)
        return self._listed_by_mode(name, now)

    def _listed_by_mode(self, name: str, now: Now) -> bool:
        if now.status in BUSY and _STARTS.match(name):
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
        if now.status is Status.DELETING:
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
        match = _SETTING.fullmatch(name)
        if match is None or match[2] not in self._parts.profile.settings:
            return "", ""
        return match[1], match[2]
