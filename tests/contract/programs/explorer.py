"""Connects to an address, pairs, and reads everything that can be read."""

import asyncio
import sys

from bleak import BleakClient
from bleak.exc import BleakGATTProtocolError


async def main(address: str) -> None:
    async with BleakClient(address, pair=True) as client:
        for service in client.services:
            sys.stdout.write(f"service {service.uuid}\n")
            for characteristic in service.characteristics:
                value = ""
                if "read" in characteristic.properties:
                    try:
                        value = (await client.read_gatt_char(characteristic)).hex()
                    except BleakGATTProtocolError as error:
                        value = f"refused {int(error.code):#04x}"
                room = characteristic.max_write_without_response_size
                sys.stdout.write(f"  {characteristic.uuid[4:8]} {room} {value}\n")
                for descriptor in characteristic.descriptors:
                    bits = await client.read_gatt_descriptor(descriptor)
                    sys.stdout.write(f"    {descriptor.uuid[4:8]} {bits.hex()}\n")


asyncio.run(main(sys.argv[1]))
