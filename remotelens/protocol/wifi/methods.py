"""The methods of the Camera Remote API, as data.

One row a method: where it lives, what it takes and gives, which event tells of its effect, in which states of
the camera it may be called, whether it changes anything, and how sure we are: `source` starts with `recorded`
(its types stand in that recording), `listed` (a real camera lists its name there), `specified` (API reference
v2.40) or `reported` (read in the code of the camera or of other clients).

Source: protocol/wifi.md 5 and appendix A.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from remotelens.protocol.wifi.events import COUNTS, SLOTS, Slot
from remotelens.protocol.wifi.types import MethodType, Type, parse_type

SERVICES = ("guide", "system", "accessControl", "camera", "avContent")

QX100 = "recorded qx100_getMethodTypes_camera_1.0.tsar.json.txt"
A5000 = "recorded a5000_dump_methods.bloodevil.txt"
AS100 = "recorded as100_methods.bloodevil.txt"
QX1 = "listed qx1_getAvailableApiList.node-sonycam.json"
AS15 = "listed as15_movie.bloodevil.txt"
ERIK = "listed qx10_actEnableMethods.erik-smit.json"
API = "specified API240"
CLIENTS = "reported other clients"

ANY: tuple[str, ...] = ()
IDLE = ("IDLE",)
IDLE_OR_MOVIE = ("IDLE", "MovieRecording")
CONTENTS = ("ContentsTransfer",)
STREAMING = ("Streaming",)

_CHANGING = ("act", "set", "start", "stop", "cancel", "delete", "pause", "seek")


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    `event` is the type of the event slot that tells of its effect, `states` the words of cameraStatus in
    which it may be called (empty: any), `changes` whether it changes something on the camera.
    """

    service: str
    name: str
    versions: tuple[str, ...]
    params: tuple[Type, ...]
    results: tuple[Type, ...]
    group: str
    event: str | None
    states: tuple[str, ...]
    changes: bool
    source: str

    @property
    def plural(self) -> bool:
        """Whether its answer's member is called `results`."""
        return self.name in {"getMethodTypes", "getServiceProtocols"}

    def typed(self, version: str) -> MethodType:
        """Return its entry in getMethodTypes for one of its versions."""
        results = self.results[: COUNTS[version]] if self.name == "getEvent" else self.results
        return MethodType(name=self.name, params=self.params, results=results, version=version)


def _method(
    name: str,
    params: Iterable[str] = (),
    results: Iterable[str] = (),
    *,
    group: str,
    source: str,
    service: str = "camera",
    versions: tuple[str, ...] = ("1.0",),
    event: str | None = None,
    states: tuple[str, ...] = ANY,
) -> Method:
    return Method(
        service=service,
        name=name,
        versions=versions,
        params=tuple(map(parse_type, params)),
        results=tuple(map(parse_type, results)),
        group=group,
        event=event,
        states=states,
        changes=name.startswith(_CHANGING),
        source=source,
    )


def _four(
    name: str,
    types: tuple[Iterable[str], Iterable[str], Iterable[str], Iterable[str], Iterable[str]],
    *,
    event: str | None,
    source: str,
    states: tuple[str, ...] = IDLE,
    own: Mapping[str, str] | None = None,
) -> tuple[Method, ...]:
    """Return set, get, getSupported and getAvailable of a setting.

    Args:
        name: the setting.
        types: what set takes, and what set, get, getSupported and getAvailable answer.
        event: the slot that shows it.
        source: of all four.
        states: in which set may be called.
        own: the source of single ones, by prefix.
    """
    taken, done, current, supported, available = types
    rows = (
        ("set", taken, done, states),
        ("get", (), current, ANY),
        ("getSupported", (), supported, ANY),
        ("getAvailable", (), available, ANY),
    )
    return tuple(
        _method(
            f"{prefix}{name}",
            params,
            results,
            group=name,
            source=(own or {}).get(prefix, source),
            event=event,
            states=allowed,
        )
        for prefix, params, results, allowed in rows
    )


def _plain(
    name: str,
    event: str | None,
    source: str,
    *,
    kind: str = "string",
    states: tuple[str, ...] = IDLE,
    own: Mapping[str, str] | None = None,
) -> tuple[Method, ...]:
    """A setting of the older style: one value, and lists of such values."""
    types = ((kind,), ("int",), (kind,), (f"{kind}*",), (kind, f"{kind}*"))
    return _four(name, types, event=event, source=source, states=states, own=own)


def _keyed(
    name: str, key: str, event: str | None, source: str, *, kind: str = "string"
) -> tuple[Method, ...]:
    """A setting of the newer style: one object with the value and, where asked, its candidates."""
    value = f'{{"{key}":"{kind}"}}'
    both = f'{{"{key}":"{kind}", "candidate":"{kind}*"}}'
    types = ((value,), (), (value,), (f'{{"candidate":"{kind}*"}}',), (both,))
    return _four(name, types, event=event, source=source)


def _slot_type(slot: Slot) -> Type:
    members = (("type", "string"), *slot.members)
    return Type("object", array=slot.array, fields=tuple((key, parse_type(kind)) for key, kind in members))


_WHITE_BALANCE = '{"whiteBalanceMode":"string", "colorTemperature":"int"}'
_WHITE_BALANCES = '{"whiteBalanceMode":"string", "colorTemperatureRange":"int*"}*'
_STILL_SIZE = '{"aspect":"string", "size":"string"}'
_STORAGE = (
    '{"storageID":"string", "recordTarget":"bool", "numberOfRecordableImages":"int", '
    '"recordableTime":"int", "storageDescription":"string"}*'
)
_CONTENT = (
    '{"uri":"string", "title":"string", "content":"object", "createdTime":"string", "contentKind":"string", '
    '"folderNo":"string", "fileNo":"string", "isPlayable":"string", "isBrowsable":"string", '
    '"isProtected":"string", "remotePlayType":"string*"}*'
)
_METHOD_TYPES = ("string", "string*", "string*", "string")

_SERVER = (
    _method("getVersions", (), ["string*"], group="Server", source=QX100),
    _method("getMethodTypes", ["string"], _METHOD_TYPES, group="Server", source=QX100),
    _method("getApplicationInfo", (), ["string", "string"], group="Server", source=QX100),
    _method("getAvailableApiList", (), ["string*"], group="Server", source=QX100, event="availableApiList"),
    Method(
        service="camera",
        name="getEvent",
        versions=tuple(COUNTS),
        params=(Type("bool"),),
        results=tuple(map(_slot_type, SLOTS)),
        group="Server",
        event=None,
        states=ANY,
        changes=False,
        source=A5000,
    ),
    _method(
        "getStorageInformation", (), [_STORAGE], group="Storage", source=QX100, event="storageInformation"
    ),
    _method(
        "actFormatStorage",
        ["string"],
        ["int"],
        group="Storage",
        source=QX100,
        event="formatStatus",
        states=IDLE,
    ),
    _method("startRecMode", (), ["int"], group="CameraSetup", source=A5000, event="cameraStatus"),
    _method("stopRecMode", (), ["int"], group="CameraSetup", source=A5000, event="cameraStatus"),
)

_SHOOTING = (
    _method(
        "actTakePicture",
        (),
        ["string*"],
        group="StillCapture",
        source=QX100,
        event="cameraStatus",
        states=IDLE,
    ),
    _method(
        "awaitTakePicture",
        (),
        ["string*"],
        group="StillCapture",
        source=A5000,
        event="cameraStatus",
        states=("IDLE", "StillCapturing", "StillSaving"),
    ),
    _method("startContShooting", group="ContShooting", source=A5000, event="cameraStatus", states=IDLE),
    _method(
        "stopContShooting",
        group="ContShooting",
        source=A5000,
        event="contShooting",
        states=("StillCapturing",),
    ),
    _method("startBulbShooting", group="BulbShooting", source=A5000, event="cameraStatus", states=IDLE),
    _method(
        "stopBulbShooting",
        group="BulbShooting",
        source=A5000,
        event="bulbShooting",
        states=("StillCapturing",),
    ),
    _method("startMovieRec", (), ["int"], group="MovieRec", source=QX100, event="cameraStatus", states=IDLE),
    _method(
        "stopMovieRec",
        (),
        ["string"],
        group="MovieRec",
        source=QX100,
        event="cameraStatus",
        states=("MovieRecording",),
    ),
    _method(
        "startIntervalStillRec",
        (),
        ["int"],
        group="IntervalStillRec",
        source=AS100,
        event="cameraStatus",
        states=IDLE,
    ),
    _method(
        "stopIntervalStillRec",
        (),
        ["int"],
        group="IntervalStillRec",
        source=AS100,
        event="cameraStatus",
        states=("IntervalRecording",),
    ),
    _method("startAudioRec", (), ["int"], group="AudioRec", source=API, event="cameraStatus", states=IDLE),
    _method(
        "stopAudioRec",
        (),
        ["int"],
        group="AudioRec",
        source=API,
        event="cameraStatus",
        states=("AudioRecording",),
    ),
    _method("startLoopRec", group="LoopRec", source=API, event="cameraStatus", states=IDLE),
    _method("stopLoopRec", group="LoopRec", source=API, event="cameraStatus", states=("LoopRecording",)),
)

_LIVE_VIEW = (
    _method("startLiveview", (), ["string"], group="Liveview", source=QX100, event="liveviewStatus"),
    _method("stopLiveview", (), ["int"], group="Liveview", source=QX100, event="liveviewStatus"),
    _method(
        "startLiveviewWithSize",
        ["string"],
        ["string"],
        group="LiveviewSize",
        source=A5000,
        event="liveviewStatus",
    ),
    _method("getLiveviewSize", (), ["string"], group="LiveviewSize", source=A5000),
    _method("getSupportedLiveviewSize", (), ["string*"], group="LiveviewSize", source=A5000),
    _method("getAvailableLiveviewSize", (), ["string", "string*"], group="LiveviewSize", source=A5000),
    _method("setLiveviewSize", ["string"], ["int"], group="LiveviewSize", source=ERIK),
    _method(
        "setLiveviewFrameInfo",
        ['{"frameInfo":"bool"}'],
        group="LiveviewFrameInfo",
        source=A5000,
        states=IDLE,
    ),
    _method("getLiveviewFrameInfo", (), ['{"frameInfo":"bool"}'], group="LiveviewFrameInfo", source=A5000),
)

_LENS = (
    _method("actZoom", ["string", "string"], ["int"], group="Zoom", source=QX100, event="zoomInformation"),
    _method("actHalfPressShutter", group="HalfPressShutter", source=A5000, event="focusStatus", states=IDLE),
    _method("cancelHalfPressShutter", group="HalfPressShutter", source=A5000, event="focusStatus"),
    _method(
        "setTouchAFPosition",
        ["double", "double"],
        ["int", '{"AFResult":"bool", "AFType":"string"}'],
        group="TouchAFPosition",
        source=QX100,
        event="touchAFPosition",
        states=IDLE,
    ),
    _method(
        "getTouchAFPosition",
        (),
        ['{"set":"bool", "touchCoordinates":"double*"}'],
        group="TouchAFPosition",
        source=QX100,
        event="touchAFPosition",
    ),
    _method("cancelTouchAFPosition", group="TouchAFPosition", source=QX100, event="touchAFPosition"),
    _method(
        "actTrackingFocus",
        ['{"xPosition":"double", "yPosition":"double"}'],
        group="TrackingFocus",
        source=API,
        event="trackingFocusStatus",
        states=IDLE,
    ),
    _method("cancelTrackingFocus", group="TrackingFocus", source=API, event="trackingFocusStatus"),
)

_SETTINGS = (
    *_plain("ShootMode", "shootMode", QX100),
    *_plain("PostviewImageSize", "postviewImageSize", QX100),
    *_plain("ExposureMode", "exposureMode", QX100),
    *_plain("BeepMode", "beepMode", QX100, states=ANY),
    *_plain("CameraFunction", "cameraFunction", QX100, states=("IDLE", "ContentsTransfer")),
    *_plain("SelfTimer", "selfTimer", QX100, kind="int"),
    *_plain("FocusMode", "focusMode", QX100),
    *_plain("FNumber", "fNumber", QX100, states=IDLE_OR_MOVIE),
    *_plain(
        "ShutterSpeed",
        "shutterSpeed",
        QX100,
        states=IDLE_OR_MOVIE,
        own={"set": A5000, "getSupported": A5000},
    ),
    *_plain("IsoSpeedRate", "isoSpeedRate", A5000, states=IDLE_OR_MOVIE),
    *_plain("FlashMode", "flashMode", A5000),
    *_plain("MovieQuality", "movieQuality", AS100),
    *_plain("SteadyMode", "steadyMode", AS100),
    *_plain("ViewAngle", "viewAngle", AS15, kind="int"),
    *_four(
        "ExposureCompensation",
        (("int",), ("int",), ("int",), ("int*",) * 3, ("int",) * 4),
        event="exposureCompensation",
        source=QX100,
        states=IDLE_OR_MOVIE,
    ),
    *_four(
        "WhiteBalance",
        (
            ("string", "bool", "int"),
            ("int",),
            (_WHITE_BALANCE,),
            (_WHITE_BALANCES,),
            (_WHITE_BALANCE, _WHITE_BALANCES),
        ),
        event="whiteBalance",
        source=QX100,
    ),
    *_four(
        "StillSize",
        (
            ("string", "string"),
            ("int",),
            (_STILL_SIZE,),
            (f"{_STILL_SIZE}*",),
            (_STILL_SIZE, f"{_STILL_SIZE}*"),
        ),
        event="stillSize",
        source=QX100,
    ),
    _method(
        "setProgramShift",
        ["int"],
        ["int"],
        group="ProgramShift",
        source=A5000,
        event="programShift",
        states=IDLE,
    ),
    _method(
        "getSupportedProgramShift", (), ["int*"], group="ProgramShift", source=A5000, event="programShift"
    ),
    *_keyed("StillQuality", "stillQuality", "stillQuality", QX1),
    *_keyed("ContShootingMode", "contShootingMode", "contShootingMode", A5000),
    *_keyed("ContShootingSpeed", "contShootingSpeed", "contShootingSpeed", A5000),
    *_keyed("ZoomSetting", "zoom", "zoomSetting", A5000),
    *_keyed("TrackingFocus", "trackingFocus", "trackingFocus", QX1),
    *_keyed("SilentShootingSetting", "silentShooting", "silentShooting", A5000),
    *_keyed("FlipSetting", "flip", "flipSetting", API),
    *_keyed("SceneSelection", "scene", "sceneSelection", API),
    *_keyed("IntervalTime", "intervalTimeSec", "intervalTime", API),
    *_keyed("ColorSetting", "colorSetting", "colorSetting", API),
    *_keyed("MovieFileFormat", "movieFileFormat", "movieFileFormat", API),
    *_keyed("InfraredRemoteControl", "infraredRemoteControl", "infraredRemoteControl", API),
    *_keyed("TvColorSystem", "tvColorSystem", "tvColorSystem", API),
    *_keyed("AutoPowerOff", "autoPowerOff", "autoPowerOff", API, kind="int"),
    *_keyed("LoopRecTime", "loopRecTimeMin", "loopRecTime", CLIENTS),
    *_keyed("AudioRecording", "audioRecording", "audioRecording", API),
    *_keyed("WindNoiseReduction", "windNoiseReduction", "windNoiseReduction", API),
    _method(
        "actWhiteBalanceOnePushCustom",
        (),
        ['{"inRange":"bool", "colorTemperature":"int", "lightBalance":"int", "colorCompensation":"int"}'],
        group="WhiteBalance",
        source=API,
        event="whiteBalance",
        states=IDLE,
    ),
)

_OTHER_SERVICES = (
    *(
        method
        for service in ("guide", "system", "accessControl", "avContent")
        for method in (
            _method("getVersions", (), ["string*"], group="Server", source=API, service=service),
            _method("getMethodTypes", ["string"], _METHOD_TYPES, group="Server", source=API, service=service),
        )
    ),
    _method(
        "getServiceProtocols",
        (),
        ["string", "string*"],
        group="Server",
        source="reported Smart Remote Control app",
        service="guide",
    ),
    _method(
        "actEnableMethods",
        ['{"methods":"string", "developerName":"string", "developerID":"string", "sg":"string"}'],
        ['{"dg":"string"}'],
        group="Authentication",
        source=ERIK,
        service="accessControl",
    ),
    _method(
        "setCurrentTime",
        ['{"dateTime":"string", "timeZoneOffsetMinute":"int", "dstOffsetMinute":"int"}'],
        group="Clock",
        source=ERIK,
        service="system",
    ),
)


def _stored(
    name: str,
    params: Iterable[str] = (),
    results: Iterable[str] = (),
    *,
    version: str = "1.0",
    group: str = "Contents",
    event: str | None = None,
    states: tuple[str, ...] = CONTENTS,
) -> Method:
    return _method(
        name,
        params,
        results,
        group=group,
        source=API,
        service="avContent",
        versions=(version,),
        event=event,
        states=states,
    )


_AV_CONTENT = (
    _stored("getSchemeList", (), ['{"scheme":"string"}*']),
    _stored("getSourceList", ['{"scheme":"string"}'], ['{"source":"string"}*']),
    _stored(
        "getContentCount",
        ['{"uri":"string", "type":"string*", "target":"string", "view":"string"}'],
        ['{"count":"int"}'],
        version="1.2",
    ),
    _stored(
        "getContentList",
        ['{"uri":"string", "stIdx":"int", "cnt":"int", "type":"string*", "view":"string", "sort":"string"}'],
        [_CONTENT],
        version="1.3",
    ),
    _stored("deleteContent", ['{"uri":"string*"}'], version="1.1", event="cameraStatus"),
    _stored(
        "setStreamingContent",
        ['{"remotePlayType":"string", "uri":"string"}'],
        ['{"playbackUrl":"string"}'],
        group="RemotePlayback",
        event="cameraStatus",
    ),
    _stored("startStreaming", group="RemotePlayback", states=STREAMING),
    _stored("pauseStreaming", group="RemotePlayback", states=STREAMING),
    _stored("stopStreaming", group="RemotePlayback", event="cameraStatus", states=STREAMING),
    _stored("seekStreamingPosition", ['{"positionMsec":"int"}'], group="RemotePlayback", states=STREAMING),
    _stored(
        "requestToNotifyStreamingStatus",
        ['{"polling":"bool"}'],
        ['{"status":"string", "factor":"string"}'],
        group="RemotePlayback",
        states=STREAMING,
    ),
)

METHODS: tuple[Method, ...] = (
    *_SERVER,
    *_SHOOTING,
    *_LIVE_VIEW,
    *_LENS,
    *_SETTINGS,
    *_OTHER_SERVICES,
    *_AV_CONTENT,
)

_BY_NAME: Mapping[tuple[str, str], Method] = MappingProxyType(
    {(method.service, method.name): method for method in METHODS}
)


def find(service: str, name: str) -> Method | None:
    """Return what is known of that method; None for an unknown one."""
    return _BY_NAME.get((service, name))
