from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message

from remotelens.clock import RealClock
from remotelens.errors import InvalidValue, MissingComponent, WifiJoinFailed
from remotelens.transport.join import WifiCredentials, joiner, mend
from remotelens.transport.join.before import Before, any_kept, keep, left_behind
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
from remotelens.transport.join.system_bus import SystemBus
from tests.components import need_program
from tests.remotelens.transport.join import fake_networkmanager as fake
from tests.remotelens.transport.join.fake_networkmanager import FakeNetworkManager, Refuse

SSID = 'DIRECT-qd Q0:"DSC"-QX10 é'
NETWORK = WifiCredentials(SSID, "aB3dE5gH", "aa:bb:cc:dd:ee:ff")


@pytest.fixture(scope="module")
def bus_address() -> Iterator[str]:
    """Run a private bus as an ordinary user."""
    program = need_program("dbus-daemon")
    with tempfile.TemporaryDirectory(prefix="rl") as folder:
        address = f"unix:path={folder}/bus"
        arguments = [str(program), "--session", "--nofork", "--print-address=1", f"--address={address}"]
        daemon = subprocess.Popen(arguments, stdout=subprocess.PIPE)
        assert daemon.stdout is not None
        try:
            assert daemon.stdout.readline()
            yield address
        finally:
            daemon.terminate()
            daemon.wait()
            daemon.stdout.close()


@pytest.fixture
async def manager(
    bus_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FakeNetworkManager]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address)
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    made = FakeNetworkManager()
    made.add_access_point("Home", "00:00:00:00:00:01")
    await made.start()
    try:
        yield made
    finally:
        made.close()


def cancel_at(member: str, task: Callable[[], asyncio.Task[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancel a task while a call over the bus is under way."""
    send = SystemBus._send

    async def sending(bus: SystemBus, message: Message) -> list[Any]:
        if message.member == member:
            asyncio.get_running_loop().call_soon(task().cancel)
        return await send(bus, message)

    monkeypatch.setattr(SystemBus, "_send", sending)


class CancelledMeanwhile:
    """Does in a thread what it is told to, after having seen to it that the task is cancelled."""

    def __init__(self, work: Callable[..., Any], task: Callable[[], asyncio.Task[Any]]) -> None:
        self._work = work
        self._task = task
        self._loop = asyncio.get_running_loop()
        self.done = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        cancelled = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (self._task().cancel(), self._loop.call_soon(cancelled.set)))
        assert cancelled.wait(10)
        try:
            return self._work(*arguments)
        finally:
            self.done.set()


async def test_joining_takes_a_profile_that_leaves_the_hosts_network_alone(
    manager: FakeNetworkManager,
) -> None:
    point = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await joiner("system").join(NETWORK)
    assert joined.interface == "wlan7"
    profile, device, access_point, options = manager.body("AddAndActivateConnection2")
    assert (device, access_point) == (fake.DEVICE, point)
    assert options == {"persist": "volatile", "bind-activation": "dbus-client"}
    assert profile["connection"]["autoconnect"] is False
    assert profile["ipv4"] == {"method": "auto", "never-default": True, "ignore-auto-dns": True}
    assert profile["802-11-wireless"]["ssid"] == SSID.encode()
    assert profile["802-11-wireless-security"] == {"key-mgmt": "wpa-psk", "psk": "aB3dE5gH"}
    await joined.leave()


async def test_leaving_brings_back_what_was_there_before(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await NetworkManagerJoiner().join(NETWORK)
    await joined.leave()
    await joined.leave()
    assert manager.names()[-2:] == ["DeactivateConnection", "ActivateConnection"]
    assert manager.body("ActivateConnection") == [fake.HOME, fake.DEVICE, "/"]


@pytest.mark.parametrize("member", ["DeactivateConnection", "AddMatch", "ActivateConnection", "Get"])
async def test_leaving_goes_on_to_its_end_though_it_is_cancelled(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, member: str
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await NetworkManagerJoiner().join(NETWORK)
    cancel_at(member, lambda: leaving, monkeypatch)
    leaving = asyncio.create_task(joined.leave())
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await joined.leave()
    assert manager.names()[-2:] == ["DeactivateConnection", "ActivateConnection"]
    assert not list((tmp_path / "state" / "wifi").iterdir())


@pytest.mark.parametrize("member", ["DeactivateConnection", "ActivateConnection"])
async def test_a_bus_that_goes_while_leaving_leaves_a_note_for_the_next_run(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await NetworkManagerJoiner().join(NETWORK)
    send = SystemBus._send

    async def hang_up(bus: SystemBus, message: Message) -> list[Any]:
        if message.member == member:
            assert bus._bus._sock is not None
            bus._bus._sock.shutdown(socket.SHUT_RDWR)
        return await send(bus, message)

    monkeypatch.setattr(SystemBus, "_send", hang_up)
    await joined.leave()
    await joined.leave()
    (note,) = left_behind()  # nobody holds it
    note.let_be()
    manager.properties[fake.DEVICE, "State"] = ("u", 30)
    monkeypatch.setattr(SystemBus, "_send", send)
    await mend()
    assert manager.body("ActivateConnection") == [fake.HOME, fake.DEVICE, "/"]
    assert not any_kept()


async def test_an_old_connection_that_networkmanager_cannot_bring_back_is_not_asked_for_again(
    manager: FakeNetworkManager,
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    joined = await NetworkManagerJoiner().join(NETWORK)
    manager.refuse["ActivateConnection"] = Refuse(f"{fake.NM}.UnknownConnection", "it was deleted")
    await joined.leave()
    assert not any_kept()


async def test_a_join_that_is_cancelled_while_its_note_is_written_takes_it_back(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    slowly = CancelledMeanwhile(keep, lambda: joining)
    monkeypatch.setattr("remotelens.transport.join.networkmanager.keep", slowly)
    joining = asyncio.create_task(NetworkManagerJoiner().join(NETWORK))
    with pytest.raises(asyncio.CancelledError):
        await joining
    await asyncio.to_thread(slowly.done.wait)
    assert not any_kept()


async def test_mending_that_is_cancelled_while_it_looks_for_notes_holds_none(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Before("wlan7", "11111111-2222-3333-4444-555555555555")
    note = keep(told)
    assert note is not None
    note.let_be()
    slowly = CancelledMeanwhile(left_behind, lambda: mending)
    monkeypatch.setattr("remotelens.transport.join.networkmanager.left_behind", slowly)
    mending = asyncio.create_task(mend())
    with pytest.raises(asyncio.CancelledError):
        await mending
    await asyncio.to_thread(slowly.done.wait)
    (held,) = left_behind()
    held.clear()


async def test_a_key_that_dbus_cannot_carry_is_told_without_it(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    for key in ("aB3d\0E5gH", "aB3d\udcffE5gH"):
        with pytest.raises(InvalidValue, match="that D-Bus does not carry") as caught:
            await NetworkManagerJoiner().join(WifiCredentials(SSID, key))
        assert "aB3d" not in str(caught.value)
    assert not any_kept()


async def test_a_network_with_a_zero_byte_in_its_name_is_joined(manager: FakeNetworkManager) -> None:
    manager.add_access_point("DIRECT\0x", "AA:BB:CC:DD:EE:FF")
    await (await NetworkManagerJoiner().join(WifiCredentials("DIRECT\0x", "aB3dE5gH"))).leave()
    profile = manager.body("AddAndActivateConnection2")[0]
    assert profile["connection"]["id"] == "remotelens DIRECT?x"
    assert profile["802-11-wireless"]["ssid"] == b"DIRECT\0x"


async def test_an_interface_that_was_on_nothing_is_left_on_nothing(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.properties[fake.DEVICE, "ActiveConnection"] = ("o", "/")
    manager.properties[fake.DEVICE, "State"] = ("u", 30)
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert "ActivateConnection" not in manager.names()


async def test_a_network_that_the_host_is_on_already_is_neither_joined_nor_left(
    manager: FakeNetworkManager,
) -> None:
    point = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.properties[fake.DEVICE, "ActiveAccessPoint"] = ("o", point)
    joined = await NetworkManagerJoiner().join(NETWORK)
    await joined.leave()
    assert joined.interface == "wlan7"
    assert manager.names() == ["GetDevices"]


async def test_a_wrong_key_is_told_as_such_and_the_old_connection_comes_back(
    manager: FakeNetworkManager,
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    with pytest.raises(WifiJoinFailed, match="the key was not accepted") as caught:
        await NetworkManagerJoiner().join(WifiCredentials(SSID, "wrongkey"))
    assert "wrongkey" not in str(caught.value)
    assert "battery cover" in str(caught.value)
    assert manager.body("ActivateConnection")[0] == fake.HOME


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ((53, 3), "not in sight any more"),
        ((17, 3), "gave this computer no address"),
        ((0, 9), "the key was not accepted"),
        ((99, 3), "gave up \\(reason 99\\)"),
    ],
)
async def test_other_reasons_are_told(
    manager: FakeNetworkManager, failure: tuple[int, int], words: str
) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.failure = failure
    with pytest.raises(WifiJoinFailed, match=words):
        await NetworkManagerJoiner().join(NETWORK)


async def test_a_network_that_shows_after_some_scans_is_joined(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.scans_until_seen = 3
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert manager.scans == 4


async def test_a_refused_scan_is_no_obstacle(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.scans = 1
    manager.refuse["RequestScan"] = Refuse(f"{fake.NM}.Device.NotAllowed", "Scanning not allowed")
    await (await NetworkManagerJoiner().join(NETWORK)).leave()


async def test_a_network_that_never_shows_is_told(
    manager: FakeNetworkManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("remotelens.transport.join.networkmanager.SCAN_TIMEOUT_S", 0.05)
    with pytest.raises(WifiJoinFailed, match="is not in sight of wlan7"):
        await NetworkManagerJoiner().join(NETWORK)


async def test_of_several_access_points_the_one_with_our_bssid_is_taken(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "11:11:11:11:11:11")
    ours = manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert manager.body("AddAndActivateConnection2")[2] == ours


async def test_a_network_without_a_key_is_joined_without_security(manager: FakeNetworkManager) -> None:
    manager.add_access_point("open", "11:11:11:11:11:11")
    manager.failure = None
    manager.key = None  # type: ignore[assignment] # an access point that asks for none
    await (await NetworkManagerJoiner().join(WifiCredentials("open"))).leave()
    assert "802-11-wireless-security" not in manager.body("AddAndActivateConnection2")[0]


async def test_a_user_without_the_right_is_told_what_to_allow(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    refusal = Refuse(f"{fake.NM}.PermissionDenied", "Not authorized to control networking.")
    manager.refuse["AddAndActivateConnection2"] = refusal
    with pytest.raises(WifiJoinFailed, match="network-control by polkit"):
        await NetworkManagerJoiner().join(NETWORK)


async def test_another_refusal_is_told_without_the_key(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    refusal = Refuse(f"{fake.NM}.InvalidConnection", "psk: 'aB3dE5gH' is invalid")
    manager.refuse["AddAndActivateConnection2"] = refusal
    with pytest.raises(WifiJoinFailed, match="psk: '…' is invalid"):
        await NetworkManagerJoiner().join(NETWORK)


@pytest.mark.parametrize(
    ("interface", "change", "words"),
    [
        ("wlan9", None, "the interface wlan9 cannot be used"),
        (None, ("Managed", ("b", False)), "NetworkManager manages none"),
        (None, ("State", ("u", 20)), "it is switched off or unavailable"),
    ],
)
async def test_no_wifi_to_join_with_is_told(
    manager: FakeNetworkManager,
    interface: str | None,
    change: tuple[str, tuple[str, object]] | None,
    words: str,
) -> None:
    if change:
        manager.properties[fake.DEVICE, change[0]] = change[1]
    with pytest.raises(MissingComponent, match=words):
        await NetworkManagerJoiner(interface=interface).join(NETWORK)


async def test_a_manager_that_falls_silent_ends_at_the_time_limit(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.silent = frozenset({"AddAndActivateConnection2"})
    with pytest.raises(WifiJoinFailed, match=r"not on DIRECT-.* after 0\.2 s"):
        await NetworkManagerJoiner().join(NETWORK, timeout_s=0.2)


async def test_cancelling_brings_the_old_connection_back(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.silent = frozenset({"AddAndActivateConnection2"})
    task = asyncio.create_task(NetworkManagerJoiner().join(NETWORK))
    async with asyncio.timeout(10):
        while "AddAndActivateConnection2" not in manager.names():
            manager.called.clear()
            await manager.called.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert manager.body("ActivateConnection")[0] == fake.HOME


async def test_a_host_without_networkmanager_is_told(
    bus_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus_address)
    with pytest.raises(MissingComponent, match="NetworkManager does not run on this host"):
        await NetworkManagerJoiner().join(NETWORK)


@pytest.mark.skipif(os.name == "nt", reason="a system bus is a Unix thing")
async def test_a_host_without_a_system_bus_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(MissingComponent, match="the system D-Bus cannot be reached"):
        await NetworkManagerJoiner(clock=RealClock()).join(NETWORK)
