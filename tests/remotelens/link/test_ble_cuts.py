"""The radio link is cut at some packet between finding and hand-over: one clear error, and it works again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from remotelens.errors import ConnectFailed, LinkLost
from remotelens.link.handover import hand_over
from remotelens.link.pair import pair
from remotelens.transport.join.joiner import WifiCredentials
from tests.remotelens.link.ble_rig import Rig, rigged

MOST_PACKETS = 120
"""The whole road with a new bond is some ninety link-layer packets long."""


async def _walk(rig: Rig) -> WifiCredentials:
    async with asyncio.timeout(15), await pair(await rig.find(), rig.adapter, rig.store) as link:
        return await hand_over(link)


async def _cut_at(number: int, folder: Path, *, bonded: bool) -> bool:
    """Walk the road with the link dropped at that packet; tell whether there was one."""
    async with rigged(folder, factor=200.0) as rig:
        camera = await rig.switch_on()
        expected = WifiCredentials(rig.body.ssid, rig.body.key, rig.body.bssid)
        if bonded:
            async with await pair(camera.address, rig.adapter, rig.store):
                pass
        with rig.cut_at(number) as cut:
            # A cut before there is a connection to speak of is mended by trying again.
            outcome = (await asyncio.gather(_walk(rig), return_exceptions=True))[0]
        if outcome != expected:
            assert isinstance(outcome, ConnectFailed | LinkLost), outcome
            assert outcome.camera is not None
            assert outcome.remedy
        assert await _walk(rig) == expected
        return cut.happened


@pytest.mark.parametrize("bonded", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3, 21, 55, 66])
async def test_a_cut_link_is_one_clear_error_and_works_again(
    tmp_path: Path, number: int, bonded: bool
) -> None:
    assert await _cut_at(number, tmp_path, bonded=bonded)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("bonded", [False, True])
async def test_a_link_cut_at_each_packet_works_again(tmp_path: Path, bonded: bool) -> None:
    for number in range(1, MOST_PACKETS):
        if not await _cut_at(number, tmp_path / str(number), bonded=bonded):
            return
    raise AssertionError("the road is longer than it was")
