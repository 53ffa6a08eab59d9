"""Lists what advertises."""

import asyncio
import sys

from bleak import BleakScanner


async def main() -> None:
    devices = await BleakScanner.discover(timeout=1.0, return_adv=True)
    for device, advertisement in devices.values():
        companies = " ".join(f"{company:#06x}" for company in advertisement.manufacturer_data)
        sys.stdout.write(f"{device.address} {device.name} {advertisement.rssi} {companies}\n")


asyncio.run(main())
