"""The device description in the very bytes of a real camera: one line, no byte order mark, its prefixes.

Only host, port, names, the id and the services differ between cameras. Programs in the field read it with
regular expressions (protocol/wifi.md 3.4), so nothing here is pretty-printed or built by an XML library.

Source: protocol/wifi.md 3.2; family A is the QX100's recording; family B's element set and order are those
that one client recorded of an ILCE-QX1, its serialisation is assumed to be family A's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from xml.sax.saxutils import escape

from emulator.wifi.urls import CameraUrls

_AV = 'xmlns:av="urn:schemas-sony-com:av"'
_DLNA = 'xmlns:dlna="urn:schemas-dlna-org:device-1-0"'
_ROOT = f'<root xmlns="urn:schemas-upnp-org:device-1-0" {_DLNA} {_AV}>'
_SPEC = "<specVersion><major>1</major><minor>0</minor></specVersion>"
_ICONS = "".join(
    f"<icon><mimetype>image/{kind}</mimetype><width>{side}</width><height>{side}</height><depth>24</depth>"
    f"<url>/DLNA_camera_{side}.{ending}</url></icon>"
    for kind, side, ending in (
        ("jpeg", 48, "jpg"),
        ("jpeg", 120, "jpg"),
        ("png", 48, "png"),
        ("png", 120, "png"),
    )
)


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the UPnP service list; its type is an SSDP search target too."""

    type: str
    id: str
    scpd_url: str
    control_url: str
    event_url: str

    @property
    def xml(self) -> str:
        """The element in the list."""
        return (
            f"<service><serviceType>{self.type}</serviceType><serviceId>{self.id}</serviceId>"
            f"<SCPDURL>{self.scpd_url}</SCPDURL><controlURL>{self.control_url}</controlURL>"
            f"<eventSubURL>{self.event_url}</eventSubURL></service>"
        )


def _dlna(name: str, scpd_url: str) -> Service:
    return Service(
        f"urn:schemas-upnp-org:service:{name}:1",
        f"urn:upnp-org:serviceId:{name}",
        scpd_url,
        f"/upnp/control/{name}",
        f"/upnp/event/{name}",
    )


def _sony(name: str, scpd_url: str, control_url: str) -> Service:
    return Service(
        f"urn:schemas-sony-com:service:{name}:1",
        f"urn:schemas-sony-com:serviceId:{name}",
        scpd_url,
        control_url,
        "",
    )


_DIGITAL_IMAGING = _sony("DigitalImaging", "/DigitalImagingDesc.xml", "/upnp/control/DigitalImaging")
_UPNP_SERVICES = {
    "A": (
        _dlna("ContentDirectory", "/CdsDesc.xml"),
        _dlna("ConnectionManager", "/CmsDesc.xml"),
        _sony("ScalarWebAPI", "/ScalarWebApiDesc.xml", ""),
        _DIGITAL_IMAGING,
    ),
    "B": (_sony("ScalarWebAPI", "", ""), _DIGITAL_IMAGING),
}
_API_SERVICES = {
    "A": ("guide", "system", "accessControl", "camera"),
    "B": ("guide", "accessControl", "camera", "system", "avContent"),
}
"""The order in which the recordings list the JSON-RPC services."""

_DEVICE_TYPES = {
    "A": "urn:schemas-upnp-org:device:MediaServer:1",
    "B": "urn:schemas-upnp-org:device:Basic:1",
}


def upnp_services(family: str) -> tuple[Service, ...]:
    """Return the UPnP services that this kind of server lists, in their order."""
    return _UPNP_SERVICES[family]


def device_type(family: str) -> str:
    """Return the UPnP device type of this kind of server; B's is assumed."""
    return _DEVICE_TYPES[family]


def describe(urls: CameraUrls, *, friendly_name: str, uuid: str, services: Collection[str]) -> bytes:
    """Return the device description of one camera.

    Args:
        urls: its addresses.
        friendly_name: the model, the only place where it is named.
        uuid: as in UDN and USN, without `uuid:`.
        services: the names of its JSON-RPC services; they are listed in the order of its kind of server.
    """
    family = urls.face.family
    is_a = family == "A"
    return "".join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            _ROOT,
            _SPEC,
            "<device>",
            f"<dlna:X_DLNADOC {_DLNA}>DMS-1.50</dlna:X_DLNADOC>" if is_a else "",
            f"<deviceType>{device_type(family)}</deviceType>",
            f"<friendlyName>{escape(friendly_name)}</friendlyName>",
            "<manufacturer>Sony Corporation</manufacturer>",
            "<manufacturerURL>http://www.sony.com/</manufacturerURL>",
            "<modelDescription>SonyDigitalMediaServer</modelDescription>",
            "<modelName>SonyImagingDevice</modelName>",
            "<modelURL>http://www.sony.net/</modelURL>" if is_a else "",
            f"<UDN>uuid:{uuid}</UDN>",
            "<serviceList>",
            *(service.xml for service in upnp_services(family)),
            "</serviceList>",
            f"<iconList>{_ICONS}</iconList>" if is_a else "",
            f"<av:X_ScalarWebAPI_DeviceInfo {_AV}>",
            "<av:X_ScalarWebAPI_Version>1.0</av:X_ScalarWebAPI_Version>",
            "<av:X_ScalarWebAPI_ServiceList>",
            *(_scalar_service(name, urls) for name in _in_order(family, services)),
            "</av:X_ScalarWebAPI_ServiceList>",
            "<av:X_ScalarWebAPI_ImagingDevice>",
            f"<av:X_ScalarWebAPI_LiveView_URL>{escape(urls.liveview)}</av:X_ScalarWebAPI_LiveView_URL>",
            "<av:X_ScalarWebAPI_DefaultFunction>RemoteShooting</av:X_ScalarWebAPI_DefaultFunction>",
            "</av:X_ScalarWebAPI_ImagingDevice></av:X_ScalarWebAPI_DeviceInfo></device></root>",
        )
    ).encode()


def _in_order(family: str, services: Collection[str]) -> list[str]:
    """Return the services in the order of that kind of server; what it does not know comes last."""
    known = [name for name in _API_SERVICES[family] if name in services]
    return known + [name for name in services if name not in known]


def _scalar_service(name: str, urls: CameraUrls) -> str:
    return (
        "<av:X_ScalarWebAPI_Service>"
        f"<av:X_ScalarWebAPI_ServiceType>{escape(name)}</av:X_ScalarWebAPI_ServiceType>"
        f"<av:X_ScalarWebAPI_ActionList_URL>{escape(urls.action_list)}</av:X_ScalarWebAPI_ActionList_URL>"
        "<av:X_ScalarWebAPI_AccessType /></av:X_ScalarWebAPI_Service>"
    )
