"""Runs of pictures: as fast as the camera until its memory is full, then as the card."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import msgspec

from emulator.body.buffer import Buffer
from emulator.clock import VirtualClock
from emulator.profiles import load
from tests.emulator.body.rig import Rig, rig


async def test_there_is_room_until_there_is_none() -> None:
    clock = VirtualClock()
    profile = load("ILCE-QX1")
    stills = msgspec.structs.replace(profile.stills, buffer_shots=3, card_bytes_s=1e6)
    buffer = Buffer(msgspec.structs.replace(profile, stills=stills), clock)
    began_s = clock.monotonic()
    for _ in range(2):
        await buffer.put(1_000_000)
    assert clock.monotonic() == began_s
    assert buffer.empty_in_s == 2.0
    task = asyncio.ensure_future(buffer.put(1_000_000))
    await clock.advance(0.9)
    assert not task.done()
    await clock.advance(0.2)
    assert task.done()
    await clock.advance(3.0)
    assert buffer.empty_in_s == 0.0


async def times_of_a_run(camera: Rig, seconds: float) -> list[float]:
    await camera.set("ContShootingMode", {"contShootingMode": "Continuous"})
    await camera.call("startContShooting")
    seen: list[float] = []
    for _ in range(round(seconds / 0.05)):
        await camera.clock.advance(0.05)
        while len(camera.body.card.files) > len(seen):
            seen.append(camera.clock.monotonic())
    await camera.call("stopContShooting")
    await camera.until("IDLE", 60.0)
    return seen


async def test_a_long_run_slows_down_to_what_the_card_takes() -> None:
    async with rig("DSC-QX30", still_scale=64) as camera:
        times = await times_of_a_run(camera, 12.0)
        each_s = camera.body.card.files[-1].size_bytes / camera.body.profile.stills.card_bytes_s
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps[:8]) < 0.3
    assert abs(sum(gaps[-4:]) / 4 - each_s) < 0.1
