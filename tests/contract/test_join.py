"""The client's way onto a network through NetworkManager, against the small one of the emulator."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("NetworkManager is Linux only", allow_module_level=True)

from emulator.ble.bus.daemon import Daemon
from emulator.clock import RealClock
from remotelens.errors import MissingComponent, WifiJoinFailed
from remotelens.transport.join import WifiCredentials, mend
from remotelens.transport.join.before import Before, any_kept, keep
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
from tests.components import need_program
from tests.emulator.ble.bus.networkmanager.rig import ACTIVE, CAMERA, DEVICE, KEY, NM, ROOT, Rig, rigged

NETWORK = WifiCredentials(CAMERA.ssid.decode(), KEY, CAMERA.bssid.lower())


@pytest.fixture
async def bus_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    need_program("dbus-daemon")
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    daemon = await Daemon.start(RealClock())
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", daemon.address)
    yield daemon.address
    await daemon.close()


async def stored(rig: Rig) -> int:
    return len(await rig.caller.call(f"{ROOT}/Settings", f"{NM}.Settings", "ListConnections"))


@asynccontextmanager
async def left_as_it_was(rig: Rig) -> AsyncIterator[None]:
    """See that the host is on its own network again after a block, with no profile of ours."""
    yield
    await rig.at_home()
    assert await stored(rig) == 1


async def test_a_network_with_spaces_quotes_and_accents_is_joined_and_left(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        joined = await NetworkManagerJoiner().join(NETWORK)
        assert joined.interface == "lo"
        assert rig.air.joined == [CAMERA.bssid]
        assert await stored(rig) == 2
        assert await joined.stands()
        await joined.leave()
        assert rig.air.left == [CAMERA.bssid]


async def test_a_network_that_goes_while_the_host_is_on_it_does_not_stand(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        joined = await NetworkManagerJoiner().join(NETWORK)
        rig.air.switch(False)
        await rig.at_home()
        assert not await joined.stands()
        await joined.leave()


async def test_a_wrong_key_is_told_as_such(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        with pytest.raises(WifiJoinFailed, match="the key was not accepted"):
            await NetworkManagerJoiner().join(WifiCredentials(NETWORK.ssid, "wr0ngKey", None))


async def test_a_key_that_networkmanager_does_not_take_is_told_without_the_key(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        with pytest.raises(WifiJoinFailed, match="psk") as caught:
            await NetworkManagerJoiner().join(WifiCredentials(NETWORK.ssid, "shrt", None))
        assert "shrt" not in str(caught.value)


async def test_a_network_that_goes_while_it_is_joined_is_told(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        rig.air.up = False
        with pytest.raises(WifiJoinFailed, match="not in sight any more"):
            await NetworkManagerJoiner().join(NETWORK)


async def test_a_network_that_comes_up_later_is_waited_for(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        rig.air.switch(False)
        joining = asyncio.create_task(NetworkManagerJoiner().join(NETWORK))
        await rig.caller.hear("PropertiesChanged", fits=lambda body: "LastScan" in body[1])
        rig.air.switch(True)
        await (await joining).leave()


async def test_a_network_that_the_host_is_on_already_stays_as_it_is(bus_address: str) -> None:
    async with rigged(bus_address) as rig:
        active = await rig.join()
        await rig.caller.until(active, ACTIVE, "State", 2)
        joined = await NetworkManagerJoiner().join(NETWORK)
        await joined.leave()
        assert await rig.get("ActiveConnection") == active


@pytest.mark.parametrize("state", [40, 50, 70, 90])
async def test_a_cancelled_join_leaves_nothing_at_any_step(bus_address: str, state: int) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        joining = asyncio.create_task(NetworkManagerJoiner().join(NETWORK))
        await rig.caller.hear("StateChanged", fits=lambda body: body[0] == state)
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining


KILLED = f"""
import asyncio, os, signal
from remotelens.transport.join import WifiCredentials
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
async def main():
    await NetworkManagerJoiner().join(WifiCredentials({NETWORK.ssid!r}, {KEY!r}, None))
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_a_program_that_is_killed_leaves_the_host_at_home(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, env={**os.environ})
        await process.wait()
        assert rig.air.joined == [CAMERA.bssid]
        await rig.caller.hear("ConnectionRemoved")


async def test_what_a_killed_program_left_the_host_without_is_brought_back_at_the_next_start(
    bus_address: str,
) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        await rig.set_autoconnect(False)  # as where the network at home is only used when it is asked for
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, env={**os.environ})
        await process.wait()
        await rig.caller.until(DEVICE, f"{NM}.Device", "State", 30)
        assert any_kept()
        await mend()
        assert not any_kept()


async def test_a_join_that_stands_is_not_mended_and_takes_its_note_away(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        joined = await NetworkManagerJoiner().join(NETWORK)
        await mend()
        assert any_kept()
        assert rig.air.left == []
        await joined.leave()
        assert not any_kept()


async def test_a_host_that_is_on_a_network_again_by_itself_is_left_there(bus_address: str) -> None:
    async with rigged(bus_address) as rig, left_as_it_was(rig):
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, env={**os.environ})
        await process.wait()
        await rig.caller.hear("ConnectionRemoved")
        await rig.at_home()
        active = await rig.get("ActiveConnection")
        await mend()
        assert await rig.get("ActiveConnection") == active
        assert not any_kept()


async def test_mending_waits_for_a_host_that_has_no_networkmanager_now(bus_address: str) -> None:
    note = keep(Before("lo", "a-uuid"))
    assert note is not None
    note.let_be()
    await mend()
    assert any_kept()


async def test_a_host_without_networkmanager_is_told(bus_address: str) -> None:
    with pytest.raises(MissingComponent, match="NetworkManager does not run"):
        await NetworkManagerJoiner().join(NETWORK)
