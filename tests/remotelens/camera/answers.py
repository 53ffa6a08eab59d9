"""What cameras answer, typed in from recordings, as the starting point of tests.

Sources: QX10 in Program Auto from protocol/wifi.md B.4 and qx10_program.bloodevil.txt; QX1 slots from
protocol/wifi.md B.5, a5000_shutter.bloodevil.txt (its twin) and qx1_getAvailableApiList.node-sonycam.json.
"""

from __future__ import annotations

from typing import Any

QX10_NAMES = [
    "getMethodTypes",
    "getAvailableApiList",
    "setShootMode",
    "getShootMode",
    "getSupportedShootMode",
    "getAvailableShootMode",
    "setSelfTimer",
    "getSelfTimer",
    "getSupportedSelfTimer",
    "getAvailableSelfTimer",
    "setPostviewImageSize",
    "getPostviewImageSize",
    "getSupportedPostviewImageSize",
    "getAvailablePostviewImageSize",
    "startLiveview",
    "stopLiveview",
    "actTakePicture",
    "startMovieRec",
    "stopMovieRec",
    "awaitTakePicture",
    "actZoom",
    "setExposureMode",
    "getExposureMode",
    "getSupportedExposureMode",
    "getAvailableExposureMode",
    "setBeepMode",
    "getBeepMode",
    "getSupportedBeepMode",
    "getAvailableBeepMode",
    "setCameraFunction",
    "getCameraFunction",
    "getSupportedCameraFunction",
    "getAvailableCameraFunction",
    "setStillSize",
    "getStillSize",
    "getSupportedStillSize",
    "getAvailableStillSize",
    "actFormatStorage",
    "getStorageInformation",
    "setTouchAFPosition",
    "cancelTouchAFPosition",
    "getTouchAFPosition",
    "setExposureCompensation",
    "getExposureCompensation",
    "getSupportedExposureCompensation",
    "getAvailableExposureCompensation",
    "setWhiteBalance",
    "getWhiteBalance",
    "getSupportedWhiteBalance",
    "getAvailableWhiteBalance",
    "setIsoSpeedRate",
    "getIsoSpeedRate",
    "getSupportedIsoSpeedRate",
    "getAvailableIsoSpeedRate",
    "actHalfPressShutter",
    "cancelHalfPressShutter",
    "getApplicationInfo",
    "getVersions",
    "getEvent",
]
_PROGRAM_ONLY = ("ExposureCompensation", "WhiteBalance", "IsoSpeedRate")
QX10_NAMES_AUTO = [
    name for name in QX10_NAMES if not (name.endswith(_PROGRAM_ONLY) and not name.startswith("getSupported"))
]


def listed(api: str, value: Any, candidates: list[Any]) -> dict[str, Any]:
    key = api[0].lower() + api[1:]
    return {f"{key}Candidates": candidates, f"current{api}": value, "type": key}


def qx10_program() -> dict[str, Any]:
    """The slots of a QX10's snapshot in Program Auto, with a card, by type."""
    entries: list[dict[str, Any]] = [
        {"names": list(QX10_NAMES), "type": "availableApiList"},
        {"cameraStatus": "IDLE", "type": "cameraStatus"},
        {
            "type": "zoomInformation",
            "zoomIndexCurrentBox": 0,
            "zoomNumberBox": 1,
            "zoomPosition": 0,
            "zoomPositionCurrentBox": 0,
        },
        {"liveviewStatus": False, "type": "liveviewStatus"},
        {"liveviewOrientation": "0", "type": "liveviewOrientation"},
        {"triggeredError": [], "type": "triggeredError"},
        listed("BeepMode", "On", ["Shutter Only", "On", "Off"]),
        listed("CameraFunction", "Remote Shooting", ["Remote Shooting", "Contents Transfer"]),
        {"checkAvailability": True, "currentAspect": "4:3", "currentSize": "18M", "type": "stillSize"},
        {"cameraFunctionResult": "", "type": "cameraFunctionResult"},
        listed("ExposureMode", "Program Auto", ["Intelligent Auto", "Superior Auto", "Program Auto"]),
        listed("PostviewImageSize", "2M", ["2M", "Original"]),
        listed("SelfTimer", 0, [0, 2, 10]),
        listed("ShootMode", "still", ["still", "movie"]),
        {
            "currentExposureCompensation": 0,
            "maxExposureCompensation": 6,
            "minExposureCompensation": -6,
            "stepIndexOfExposureCompensation": 1,
            "type": "exposureCompensation",
        },
        listed("IsoSpeedRate", "AUTO", ["AUTO", "100", "200", "400", "800", "1600", "3200"]),
        {
            "checkAvailability": True,
            "currentColorTemperature": -1,
            "currentWhiteBalanceMode": "Auto WB",
            "type": "whiteBalance",
        },
        {"currentSet": False, "currentTouchCoordinates": [], "type": "touchAFPosition"},
        {"focusStatus": "Not Focusing", "type": "focusStatus"},
    ]
    slots: dict[str, Any] = {entry["type"]: entry for entry in entries}
    slots["storageInformation"] = [card(874)]
    return slots


def card(images_left: int) -> dict[str, Any]:
    return {
        "numberOfRecordableImages": images_left,
        "recordTarget": True,
        "recordableTime": 42,
        "storageDescription": "Storage Media",
        "storageID": "Memory Card 1",
        "type": "storageInformation",
    }


NO_CARD = {
    "numberOfRecordableImages": -1,
    "recordTarget": True,
    "recordableTime": -1,
    "storageDescription": "Storage Media",
    "storageID": "No Media",
    "type": "storageInformation",
}

QX10_STILL_SIZES: list[Any] = [
    {"aspect": "4:3", "size": "18M"},
    [
        {"aspect": "4:3", "size": "18M"},
        {"aspect": "4:3", "size": "5M"},
        {"aspect": "16:9", "size": "13M"},
        {"aspect": "16:9", "size": "2M"},
    ],
]
QX10_WHITE_BALANCE: list[Any] = [
    {"colorTemperature": -1, "whiteBalanceMode": "Auto WB"},
    [
        {"whiteBalanceMode": mode, "colorTemperatureRange": []}
        for mode in (
            "Auto WB",
            "Daylight",
            "Cloudy",
            "Incandescent",
            "Fluorescent: Cool White (0)",
            "Fluorescent: Day White (+1)",
            "Fluorescent: Daylight (+2)",
        )
    ],
]
A5000_WHITE_BALANCE: list[Any] = [
    {"colorTemperature": -1, "whiteBalanceMode": "Auto WB"},
    [
        {"whiteBalanceMode": "Auto WB", "colorTemperatureRange": []},
        {"whiteBalanceMode": "Color Temperature", "colorTemperatureRange": [9900, 2500, 100]},
        {"whiteBalanceMode": "Custom", "colorTemperatureRange": []},
    ],
]
A5000_SHUTTER_SPEEDS = [
    '30"',
    '25"',
    '20"',
    '15"',
    '13"',
    '10"',
    '8"',
    '6"',
    '5"',
    '4"',
    '3.2"',
    '2.5"',
    '2"',
    '1.6"',
    '1.3"',
    '1"',
    '0.8"',
    '0.6"',
    '0.5"',
    '0.4"',
    "1/3",
    "1/4",
    "1/5",
    "1/6",
    "1/8",
    "1/10",
    "1/13",
    "1/15",
    "1/20",
    "1/25",
    "1/30",
    "1/40",
    "1/50",
    "1/60",
    "1/80",
    "1/100",
    "1/125",
    "1/160",
    "1/200",
    "1/250",
    "1/320",
    "1/400",
    "1/500",
    "1/640",
    "1/800",
    "1/1000",
    "1/1250",
    "1/1600",
    "1/2000",
    "1/2500",
    "1/3200",
    "1/4000",
]
