"""What can be read of a bonded camera, on or asleep: battery, media, status, names.

Source: protocol/ble.md 2.1, 5.2 and 5.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from remotelens.errors import InvalidValue, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import (
    CameraStatus,
    decode_bare_text,
    decode_camera_status,
    decode_text,
    encode_text,
)
from remotelens.protocol.ble.supply import Battery, Media, decode_battery, decode_media
from remotelens.transport.ble.gatt import GattLink

_T = TypeVar("_T")
LONGEST_NAME: Final = 32


class Readings:
    """The readable values of one camera; bodies of the older generation lack some.

    Each raises NotSupported where the body has no such value, RefusedError where it does not tell it now,
    RemoteProtocolError where it tells nonsense, and LinkError when the connection ends.

    Args:
        gatt: the connection.
        camera: what it is called in messages.
    """

    def __init__(self, gatt: GattLink, camera: str) -> None:
        self._gatt = gatt
        self._camera = camera

    async def battery(self) -> Battery:
        """Return the battery packs, and external power."""
        return await self._read(uuids.BATTERY, "the battery", decode_battery)

    async def media(self) -> Media:
        """Return the memory card slots."""
        return await self._read(uuids.MEDIA, "the memory card", decode_media)

    async def camera_status(self) -> CameraStatus:
        """Return the camera's list of states, such as Wi-Fi, recording, and whether the clock is set."""
        return await self._read(uuids.CAMERA_STATUS, "the camera's status", decode_camera_status)

    async def firmware(self) -> str:
        """Return the firmware's version."""
        return await self._read(uuids.FIRMWARE, "the firmware", decode_bare_text)

    async def model(self) -> str:
        """Return the model's name."""
        return await self._read(uuids.MODEL, "the model", decode_bare_text)

    async def friendly_name(self) -> str:
        """Return the name that the camera goes by."""
        return await self._read(uuids.FRIENDLY_NAME, "the camera's name", decode_text)

    async def rename(self, name: str) -> None:
        """Give the camera a name.

        Raises:
            InvalidValue: not 1 to 32 printable ASCII characters.
        """
        if not (1 <= len(name) <= LONGEST_NAME and name.isascii() and name.isprintable()):
            raise InvalidValue(
                f"the camera cannot be called {name!r}", remedy=f"give 1 to {LONGEST_NAME} ASCII characters"
            )
        await self._gatt.write(uuids.FRIENDLY_NAME, encode_text(name), "the camera's name")

    async def _read(self, uuid: str, what: str, decode: Callable[[bytes], _T]) -> _T:
        value = await self._gatt.read(uuid, what)
        try:
            return decode(value)
        except RemoteProtocolError as error:
            raise RemoteProtocolError(
                f"{what} cannot be understood: {error.message}",
                camera=self._camera,
                remedy="switch the camera off and on",
            ) from error
