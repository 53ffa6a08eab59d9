"""The camera's events: the array that getEvent answers, by place and by type.

Each slot holds an object, an array of objects, or nothing (null or `[]`): "unchanged" in the answer to a
long poll, "not now" in a snapshot. Read tolerantly: the `type` inside an object outranks its place, an object
without one takes the type of its place, unknown types are kept, anything else is passed over.

Source: protocol/wifi.md 6.1; members of the slots 0 to 34 from the recorded getMethodTypes of a DSC-QX100, of
35 to 65 from that of an ILCE-5000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from remotelens.errors import RemoteProtocolError

MAX_SLOTS = 256
COUNTS = {"1.0": 35, "1.1": 36, "1.2": 60, "1.3": 63, "1.4": 66}


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the array.

    `since` is the first getEvent version that has it, `members` what its object holds beside `type`, with the
    type of each in the notation of getMethodTypes.
    """

    index: int
    type: str
    array: bool = False
    since: str = "1.0"
    members: tuple[tuple[str, str], ...] = ()


# (since, type with * for an array of objects, members beside `type`), by place
_TABLE = (
    ("1.0", "availableApiList", "names:string*"),
    ("1.0", "cameraStatus", "cameraStatus:string"),
    (
        "1.0",
        "zoomInformation",
        "zoomPosition:int zoomNumberBox:int zoomIndexCurrentBox:int zoomPositionCurrentBox:int",
    ),
    ("1.0", "liveviewStatus", "liveviewStatus:bool"),
    ("1.0", "liveviewOrientation", "liveviewOrientation:string"),
    ("1.0", "takePicture*", "takePictureUrl:string*"),
    ("1.0", "continuousError*", "continuousError:string isContinued:bool"),
    ("1.0", "triggeredError", "triggeredError:string*"),
    (
        "1.0",
        "sceneRecognition",
        "sceneRecognition:string steadyRecognition:string motionRecognition:string",
    ),
    ("1.0", "formatStatus", "formatResult:string"),
    (
        "1.0",
        "storageInformation*",
        (
            "storageID:string recordTarget:bool numberOfRecordableImages:int recordableTime:int "
            "storageDescription:string"
        ),
    ),
    ("1.0", "beepMode", "currentBeepMode:string beepModeCandidates:string*"),
    ("1.0", "cameraFunction", "currentCameraFunction:string cameraFunctionCandidates:string*"),
    ("1.0", "movieQuality", "currentMovieQuality:string movieQualityCandidates:string*"),
    ("1.0", "stillSize", "checkAvailability:bool currentAspect:string currentSize:string"),
    ("1.0", "cameraFunctionResult", "cameraFunctionResult:string"),
    ("1.0", "steadyMode", "currentSteadyMode:string steadyModeCandidates:string*"),
    ("1.0", "viewAngle", "currentViewAngle:int viewAngleCandidates:int*"),
    ("1.0", "exposureMode", "currentExposureMode:string exposureModeCandidates:string*"),
    ("1.0", "postviewImageSize", "currentPostviewImageSize:string postviewImageSizeCandidates:string*"),
    ("1.0", "selfTimer", "currentSelfTimer:int selfTimerCandidates:int*"),
    ("1.0", "shootMode", "currentShootMode:string shootModeCandidates:string*"),
    ("1.0", "aeLock", "currentAELock:bool aeLockCandidates:bool*"),
    (
        "1.0",
        "bracketShootMode",
        "checkAvailability:bool currentBracketShootMode:string currentBracketShootModeOption:string",
    ),
    (
        "1.0",
        "creativeStyle",
        (
            "checkAvailability:bool currentCreativeStyle:string currentCreativeStyleContrast:int "
            "currentCreativeStyleSaturation:int currentCreativeStyleSharpness:int"
        ),
    ),
    (
        "1.0",
        "exposureCompensation",
        (
            "currentExposureCompensation:int maxExposureCompensation:int minExposureCompensation:int "
            "stepIndexOfExposureCompensation:int"
        ),
    ),
    ("1.0", "flashMode", "currentFlashMode:string flashModeCandidates:string*"),
    ("1.0", "fNumber", "currentFNumber:string fNumberCandidates:string*"),
    ("1.0", "focusMode", "currentFocusMode:string focusModeCandidates:string*"),
    ("1.0", "isoSpeedRate", "currentIsoSpeedRate:string isoSpeedRateCandidates:string*"),
    (
        "1.0",
        "pictureEffect",
        "checkAvailability:bool currentPictureEffect:string currentPictureEffectOption:string",
    ),
    ("1.0", "programShift", "isShifted:bool"),
    ("1.0", "shutterSpeed", "currentShutterSpeed:string shutterSpeedCandidates:string*"),
    (
        "1.0",
        "whiteBalance",
        "checkAvailability:bool currentWhiteBalanceMode:string currentColorTemperature:int",
    ),
    ("1.0", "touchAFPosition", "currentSet:bool currentTouchCoordinates:double*"),
    ("1.1", "focusStatus", "focusStatus:string"),
    ("1.2", "zoomSetting", "zoom:string candidate:string*"),
    ("1.2", "stillQuality", "stillQuality:string candidate:string*"),
    ("1.2", "contShootingMode", "contShootingMode:string candidate:string*"),
    ("1.2", "contShootingSpeed", "contShootingSpeed:string candidate:string*"),
    ("1.2", "contShooting", "contShootingUrl:ContShootingUrlParams[]"),
    ("1.2", "flipSetting", "flip:string candidate:string*"),
    ("1.2", "sceneSelection", "scene:string candidate:string*"),
    ("1.2", "intervalTime", "intervalTimeSec:string candidate:string*"),
    ("1.2", "colorSetting", "colorSetting:string candidate:string*"),
    ("1.2", "movieFileFormat", "movieFileFormat:string candidate:string*"),
    (
        "1.2",
        "timeCodePreset",
        "timeCodePreset:TimeCodePresetCurrentParams candidate:TimeCodePresetCandidateParams",
    ),
    ("1.2", "userBitPreset", "userBitPreset:string"),
    ("1.2", "timeCodeFormat", "timeCodeFormat:string candidate:string*"),
    ("1.2", "timeCodeRunMode", "timeCodeRunMode:string candidate:string*"),
    ("1.2", "timeCodeMakeMode", "timeCodeMakeMode:string candidate:string*"),
    ("1.2", "userBitTimeRec", "userBitTimeRec:string candidate:string*"),
    ("1.2", "infraredRemoteControl", "infraredRemoteControl:string candidate:string*"),
    ("1.2", "tvColorSystem", "tvColorSystem:string candidate:string*"),
    ("1.2", "trackingFocusStatus", "trackingFocusStatus:string"),
    ("1.2", "trackingFocus", "trackingFocus:string candidate:string*"),
    ("1.2", "batteryInfo", "batteryInfo:BatteryInfoParams[]"),
    ("1.2", "recordingTime", "recordingTime:int"),
    ("1.2", "numberOfShots", "numberOfShots:int"),
    ("1.2", "autoPowerOff", "autoPowerOff:int candidate:int*"),
    ("1.3", "loopRecTime", "loopRecTime:string candidate:string*"),
    ("1.3", "audioRecording", "audioRecording:string candidate:string*"),
    ("1.3", "windNoiseReduction", "windNoiseReduction:string candidate:string*"),
    ("1.4", "silentShooting", "silentShooting:string candidate:string*"),
    ("1.4", "bulbCapturingTime", "bulbCapturingTime:int"),
    ("1.4", "bulbShooting", "bulbShootingUrl:BulbShootingUrlParams[]"),
)


def _slots() -> tuple[Slot, ...]:
    return tuple(
        Slot(
            index=index,
            type=name.rstrip("*"),
            array=name.endswith("*"),
            since=since,
            members=tuple((key, kind) for key, _, kind in (word.partition(":") for word in members.split())),
        )
        for index, (since, name, members) in enumerate(_TABLE)
    )


SLOTS: tuple[Slot, ...] = _slots()
BY_TYPE: Mapping[str, Slot] = MappingProxyType({slot.type: slot for slot in SLOTS})


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """What one answer tells: type to object, or to a list of objects for array slots; only what was filled.

    An empty one is the quiet end of a long poll.
    """

    slots: Mapping[str, Any] = field(default_factory=dict)


def decode_event(result: list[Any]) -> CameraEvent:
    """Read the values of a getEvent answer.

    Raises:
        RemoteProtocolError: not an array, or longer than any camera's.
    """
    if not isinstance(result, list):
        raise RemoteProtocolError("the answer to getEvent is not an array")
    if len(result) > MAX_SLOTS:
        raise RemoteProtocolError(f"the answer to getEvent has {len(result)} entries")
    filled: dict[str, Any] = {}
    for index, entry in enumerate(result):
        in_array = isinstance(entry, list)
        for told in entry if in_array else [entry]:
            if not isinstance(told, dict) or not told:
                continue
            kind = _type_of(told, index)
            if kind is None:
                continue
            slot = BY_TYPE.get(kind)
            if slot.array if slot else in_array:
                filled.setdefault(kind, []).append(told)
            else:
                filled[kind] = told
    return CameraEvent(MappingProxyType(filled))


def _type_of(told: dict[str, Any], index: int) -> str | None:
    """Return the object's own type, or that of its place."""
    kind = told.get("type")
    if isinstance(kind, str) and kind:
        return kind
    return SLOTS[index].type if index < len(SLOTS) else None
