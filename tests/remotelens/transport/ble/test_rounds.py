"""Connecting and disconnecting again and again leaves no task, no socket and no memory behind."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from remotelens.link.pair import pair
from remotelens.protocol.ble import uuids
from tests.remotelens.link.ble_rig import Rig, rigged

WARM_UP = 5
PARTS = frozenset(
    {"Connection", "Device", "Host", "LeController", "GattLink", "BleakClient", "Radio", "Link"}
)
MOST_KEPT_BYTES = 100_000
"""However many rounds: names and caches fill up and stay; one connection a round would soon be more."""
MOST_KEPT_BLOCKS = 5_000
"""The same in blocks of memory; fifty clients that are kept have seven times as many."""


async def _round(rig: Rig) -> None:
    async with await pair(rig.camera.address, rig.adapter, rig.store) as link:
        assert await link.gatt.read(uuids.MODEL) == b"DSC-QX10"
        async with link.gatt.notifications(uuids.CAMERA_STATUS):
            pass


def _open_files() -> int:
    """How many files this process has open; 0 where it cannot be told."""
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if folder.exists() else 0  # noqa: PTH208 - iterating holds one open itself


async def _settle(rig: Rig) -> None:
    """Let what is over be cleared away."""
    while rig.camera.connected or rig.air.hosts:  # noqa: ASYNC110 - neither tells anybody
        await asyncio.sleep(0)
    rig.journal.clear()
    for _ in range(3):
        await asyncio.sleep(0)
        gc.collect()


def _left() -> tuple[int, int, int]:
    """Return how many tasks, open files and parts of connections there are."""
    parts = sum(type(item).__name__ in PARTS for item in gc.get_objects())
    return len(asyncio.all_tasks()), _open_files(), parts


async def _rounds(rig: Rig, number: int) -> None:
    await rig.switch_on(unencrypted_limit_s=1e6)
    rig.air.ether.snoop = lambda controller, data, from_host: None  # it keeps packets, as it should
    for _ in range(WARM_UP):
        await _round(rig)
    await _settle(rig)
    left, kept_bytes, kept_blocks = _left(), tracemalloc.get_traced_memory()[0], sys.getallocatedblocks()
    for _ in range(number):
        await _round(rig)
    await _settle(rig)
    assert _left() == left
    assert sys.getallocatedblocks() - kept_blocks < MOST_KEPT_BLOCKS
    assert tracemalloc.get_traced_memory()[0] - kept_bytes < MOST_KEPT_BYTES
    assert rig.noted("pairing asked") == 0  # the bond of the first round served all others


async def test_fifty_rounds_leave_no_task_no_socket_and_no_connection_behind(tmp_path: Path) -> None:
    async with rigged(tmp_path, factor=200.0) as rig:
        await _rounds(rig, 50)


@pytest.mark.long
@pytest.mark.timeout(1200)
async def test_a_thousand_rounds_leave_no_memory_behind_either(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        async with rigged(tmp_path, factor=200.0) as rig:
            await _rounds(rig, 1000)
    finally:
        tracemalloc.stop()
