"""A bus of its own for each test, and nothing left running after it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from emulator.ble.bus.daemon import Daemon
from emulator.clock import RealClock
from tests.components import need_program

if sys.platform != "linux":
    collect_ignore_glob = ["*"]


@pytest.fixture
async def bus_address() -> AsyncIterator[str]:
    need_program("dbus-daemon")
    before = asyncio.all_tasks()
    daemon = await Daemon.start(RealClock())
    yield daemon.address
    await daemon.close()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=5)
    assert not left, left
