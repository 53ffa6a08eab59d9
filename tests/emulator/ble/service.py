"""A GATT service of the camera without a stack: read, write, and what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from emulator.ble.gatt import short_name
from emulator.ble.values import GattService


class Told:
    """Collects what a service tells, and runs what it spawns."""

    def __init__(self) -> None:
        self.values: list[tuple[str, str]] = []
        self.drops = 0
        self.tasks: list[asyncio.Task[None]] = []

    def tell(self, uuid: str, value: bytes) -> None:
        self.values.append((short_name(uuid), value.hex(" ")))

    def drop(self) -> None:
        self.drops += 1

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        self.tasks.append(asyncio.create_task(work))


def read(service: GattService, name: str) -> str:
    (value,) = (value for value in service.values() if short_name(value.uuid) == name)
    assert value.read is not None
    return value.read().hex(" ")


def write(service: GattService, name: str, data: str) -> None:
    (value,) = (value for value in service.values() if short_name(value.uuid) == name)
    assert value.write is not None
    value.write(bytes.fromhex(data))
