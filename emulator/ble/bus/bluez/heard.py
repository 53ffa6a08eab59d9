"""What an advertisement says, as BlueZ's properties of a device, and which ones a program wants to hear of.

Source: Bluetooth Core Specification Supplement, part A; bluez `doc/org.bluez.Adapter.rst` for the filter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from bumble.core import UUID, AdvertisingData
from bumble.device import Advertisement
from dbus_fast import Variant

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.bluez.discovery import text_of

_KINDS = AdvertisingData.Type
_UUID_LISTS = {
    _KINDS.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _KINDS.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _KINDS.INCOMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    _KINDS.COMPLETE_LIST_OF_32_BIT_SERVICE_CLASS_UUIDS: 4,
    _KINDS.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _KINDS.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}
_SERVICE_DATA = {
    _KINDS.SERVICE_DATA_16_BIT_UUID: 2,
    _KINDS.SERVICE_DATA_32_BIT_UUID: 4,
    _KINDS.SERVICE_DATA_128_BIT_UUID: 16,
}
_COMPANY_BYTES = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """One advertisement, scan response included.

    Args:
        rssi: signal strength in dBm.
        name: the local name, where it says one.
        uuids: of the services that it names.
        manufacturer_data: by company.
        service_data: by service.
        tx_power: in dBm, where it says so.
    """

    rssi: int
    name: str | None
    uuids: tuple[str, ...]
    manufacturer_data: dict[int, bytes]
    service_data: dict[str, bytes]
    tx_power: int | None

    @classmethod
    def of(cls, advertisement: Advertisement) -> Self:
        """Read an advertisement; what cannot be understood is left out."""
        names: dict[int, str] = {}
        uuids: list[str] = []
        makers: dict[int, bytes] = {}
        services: dict[str, bytes] = {}
        power: int | None = None
        for kind, data in advertisement.data.ad_structures:
            if kind in (_KINDS.COMPLETE_LOCAL_NAME, _KINDS.SHORTENED_LOCAL_NAME):
                names[kind] = data.decode("utf-8", "replace")
            elif (size := _UUID_LISTS.get(kind)) is not None:
                parts = (data[start : start + size] for start in range(0, len(data) - size + 1, size))
                uuids += [text_of(UUID.from_bytes(part)) for part in parts]
            elif kind == _KINDS.MANUFACTURER_SPECIFIC_DATA and len(data) >= _COMPANY_BYTES:
                makers[int.from_bytes(data[:_COMPANY_BYTES], "little")] = bytes(data[_COMPANY_BYTES:])
            elif (size := _SERVICE_DATA.get(kind)) is not None and len(data) >= size:
                services[text_of(UUID.from_bytes(data[:size]))] = bytes(data[size:])
            elif kind == _KINDS.TX_POWER_LEVEL and len(data) == 1:
                power = int.from_bytes(data, "little", signed=True)
        name = names.get(_KINDS.COMPLETE_LOCAL_NAME) or names.get(_KINDS.SHORTENED_LOCAL_NAME)
        return cls(advertisement.rssi, name, tuple(uuids), makers, services, power)

    @property
    def properties(self) -> dict[str, Any]:
        """What of this goes into the device's properties as it is."""
        values: dict[str, Any] = {"RSSI": self.rssi}
        if self.name is not None:
            values["Name"] = self.name
        if self.manufacturer_data:
            values["ManufacturerData"] = {
                company: Variant("ay", data) for company, data in self.manufacturer_data.items()
            }
        if self.service_data:
            values["ServiceData"] = {uuid: Variant("ay", data) for uuid, data in self.service_data.items()}
        if self.tx_power is not None:
            values["TxPower"] = self.tx_power
        return values


_FILTER = {
    "UUIDs": "as",
    "RSSI": "n",
    "Pathloss": "q",
    "Transport": "s",
    "DuplicateData": "b",
    "Discoverable": "b",
    "Pattern": "s",
}
_TRANSPORTS = ("auto", "le", "bredr")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a program wants to hear of.

    Args:
        uuids: any of these services; empty for all.
        rssi: at least this strong.
        pathloss: at most this much lost on the way.
        pattern: how the address or the name begins.
        le: Bluetooth LE at all.
    """

    uuids: frozenset[str] = frozenset()
    rssi: int | None = None
    pathloss: int | None = None
    pattern: str = ""
    le: bool = True

    @classmethod
    def parse(cls, options: dict[str, Variant]) -> Self:
        """Read the argument of SetDiscoveryFilter.

        Raises:
            BusError: it means nothing.
        """
        for key, value in options.items():
            if _FILTER.get(key) != value.signature:
                raise errors.invalid_arguments()
        plain = {key: value.value for key, value in options.items()}
        transport = plain.get("Transport", "auto")
        if transport not in _TRANSPORTS or {"RSSI", "Pathloss"} <= set(plain):
            raise errors.invalid_arguments()
        return cls(
            frozenset(_full(uuid) for uuid in plain.get("UUIDs", ())),
            plain.get("RSSI"),
            plain.get("Pathloss"),
            plain.get("Pattern", ""),
            transport != "bredr",
        )

    def wants(self, address: str, heard: Heard) -> bool:
        """Tell whether an advertisement passes."""
        if not self.le or (self.uuids and self.uuids.isdisjoint(heard.uuids)):
            return False
        if self.rssi is not None and heard.rssi < self.rssi:
            return False
        if self.pathloss is not None and (
            heard.tx_power is None or heard.tx_power - heard.rssi > self.pathloss
        ):
            return False
        return any(text.startswith(self.pattern) for text in (address, heard.name or ""))


def _full(uuid: str) -> str:
    """Return a UUID that a program has given, in its long form."""
    try:
        return text_of(UUID(uuid.removeprefix("0x")))
    except ValueError as error:
        raise errors.invalid_arguments() from error
