"""What Bumble heard on the air, in bleak's form.

Source: Bluetooth Core, supplement, part A; the numbers of its structures are assigned numbers 2.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from bleak.backends.scanner import AdvertisementData
from bleak.uuids import normalize_uuid_16, normalize_uuid_32
from bumble.device import Advertisement

_UUID_LISTS: Final = {0x02: 2, 0x03: 2, 0x04: 4, 0x05: 4, 0x06: 16, 0x07: 16}
_SERVICE_DATA: Final = {0x16: 2, 0x20: 4, 0x21: 16}
_SHORT_NAME: Final = 0x08
_COMPLETE_NAME: Final = 0x09
_TX_POWER: Final = 0x0A
_MANUFACTURER: Final = 0xFF


def to_bleak(advertisement: Advertisement) -> AdvertisementData:
    """Return the advertisement as bleak gives it; structures that are cut short are passed over."""
    short_name: str | None = None
    name: str | None = None
    tx_power: int | None = None
    manufacturer_data: dict[int, bytes] = {}
    service_data: dict[str, bytes] = {}
    uuids: list[str] = []
    for kind, data in advertisement.data.ad_structures:
        if kind == _COMPLETE_NAME:
            name = data.decode("utf-8", "replace")
        elif kind == _SHORT_NAME:
            short_name = data.decode("utf-8", "replace")
        elif kind == _MANUFACTURER and len(data) >= 2:
            manufacturer_data[int.from_bytes(data[:2], "little")] = bytes(data[2:])
        elif kind == _TX_POWER and data:
            tx_power = int.from_bytes(data[:1], "little", signed=True)
        elif size := _UUID_LISTS.get(kind):
            uuids.extend(_uuids(data, size))
        elif (size := _SERVICE_DATA.get(kind)) and len(data) >= size:
            service_data[_uuid(data[:size])] = bytes(data[size:])
    return AdvertisementData(
        local_name=name or short_name,
        manufacturer_data=manufacturer_data,
        service_data=service_data,
        service_uuids=uuids,
        tx_power=tx_power,
        rssi=advertisement.rssi,
        platform_data=(advertisement,),
    )


def _uuids(data: bytes, size: int) -> Iterator[str]:
    for offset in range(0, len(data) - size + 1, size):
        yield _uuid(data[offset : offset + size])


def _uuid(data: bytes) -> str:
    """Return the 128-bit text of a UUID that is little-endian on the air."""
    if len(data) == 16:
        return str(UUID(bytes=bytes(reversed(data))))
    number = int.from_bytes(data, "little")
    return normalize_uuid_16(number) if len(data) == 2 else normalize_uuid_32(number)
