"""DigitalImagingDesc.xml: model, firmware and lens, and the calls that a program may want to know beforehand.

Elements, order and namespace are those that Sony's camera code writes ([C], the family of the QX1's server).
That family A's server writes the same is assumed. A program that finds an element missing must bear it.

Source: protocol/wifi.md 3.3; package com.sony.imaging.app.srctrl.network.dd of Sony's camera code.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from emulator.profiles import Profile

PATH = "/DigitalImagingDesc.xml"
_SCPD = '<scpd xmlns="urn:schemas-upnp-org:service-1-0">'
_STATE = '<stateVariable sendEvents="no"><name>X_DigitalImagingDeviceInfo</name><dataType>string</dataType>'
_CAMERA_METHODS = ("getEvent",)
_CONTENT_METHODS = (
    "getSchemeList",
    "getSourceList",
    "getContentCount",
    "getContentList",
    "deleteContent",
    "setStreamingContent",
    "startStreaming",
    "pauseStreaming",
    "seekStreamingPosition",
    "stopStreaming",
    "requestToNotifyStreamingStatus",
)


def describe_imaging(profile: Profile, lens: str) -> bytes:
    """Return the document of one camera, with this lens on it; with none where it has no name."""
    return "".join(
        (
            "<?xml version='1.0' encoding='UTF-8' ?>",
            _SCPD,
            "<specVersion><major>1</major><minor>0</minor></specVersion>",
            f"<serviceStateTable>{_STATE}</stateVariable></serviceStateTable>",
            "<X_DigitalImagingDeviceInfo><X_ScalarWebAPI_CurrentInformation>",
            *_services(profile),
            "</X_ScalarWebAPI_CurrentInformation><X_DeviceInfo>",
            _element("X_ModelName", profile.model),
            _element("X_FirmwareVersion", profile.firmware),
            "<X_InstalledPlayMemoriesCameraApps></X_InstalledPlayMemoriesCameraApps>",
            _element("X_LensModelName", lens) if lens else "",
            _element("X_Category", profile.model.partition("-")[0]),
            "</X_DeviceInfo></X_DigitalImagingDeviceInfo></scpd>",
        )
    ).encode()


def _services(profile: Profile) -> Iterable[str]:
    name, version = profile.application
    yield "<X_ScalarWebAPI_CameraService>"
    yield _versions(profile, "camera")
    yield "<X_ScalarWebAPI_GetApplicationInfo>"
    yield _element("X_ScalarWebAPI_ApplicationName", name)
    yield _element("X_ScalarWebAPI_ApplicationVersion", version)
    yield "</X_ScalarWebAPI_GetApplicationInfo>"
    yield _methods(profile, "camera", _CAMERA_METHODS)
    yield "</X_ScalarWebAPI_CameraService>"
    if "avContent" in profile.services:
        yield "<X_ScalarWebAPI_AvContentService>"
        yield _versions(profile, "avContent")
        yield _methods(profile, "avContent", _CONTENT_METHODS)
        yield "</X_ScalarWebAPI_AvContentService>"


def _versions(profile: Profile, service: str) -> str:
    told = ",".join(profile.services[service].versions)
    inner = _element("X_ScalarWebAPI_Version", told)
    return f"<X_ScalarWebAPI_GetVersions>{inner}</X_ScalarWebAPI_GetVersions>"


def _methods(profile: Profile, service: str, names: Iterable[str]) -> str:
    inner = "".join(
        "<X_ScalarWebAPI_Method>"
        + _element("X_ScalarWebAPI_APIName", name)
        + _element("X_ScalarWebAPI_APIVersion", ",".join(method.versions))
        + "</X_ScalarWebAPI_Method>"
        for name in names
        if (method := profile.method(service, name)) is not None
    )
    return f"<X_ScalarWebAPI_GetMethodTypes>{inner}</X_ScalarWebAPI_GetMethodTypes>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"
