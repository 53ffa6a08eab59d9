"""What a join has changed of this host's Wi-Fi is undone, whatever ends it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dbus_fast import Message

from remotelens.transport.join import mend
from remotelens.transport.join.before import Before, any_kept, keep, left_behind
from remotelens.transport.join.networkmanager import NetworkManagerJoiner
from remotelens.transport.join.system_bus import SystemBus
from tests.remotelens.transport.join import fake_networkmanager as fake
from tests.remotelens.transport.join.fake_networkmanager import NETWORK, SSID, FakeNetworkManager, Refuse


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


async def test_an_interface_that_was_on_nothing_is_left_on_nothing(manager: FakeNetworkManager) -> None:
    manager.add_access_point(SSID, "AA:BB:CC:DD:EE:FF")
    manager.properties[fake.DEVICE, "ActiveConnection"] = ("o", "/")
    manager.properties[fake.DEVICE, "State"] = ("u", 30)
    await (await NetworkManagerJoiner().join(NETWORK)).leave()
    assert "ActivateConnection" not in manager.names()


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
