"""A cable release: finds a Sony camera by its advert, pairs, half-presses, takes a picture."""

import asyncio
import sys

from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

SONY, CAMERA = 0x012D, b"\x03\x00"
COMMAND = "0000ff01-0000-1000-8000-00805f9b34fb"
STATUS = "0000ff02-0000-1000-8000-00805f9b34fb"


def is_camera(device: BLEDevice, advertisement: AdvertisementData) -> bool:
    return advertisement.manufacturer_data.get(SONY, b"").startswith(CAMERA)


async def main() -> None:
    device = await BleakScanner.find_device_by_filter(is_camera)
    if device is None:
        sys.exit("no camera")
    told: asyncio.Queue[bytes] = asyncio.Queue()
    async with BleakClient(device) as client:
        await client.pair()
        await client.start_notify(STATUS, lambda _, value: told.put_nowait(bytes(value)))
        for code, wanted in ((0x07, b"\x02\x3f\x20"), (0x09, b"\x02\xa0\x20"), (0x08, None), (0x06, None)):
            await client.write_gatt_char(COMMAND, bytes([1, code]), response=True)
            while wanted is not None and await told.get() != wanted:
                pass
    sys.stdout.write("released\n")


asyncio.run(main())
