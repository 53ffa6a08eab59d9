"""The UPnP device description: what a camera is called and where its services answer.

Read by local names, so prefixes do not matter; missing elements are tolerated, except the device and its
name. The camera's side is laid out by the emulator from its own profiles.

Source: protocol/wifi.md 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from remotelens.errors import NotSupported, RemoteProtocolError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DESCRIPTION_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class ApiService:
    """One JSON-RPC service of the camera, such as `camera` or `avContent`."""

    name: str
    action_list_url: str

    @property
    def endpoint(self) -> str:
        """Where its calls go."""
        return f"{self.action_list_url.rstrip('/')}/{self.name}"


@dataclass(frozen=True, slots=True)
class UpnpService:
    """One UPnP service; its addresses are relative to the description's own, and may be empty."""

    service_type: str
    service_id: str
    scpd_url: str
    control_url: str
    event_sub_url: str


@dataclass(frozen=True, slots=True)
class Description:
    """A camera's description of itself; `friendly_name` is its model."""

    friendly_name: str
    manufacturer: str
    model_name: str
    udn: str
    device_type: str
    services: tuple[ApiService, ...] = ()
    upnp_services: tuple[UpnpService, ...] = ()
    liveview_url: str | None = None
    default_function: str | None = None

    def endpoint(self, service: str) -> str:
        """Return where that service's calls go.

        Raises:
            NotSupported: the camera does not have it.
        """
        for known in self.services:
            if known.name == service:
                return known.endpoint
        offered = ", ".join(known.name for known in self.services) or "none"
        raise NotSupported(
            f"it has no service {service}",
            camera=self.friendly_name,
            remedy=f"its description lists: {offered}",
        )


def parse_description(xml: bytes) -> Description:
    """Read a device description.

    Raises:
        RemoteProtocolError: not XML, with a document type, larger than 256 KiB, or no device with a name.
    """
    device = _child(_root(xml), "device")
    if device is None:
        raise RemoteProtocolError("the device description describes no device")
    name = _text(device, "friendlyName")
    if not name:
        raise RemoteProtocolError("the device description gives the device no name")
    info = _child(device, "X_ScalarWebAPI_DeviceInfo")
    imaging = _child(info, "X_ScalarWebAPI_ImagingDevice")
    return Description(
        friendly_name=name,
        manufacturer=_text(device, "manufacturer"),
        model_name=_text(device, "modelName"),
        udn=_text(device, "UDN"),
        device_type=_text(device, "deviceType"),
        services=_api_services(_child(info, "X_ScalarWebAPI_ServiceList")),
        upnp_services=tuple(
            UpnpService(
                service_type=_text(service, "serviceType"),
                service_id=_text(service, "serviceId"),
                scpd_url=_text(service, "SCPDURL"),
                control_url=_text(service, "controlURL"),
                event_sub_url=_text(service, "eventSubURL"),
            )
            for service in _children(_child(device, "serviceList"), "service")
        ),
        liveview_url=_text(imaging, "X_ScalarWebAPI_LiveView_URL") or None,
        default_function=_text(imaging, "X_ScalarWebAPI_DefaultFunction") or None,
    )


def _root(xml: bytes) -> Element:
    if len(xml) > MAX_DESCRIPTION_BYTES:
        raise RemoteProtocolError(
            f"a device description of {len(xml)} bytes is over the limit of {MAX_DESCRIPTION_BYTES}"
        )
    try:
        root: Element = defusedxml.ElementTree.fromstring(xml.lstrip(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise RemoteProtocolError(
            "the device description has a document type, which no camera's has"
        ) from error
    except (ParseError, ValueError, LookupError) as error:  # LookupError: an encoding that does not exist
        raise RemoteProtocolError(f"the device description is not XML: {error}") from error
    return root


def _api_services(listing: Element | None) -> tuple[ApiService, ...]:
    """Return the services that have a name and an address."""
    services = (
        ApiService(
            name=_text(service, "X_ScalarWebAPI_ServiceType"),
            action_list_url=_text(service, "X_ScalarWebAPI_ActionList_URL"),
        )
        for service in _children(listing, "X_ScalarWebAPI_Service")
    )
    return tuple(service for service in services if service.name and service.action_list_url)


def _children(parent: Element | None, name: str) -> list[Element]:
    if parent is None:
        return []
    return [child for child in parent if _local(child) == name]


def _child(parent: Element | None, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _text(parent: Element | None, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else (child.text or "").strip()


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
