"""A GATT connection with time limits and our errors."""

from __future__ import annotations

import asyncio

import pytest

from emulator.ble.air import Air
from remotelens.errors import (
    LinkLost,
    LinkTimeout,
    NotSupported,
    PairingRejected,
    RefusedError,
)
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.gatt import MOST_UNREAD, GattLink, Notifications
from remotelens.transport.ble.scan import Sighting
from tests.remotelens.transport.ble.gadget import (
    ADDRESS,
    ALARMS,
    ECHO,
    PLAIN,
    REFUSING,
    SECRET,
    SLOW,
    TICKS,
    Gadget,
)


async def test_values_are_read_and_written(link: GattLink, gadget: Gadget) -> None:
    assert link.is_connected
    assert link.address == ADDRESS
    assert link.offers(PLAIN)
    assert not link.offers("0000cc09-0000-1000-8000-00805f9b34fb")
    assert await link.read(PLAIN) == b"plain"
    await link.write(ECHO, b"hello")
    assert gadget.written[ECHO] == [b"hello"]


async def test_a_refusal_carries_the_cameras_code(link: GattLink) -> None:
    with pytest.raises(RefusedError) as caught:
        await link.read(REFUSING, "the network's name")
    assert caught.value.code == 0x9D
    assert "reading the network's name" in str(caught.value)


async def test_a_missing_characteristic_is_not_supported(link: GattLink) -> None:
    with pytest.raises(NotSupported, match="no battery"):
        await link.read("0000cc10-0000-1000-8000-00805f9b34fb", "battery")
    with pytest.raises(NotSupported):
        await link.write("0000cc10-0000-1000-8000-00805f9b34fb", b"")
    with pytest.raises(NotSupported):
        async with link.notifications("0000cc10-0000-1000-8000-00805f9b34fb"):
            pass


async def test_a_protected_value_wants_a_bond(link: GattLink) -> None:
    with pytest.raises(PairingRejected) as caught:
        await link.read(SECRET)
    assert caught.value.code == 0x0F
    assert await link.pair()
    assert await link.read(SECRET) == b"secret"


async def test_a_refused_bond_is_an_error_of_ours(link: GattLink, gadget: Gadget) -> None:
    gadget.pairing_open = False
    with pytest.raises(PairingRejected, match="pairing failed"):
        await link.pair()


async def test_a_call_without_an_answer_ends_at_its_limit(
    adapter: Adapter, sighting: Sighting, gadget: Gadget
) -> None:
    client = adapter.client(sighting.device)
    await client.connect()
    async with GattLink(client, adapter, "gadget", asyncio.Event(), limit_s=0.05) as link:
        with pytest.raises(LinkTimeout, match="no answer in time"):
            await link.read(SLOW)
        gadget.slow_gate.set()
        assert await link.read(PLAIN) == b"plain"


async def test_everything_after_a_lost_link_says_so(link: GattLink, air: Air, gadget: Gadget) -> None:
    air.drop(ADDRESS)
    async with asyncio.timeout(5):
        await link.lost.wait()
    assert not link.is_connected
    for call in (link.read(PLAIN), link.write(ECHO, b""), link.pair()):
        with pytest.raises(LinkLost):
            await call
    with pytest.raises(LinkLost):
        link.offers(PLAIN)
    with pytest.raises(LinkLost):
        async with link.notifications(ALARMS):
            pass
    await link.close()


async def test_notifications_come_in_order(link: GattLink, gadget: Gadget) -> None:
    await link.pair()
    async with link.notifications(TICKS) as ticks, asyncio.timeout(5):
        for number in range(3):
            await gadget.device.notify_subscribers(gadget.ticks, bytes([number]))
        assert [await ticks.next() for _ in range(3)] == [b"\0", b"\1", b"\2"]
    async with link.notifications(TICKS) as again:
        await gadget.device.notify_subscribers(gadget.ticks, b"again")
        assert await again.next() == b"again"


async def test_two_may_listen_to_one_characteristic(link: GattLink, gadget: Gadget) -> None:
    await link.pair()
    async with asyncio.timeout(5):
        async with link.notifications(TICKS) as one:
            async with link.notifications(TICKS) as other:
                await gadget.device.notify_subscribers(gadget.ticks, b"both")
                assert [await one.next(), await other.next()] == [b"both", b"both"]
            await gadget.device.notify_subscribers(gadget.ticks, b"one")
            assert await one.next() == b"one"

        async def listen() -> bytes:
            async with link.notifications(TICKS) as ticks:
                return await ticks.next()

        for _ in range(3):
            listening = [asyncio.create_task(listen()) for _ in range(3)]
            while not all(task.done() for task in listening):
                await gadget.device.notify_subscribers(gadget.ticks, b"all")
                await asyncio.sleep(0)
            assert [task.result() for task in listening] == [b"all"] * 3


async def test_waiting_for_a_notification_ends_when_the_link_does(
    link: GattLink, gadget: Gadget, air: Air
) -> None:
    await link.pair()
    async with link.notifications(TICKS, "ticks") as ticks, asyncio.timeout(5):
        await gadget.device.notify_subscribers(gadget.ticks, b"last")
        assert await ticks.next() == b"last"
        air.drop(ADDRESS)
        with pytest.raises(LinkLost, match="waiting for ticks"):
            await ticks.next()


async def test_notifications_that_nobody_reads_do_not_pile_up(link: GattLink) -> None:
    heard = Notifications(link, "ticks")
    for number in range(MOST_UNREAD + 1):
        heard.put(number.to_bytes(2, "big"))
    assert await heard.next() == b"\0\1"


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_a_value_that_comes_as_the_waiting_for_it_ends_is_not_lost(link: GattLink, turns: int) -> None:
    heard = Notifications(link, "ticks")
    waiting = asyncio.create_task(heard.next())
    for _ in range(3):
        await asyncio.sleep(0)
    heard.put(b"tick")
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(1):
        assert await heard.next() == b"tick"


async def test_systems_that_bond_by_themselves_are_let(
    link: GattLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_here() -> None:
        raise NotImplementedError

    monkeypatch.setattr(link._client, "pair", not_here)
    assert await link.pair() is False
