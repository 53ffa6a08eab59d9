"""The link is cut at some packet of a remote shutter: one clear error, nothing held, and it works again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from remotelens.camera.evidence import CaptureUnknown
from remotelens.camera.remote import over
from remotelens.errors import ConnectFailed, LinkLost
from remotelens.link.pair import pair
from tests.remotelens.link.ble_rig import Rig, rigged

MOST_PACKETS = 160
"""Connecting with a bond, subscribing and a still are some seventy link-layer packets."""


async def _shoot(rig: Rig) -> bool:
    """Connect, take a picture, let go; tell whether the camera confirmed it."""
    async with (
        asyncio.timeout(15),
        await pair(await rig.find(), rig.adapter, rig.store) as link,
        over(link) as remote,
    ):
        await remote.ready()
        await remote.shutter.shoot()
        return True


async def _cut_at(number: int, folder: Path) -> bool:
    """Take a picture with the link dropped at that packet; tell whether there was one."""
    async with rigged(folder, factor=200.0) as rig:
        camera = await rig.switch_on()
        async with await pair(camera.address, rig.adapter, rig.store):
            pass
        rig.body.change("power", power="on")
        with rig.cut_at(number) as cut:
            outcome = (await asyncio.gather(_shoot(rig), return_exceptions=True))[0]
        full = [name for name, _ in rig.body.pressed].count("full")
        if outcome is not True:
            assert isinstance(outcome, ConnectFailed | LinkLost), outcome
            assert outcome.camera is not None
            assert outcome.remedy
            # A picture that may have been taken is never hidden behind an ordinary loss.
            assert isinstance(outcome, CaptureUnknown) or not full
        assert full <= 1  # and it is never asked for twice
        async with asyncio.timeout(5):
            while set(rig.body.released) < {name for name, _ in rig.body.pressed}:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)
        assert await _shoot(rig)
        return cut.happened


@pytest.mark.parametrize("number", [1, 25, 45, 48, 50, 52, 54, 56, 58])
async def test_a_cut_link_is_one_clear_error_and_nothing_stays_pressed(tmp_path: Path, number: int) -> None:
    assert await _cut_at(number, tmp_path)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_link_cut_at_each_packet_of_a_remote_shutter_works_again(tmp_path: Path) -> None:
    for number in range(1, MOST_PACKETS):
        if not await _cut_at(number, tmp_path / str(number)):
            return
    raise AssertionError("a remote shutter takes longer than it did")
