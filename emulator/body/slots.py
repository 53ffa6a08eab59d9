"""What each slot of getEvent tells at this moment: 66 objects, lists or nothing, in their places.

A slot is empty (None, or [] where it is a list) when the camera has nothing to say of it in its present mode.
Members stand in the order in which the maker's types name them; a server that sorts them does so later.

Source: protocol/wifi.md 6.1 (the table), B.4, B.5; qx100_getEvent_1.0_false.tsar.json.txt.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from emulator.body.capture import Capture, Parts
from emulator.body.drive import Drive
from emulator.body.listing import Listing
from emulator.body.modes import FUNCTION, MEMORY_CARD, NO_CARD, Modes
from emulator.body.recorder import Recorder
from emulator.body.settings import EXPOSURE_COMPENSATION, WHITE_BALANCE
from emulator.body.shutter import Shutter

Slot = dict[str, Any] | list[dict[str, Any]] | None
UrlOf = Callable[[str], str]
TAKE_PICTURE = 5
LISTS = frozenset({TAKE_PICTURE, 6, 10})
"""Slots that are empty as [] and not as null."""
COUNT = 66

_CURRENT = {
    11: ("BeepMode", "beepMode", "currentBeepMode", "beepModeCandidates"),
    12: (FUNCTION, "cameraFunction", "currentCameraFunction", "cameraFunctionCandidates"),
    13: ("MovieQuality", "movieQuality", "currentMovieQuality", "movieQualityCandidates"),
    16: ("SteadyMode", "steadyMode", "currentSteadyMode", "steadyModeCandidates"),
    17: ("ViewAngle", "viewAngle", "currentViewAngle", "viewAngleCandidates"),
    18: ("ExposureMode", "exposureMode", "currentExposureMode", "exposureModeCandidates"),
    19: ("PostviewImageSize", "postviewImageSize", "currentPostviewImageSize", "postviewImageSizeCandidates"),
    20: ("SelfTimer", "selfTimer", "currentSelfTimer", "selfTimerCandidates"),
    21: ("ShootMode", "shootMode", "currentShootMode", "shootModeCandidates"),
    26: ("FlashMode", "flashMode", "currentFlashMode", "flashModeCandidates"),
    27: ("FNumber", "fNumber", "currentFNumber", "fNumberCandidates"),
    28: ("FocusMode", "focusMode", "currentFocusMode", "focusModeCandidates"),
    29: ("IsoSpeedRate", "isoSpeedRate", "currentIsoSpeedRate", "isoSpeedRateCandidates"),
    32: ("ShutterSpeed", "shutterSpeed", "currentShutterSpeed", "shutterSpeedCandidates"),
}
"""By slot: the setting, the type, and the members for its value and candidates."""

_PLAIN = {
    36: ("ZoomSetting", "zoomSetting", "zoom"),
    37: ("StillQuality", "stillQuality", "stillQuality"),
    38: ("ContShootingMode", "contShootingMode", "contShootingMode"),
    39: ("ContShootingSpeed", "contShootingSpeed", "contShootingSpeed"),
    41: ("FlipSetting", "flipSetting", "flip"),
    42: ("SceneSelection", "sceneSelection", "scene"),
    43: ("IntervalTime", "intervalTime", "intervalTimeSec"),
    44: ("ColorSetting", "colorSetting", "colorSetting"),
    45: ("MovieFileFormat", "movieFileFormat", "movieFileFormat"),
    52: ("InfraredRemoteControl", "infraredRemoteControl", "infraredRemoteControl"),
    53: ("TvColorSystem", "tvColorSystem", "tvColorSystem"),
    55: ("TrackingFocus", "trackingFocus", "trackingFocus"),
    59: ("AutoPowerOff", "autoPowerOff", "autoPowerOff"),
    60: ("LoopRecTime", "loopRecTime", "loopRecTime"),
    61: ("AudioRecording", "audioRecording", "audioRecording"),
    62: ("WindNoiseReduction", "windNoiseReduction", "windNoiseReduction"),
    63: ("SilentShootingSetting", "silentShooting", "silentShooting"),
}
"""By slot of a newer setting: the setting, the type, and the member for its value."""


_TIMED = ("movie", "audio", "looprec")
"""Shoot modes in which minutes are told, and not pictures."""


@dataclass(slots=True)
class _Known:
    """The slots of the settings, and what they came from."""

    key: Hashable = None
    slots: Sequence[Slot] = ()


@dataclass(frozen=True, slots=True)
class Teller:
    """Fills the slots from the parts of one camera."""

    parts: Parts
    capture: Capture
    shutter: Shutter
    drive: Drive
    recorder: Recorder
    modes: Modes
    listing: Listing
    live: Callable[[], bool]
    _known: _Known = field(default_factory=_Known)

    def changing(self, url_of: UrlOf) -> list[Slot]:
        """Return what a long poll tells: slot 5 holds the pictures that no long poll has told yet."""
        return self._all(self.shutter.untold, url_of)

    def snapshot(self, url_of: UrlOf) -> list[Slot]:
        """Return what a snapshot tells: slot 5 holds the pictures that can be fetched, on some cameras."""
        kept = self.parts.pictures.names if self.parts.profile.rules.snapshot_pictures else ()
        return self._all(kept, url_of)

    def _all(self, pictures: tuple[str, ...], url_of: UrlOf) -> list[Slot]:
        slots: list[Slot] = list(self._settings_slots())
        for index in LISTS:
            slots[index] = []
        slots[0] = {"type": "availableApiList", "names": list(self.listing.names())}
        slots[1] = {"type": "cameraStatus", "cameraStatus": str(self.parts.machine.status)}
        slots[2] = self._zoom()
        slots[3] = {"type": "liveviewStatus", "liveviewStatus": self.live()}
        slots[4] = {"type": "liveviewOrientation", "liveviewOrientation": "0"}
        if pictures:
            slots[TAKE_PICTURE] = [
                {"type": "takePicture", "takePictureUrl": [url_of(name) for name in pictures]}
            ]
        slots[10] = [{"type": "storageInformation", **self.storage()}]
        slots[15] = {"type": "cameraFunctionResult", "cameraFunctionResult": self.modes.function_result}
        self._fill_focus(slots)
        self._fill_by_profile(slots, url_of)
        return slots

    def storage(self) -> dict[str, Any]:
        """Return the storage as slot 10 and getStorageInformation tell it."""
        card, profile = self.parts.card, self.parts.profile
        movie = self.parts.settings.shoot_mode in _TIMED
        present = card.present
        return {
            "storageID": MEMORY_CARD if present else NO_CARD,
            "recordTarget": present or profile.rules.record_target_without_card,
            "numberOfRecordableImages": card.shots_left if present and not movie else -1,
            "recordableTime": card.minutes_left if present and movie else -1,
            "storageDescription": "Storage Media",
        }

    def _zoom(self) -> Slot:
        reading = self.parts.lens.reading
        return {
            "type": "zoomInformation",
            "zoomPosition": reading.position,
            "zoomNumberBox": reading.boxes,
            "zoomIndexCurrentBox": reading.box,
            "zoomPositionCurrentBox": reading.position_in_box,
        }

    def _settings_slots(self) -> Sequence[Slot]:
        """Return all slots, those of the settings filled; the same while what they come from is the same."""
        key = self.parts.settings.revision, self.parts.aim.stamp
        if self._known.key != key:
            slots: list[Slot] = [None] * COUNT
            self._fill_settings(slots)
            self._known.key = key
            self._known.slots = slots
        return self._known.slots

    def _fill_settings(self, slots: list[Slot]) -> None:
        settings = self.parts.settings
        for index, (name, kind, current, candidates) in _CURRENT.items():
            if settings.is_shown(name):
                slots[index] = {
                    "type": kind,
                    current: settings.value(name),
                    candidates: settings.candidates(name),
                }
        for index, (name, kind, member) in _PLAIN.items():
            if settings.is_shown(name):
                slots[index] = {
                    "type": kind,
                    member: settings.value(name),
                    "candidate": settings.candidates(name),
                }
        if settings.is_shown("StillSize"):
            aspect, size = settings.value("StillSize")
            slots[14] = {
                "type": "stillSize",
                "checkAvailability": settings.is_settable("StillSize"),
                "currentAspect": aspect,
                "currentSize": size,
            }
        if settings.is_shown(EXPOSURE_COMPENSATION):
            largest, smallest, step = settings.span(EXPOSURE_COMPENSATION)
            slots[25] = {
                "type": "exposureCompensation",
                "currentExposureCompensation": settings.value(EXPOSURE_COMPENSATION),
                "maxExposureCompensation": largest,
                "minExposureCompensation": smallest,
                "stepIndexOfExposureCompensation": step,
            }
        if settings.is_shown("ProgramShift"):
            slots[31] = {"type": "programShift", "isShifted": settings.value("ProgramShift") != 0}
        if settings.is_shown(WHITE_BALANCE):
            mode, kelvin = settings.value(WHITE_BALANCE)
            slots[33] = {
                "type": "whiteBalance",
                "checkAvailability": settings.is_settable(WHITE_BALANCE),
                "currentWhiteBalanceMode": mode,
                "currentColorTemperature": kelvin,
            }

    def _fill_focus(self, slots: list[Slot]) -> None:
        parts = self.parts
        if parts.settings.shoot_mode == "still" and parts.profile.method("camera", "setTouchAFPosition"):
            slots[34] = {
                "type": "touchAFPosition",
                "currentSet": parts.focus.touched is not None,
                "currentTouchCoordinates": [],
            }
        slots[35] = {"type": "focusStatus", "focusStatus": parts.focus.status}
        if parts.profile.events.tracking:
            word = "Not Tracking" if parts.focus.tracking is None else "Tracking"
            slots[54] = {"type": "trackingFocusStatus", "trackingFocusStatus": word}

    def _fill_by_profile(self, slots: list[Slot], url_of: UrlOf) -> None:
        facts = self.parts.profile.events
        if facts.triggered_error:
            slots[7] = {"type": "triggeredError", "triggeredError": []}
        if facts.scene_recognition:
            slots[8] = {
                "type": "sceneRecognition",
                "sceneRecognition": "None",
                "steadyRecognition": "None",
                "motionRecognition": "None",
            }
        if facts.format_status:
            slots[9] = {"type": "formatStatus", "formatResult": self.modes.format_result}
        if facts.continuous:
            slots[40] = {"type": "contShooting", "contShootingUrl": _pairs(self.drive.run, url_of)}
        if facts.battery:
            slots[56] = {"type": "batteryInfo", "batteryInfo": [self._battery()]}
        if facts.recording_time:
            slots[57] = {"type": "recordingTime", "recordingTime": self.recorder.seconds}
        if facts.interval:
            slots[58] = {"type": "numberOfShots", "numberOfShots": self.recorder.shots}
        if facts.bulb:
            seconds = self.capture.open_seconds if self.drive.running == "bulb" else -1
            slots[64] = {"type": "bulbCapturingTime", "bulbCapturingTime": seconds}
            slots[65] = {"type": "bulbShooting", "bulbShootingUrl": _pairs(self.drive.bulb, url_of)}

    def _battery(self) -> dict[str, Any]:
        charge = self.parts.battery.charge
        additional = "charging" if charge.charging else "batteryNearEnd" if charge.near_end else ""
        return {
            "batteryID": "externalBattery1",
            "status": "active",
            "additionalStatus": additional,
            "levelNumer": charge.level,
            "levelDenom": charge.levels,
            "description": "",
        }


def _pairs(names: tuple[str, ...], url_of: UrlOf) -> list[dict[str, str]]:
    return [{"postviewUrl": url_of(name), "thumbnailUrl": ""} for name in names]
