"""What a search over Wi-Fi found, where it looked, and what to tell when it found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from remotelens.errors import CameraNotFound
from remotelens.transport.interfaces import Interface

EXAMPLE_SSID = "DIRECT-qdQ0:DSC-QX10"
SSID_PREFIX = "DIRECT-"


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that was found and can be controlled.

    Args:
        name: what it calls itself; that is its model.
        host: the address it answers from.
        description_url: where its device description was read.
        uuid: its own id, as it writes it.
        interface: the network interface it was found on; None when it was asked for directly.
        bound: whether connections to it must be bound to that interface, since its address is ambiguous.
        found_by: `ssdp`, `probe` or both.
    """

    name: str
    host: str
    description_url: str
    uuid: str
    interface: str | None
    bound: bool
    found_by: tuple[str, ...]

    @property
    def model(self) -> str:
        """The camera's model."""
        return self.name

    def shown(self) -> dict[str, Any]:
        """Return it as one item of `discover --json`."""
        return {
            "name": self.name,
            "model": self.model,
            "address": self.host,
            "description_url": self.description_url,
            "interface": self.interface,
            "ble_address": None,
            "rssi": None,
            "found_by": list(self.found_by),
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """One interface that was searched on.

    Args:
        interface: which.
        wifi: the Wi-Fi network it is on; None when on none, or not to be learnt.
        answers: how many datagrams came back.
        error: why it could not be searched; None when it could.
    """

    interface: Interface
    wifi: str | None = None
    answers: int = 0
    error: str | None = None

    def __str__(self) -> str:
        network = f" on {self.wifi}" if self.wifi else ""
        failed = f": {self.error}" if self.error else ""
        return f"{self.interface}{network}{failed}"

    def shown(self) -> dict[str, Any]:
        """Return it as one entry of `tried` in `discover --json`."""
        return {
            "interface": self.interface.name,
            "address": str(self.interface.address),
            "wifi": self.wifi,
            "answers": self.answers,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """What a search found and where it looked.

    Args:
        items: the cameras.
        tried: the interfaces.
        notes: what answered but is no camera to control, one sentence each.
    """

    items: tuple[FoundCamera, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Where it looked, in words."""
        if not self.tried:
            return "there is no network interface to search on"
        searched = ", ".join(str(item) for item in self.tried)
        return f"searched {searched}"

    def nothing_found(self, model: str | None = None) -> CameraNotFound:
        """Return the error that says where was looked and which network a camera's is.

        Args:
            model: of the camera that is meant, where that is known: others may have answered.
        """
        notes = "".join(f"; {note}" for note in self.notes)
        if self.items:
            others = ", ".join(f"{camera.name} at {camera.description_url}" for camera in self.items)
            return CameraNotFound(
                f"the {model or 'camera'} that is meant does not answer, others do: {others}{notes}",
                remedy="switch it on and join its network, or name another one by its URL with --camera",
            )
        return CameraNotFound(
            f"no camera answers; {self.where}; {self._network()}{notes}", remedy=self._remedy()
        )

    def _network(self) -> str:
        names = [item.wifi for item in self.tried if item.wifi]
        if names:
            return f"this computer is on the Wi-Fi network {' and '.join(names)}"
        return "this computer is on no Wi-Fi network that can be seen"

    def _remedy(self) -> str:
        joined = [item.wifi for item in self.tried if item.wifi and item.wifi.startswith(SSID_PREFIX)]
        if joined:
            return f"see that the camera of {joined[0]} is still on and near"
        return (
            f"switch the camera on and join its own network: it is called {SSID_PREFIX}xxxx:MODEL, "
            f"for example {EXAMPLE_SSID}, and its key is inside the battery cover"
        )


def merged(cameras: Sequence[FoundCamera]) -> tuple[FoundCamera, ...]:
    """Return each camera once, though it was found in several ways."""
    by_id: dict[str, FoundCamera] = {}
    for camera in cameras:
        key = camera.uuid or camera.description_url
        known = by_id.get(key)
        if known is None:
            by_id[key] = camera
            continue
        ways = tuple(dict.fromkeys((*known.found_by, *camera.found_by)))
        by_id[key] = replace(known, found_by=ways)
    return tuple(by_id.values())
