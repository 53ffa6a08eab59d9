"""A program as others would write it, with bleak and the backend alone: finds, pairs, reads, listens.

Run as a process of its own: ``foreign.py TRANSPORT KEYS_FILE``; prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bleak import BleakClient, BleakScanner

from remotelens.transport.ble.bumble_backend.backend import bind, close_all

SONY = 0x012D


def characteristic(code: str) -> str:
    """Return the 128-bit text of a 16-bit UUID."""
    return f"0000{code}-0000-1000-8000-00805f9b34fb"


async def main(transport: str, keys_path: str) -> dict[str, object]:
    """Find, pair, switch the camera's Wi-Fi on, and read its name and network."""
    backend = bind(transport, Path(keys_path))
    device = await BleakScanner.find_device_by_filter(
        lambda _, adv: adv.manufacturer_data.get(SONY, b"").startswith(b"\x03\x00") and bool(adv.local_name),
        timeout=10,
        backend=backend.scanner,
    )
    assert device is not None
    states: asyncio.Queue[bytes] = asyncio.Queue()
    async with BleakClient(device, backend=backend.client, pair=True, timeout=10) as client:
        model = await client.read_gatt_char(characteristic("cc0b"))
        await client.start_notify(characteristic("cc09"), lambda _, value: states.put_nowait(bytes(value)))
        await client.write_gatt_char(characteristic("cc08"), b"\x01", response=True)
        async with asyncio.timeout(10):
            while not (await states.get()).startswith(b"\x04\x00\x01\x02"):
                pass
        ssid = await client.read_gatt_char(characteristic("cc06"))
        mtu = client.mtu_size
    await close_all()
    left = [task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}]
    ours = sorted(name for name in sys.modules if name.startswith("remotelens."))
    return {
        "name": device.name,
        "model": model.decode(),
        "ssid": ssid[3:].decode(),
        "mtu": mtu,
        "tasks_left": left,
        "modules": ours,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(*sys.argv[1:]))) + "\n")
