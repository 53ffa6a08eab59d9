"""The words of both generations of bodies about their Wi-Fi, in one form."""

from __future__ import annotations

import pytest

from remotelens.link.wifi_state import Wifi, status_of, wifi_now
from remotelens.protocol.ble import uuids
from remotelens.transport.ble.gatt import GattLink


class Reads(GattLink):
    """A connection to a camera with one value."""

    def __init__(self, uuid: str, value: bytes = b"") -> None:
        self._uuid = uuid
        self._value = value

    def offers(self, uuid: str) -> bool:
        return uuid == self._uuid

    async def read(self, uuid: str, what: str = "") -> bytes:
        assert (uuid, what) == (self._uuid, "the Wi-Fi state")
        return self._value


@pytest.mark.parametrize(
    ("uuid", "value", "state"),
    [
        (uuids.CAMERA_STATUS, "04 00 01 00 00", Wifi()),
        (uuids.CAMERA_STATUS, "04 00 01 01 00", Wifi(starting=True)),
        (uuids.CAMERA_STATUS, "04 00 01 02 00 03 00 08 01", Wifi(launched=True)),
        (uuids.CAMERA_STATUS, "04 00 01 03 00", Wifi(ending=True)),
        (uuids.CAMERA_STATUS, "04 00 01 00 07", Wifi(error=7)),
        (uuids.CAMERA_STATUS, "04 00 01 09 00", Wifi()),
        (uuids.CAMERA_STATUS, "03 00 08 01", None),
        (uuids.CAMERA_STATUS, "ff ff", None),
        (uuids.WIFI_STATUS_OLD, "04 00 00 00 00", Wifi(camera_on=True)),
        (uuids.WIFI_STATUS_OLD, "04 00 00 01 00", Wifi(launched=True, camera_on=True)),
        (uuids.WIFI_STATUS_OLD, "04 00 00 00 03", Wifi(error=3, camera_on=True)),
        (uuids.WIFI_STATUS_OLD, "04 00 00 02 04", Wifi(camera_on=False)),
        (uuids.WIFI_STATUS_OLD, "", None),
    ],
)
async def test_each_value_says_how_the_wifi_stands(uuid: str, value: str, state: Wifi | None) -> None:
    gatt = Reads(uuid, bytes.fromhex(value))
    assert status_of(gatt) == uuid
    assert await wifi_now(gatt, uuid) == state


def test_a_body_without_either_value_tells_nothing() -> None:
    assert status_of(Reads(uuids.SSID)) is None
