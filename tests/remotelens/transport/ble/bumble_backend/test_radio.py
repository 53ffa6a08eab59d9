"""Transports that are not there, do not answer, talk nonsense, or die."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakError
from bumble.device import Device

from emulator.ble.air import Air
from remotelens.transport.ble.bumble_backend.backend import Backend, bind, close_all
from remotelens.transport.ble.bumble_backend.errors import BleakNoControllerError
from remotelens.transport.ble.bumble_backend.pool import acquire, current
from remotelens.transport.ble.bumble_backend.port import HciPort
from remotelens.transport.ble.bumble_backend.radio import Radio
from tests.remotelens.transport.ble.gadget import ADDRESS, PLAIN, Gadget

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve TCP where a controller is expected."""
    served: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.get_running_loop().create_task(_serve(handler, reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"tcp-client:127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await asyncio.gather(*served)


async def _serve(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await handler(reader, writer)
    writer.close()
    await writer.wait_closed()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(range(256)))
    await reader.read()


async def _hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


@pytest.mark.parametrize("handler", [_silent, _garbage])
async def test_a_server_that_does_not_answer_as_a_controller_is_not_available(handler: Handler) -> None:
    async with serving(handler) as transport:
        with pytest.raises(BleakBluetoothNotAvailableError, match="answers as an HCI controller does"):
            await Radio.open(HciPort(transport, open_limit_s=0.2))


async def test_a_server_that_hangs_up_is_not_available() -> None:
    async with serving(_hanging_up) as transport:
        with pytest.raises(BleakBluetoothNotAvailableError, match="no HCI controller"):
            await Radio.open(HciPort(transport))


@pytest.mark.parametrize("transport", ["usb:99", "serial:/dev/ttyNoSuchPort", "tcp-client:127.0.0.1:1"])
async def test_a_controller_that_is_not_there_is_not_available(transport: str) -> None:
    with pytest.raises(BleakNoControllerError, match="no HCI controller at"):
        await Radio.open(HciPort(transport))


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo terminals to stand for a serial port"
)
async def test_a_controller_on_a_serial_port_works(gadget: Gadget, air: Air) -> None:
    async with serial_port(int(air.adapter.rpartition(":")[2])) as path:
        async with BleakClient(ADDRESS, backend=bind(f"serial:{path}").client, timeout=5) as client:
            assert await client.read_gatt_char(PLAIN) == b"plain"
        await close_all()


@asynccontextmanager
async def serial_port(tcp_port: int) -> AsyncIterator[str]:
    """Give a pseudo terminal behind which the controller of a TCP port is."""
    import tty

    master, slave = os.openpty()
    tty.setraw(slave)
    reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, lambda: writer.write(os.read(master, 4096)))

    async def answer() -> None:
        while data := await reader.read(4096):
            os.write(master, data)

    answering = loop.create_task(answer())
    try:
        yield os.ttyname(slave)
    finally:
        loop.remove_reader(master)
        writer.close()
        await writer.wait_closed()
        await answering
        os.close(slave)
        os.close(master)


async def test_a_failed_opening_leaves_room_for_the_next(air: Air) -> None:
    async with serving(_hanging_up) as transport:
        for _ in range(2):
            with pytest.raises(BleakBluetoothNotAvailableError):
                await acquire(HciPort(transport))
    lease = await acquire(HciPort(air.adapter.replace("hci:tcp:", "tcp-client:")))
    await lease.aclose()


async def test_a_transport_that_dies_ends_links_and_the_next_user_opens_a_new_one(
    backend: Backend, gadget: Gadget, air: Air
) -> None:
    lost = asyncio.Event()
    client = BleakClient(ADDRESS, lambda _: lost.set(), backend=backend.client, timeout=5)
    await client.connect()
    radio = current(backend.port)
    assert radio is not None
    port = int(air.adapter.rpartition(":")[2])
    await air.close()
    async with asyncio.timeout(5):
        await lost.wait()
        assert "has ended" in await radio.lost
    assert not client.is_connected
    await client.disconnect()
    with pytest.raises(BleakBluetoothNotAvailableError):
        await client.connect()
    await air.start(port=port)
    await client.connect()
    assert await client.read_gatt_char(PLAIN) == b"plain"
    await client.disconnect()


async def test_closing_all_ends_what_is_still_in_use_politely(
    backend: Backend, gadget: Gadget, air: Air
) -> None:
    lost = asyncio.Event()
    client = BleakClient(ADDRESS, lambda _: lost.set(), backend=backend.client, timeout=5)
    await client.connect()
    scanner = BleakScanner(backend=backend.scanner)
    await scanner.start()
    await close_all()
    async with asyncio.timeout(5):
        await lost.wait()
        assert await gadget.lost.get() == 0x13
    assert current(backend.port) is None
    await scanner.stop()
    await client.disconnect()


async def test_closing_all_during_an_opening_is_an_error_for_who_waits() -> None:
    async with serving(_silent) as transport:
        opening = asyncio.create_task(acquire(HciPort(transport)))
        await asyncio.sleep(0)
        await close_all()
        with pytest.raises(BleakError, match="closed while it was being opened"):
            await opening


async def test_an_opening_that_one_user_gives_up_goes_on_for_the_other(
    backend: Backend, gadget: Gadget
) -> None:
    one = asyncio.create_task(acquire(backend.port))
    other = asyncio.create_task(acquire(backend.port))
    await asyncio.sleep(0)
    one.cancel()
    lease = await other
    assert one.cancelled()
    assert current(backend.port) is lease.radio
    await lease.aclose()
    assert current(backend.port) is None


async def test_a_lease_ends_once(backend: Backend, air: Air) -> None:
    one, other = await acquire(backend.port), await acquire(backend.port)
    assert one.radio is other.radio
    one.end()
    one.end()
    assert current(backend.port) is one.radio
    await other.aclose()
    assert current(backend.port) is None


async def test_ports_with_different_keys_are_different_radios(backend: Backend, air: Air) -> None:
    one = await acquire(backend.port)
    other = await acquire(replace(backend.port, memory={}))
    assert one.radio is not other.radio
    assert one.radio.device.random_address != other.radio.device.random_address
    await one.aclose()
    await other.aclose()


async def test_a_controller_that_refuses_to_scan_is_an_error(
    backend: Backend, air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bumble import core

    async def refuse(*_: object, **__: object) -> None:
        raise core.InvalidStateError("no")

    monkeypatch.setattr(Device, "start_scanning", refuse)
    with pytest.raises(BleakError, match="does not scan"):
        await BleakScanner(backend=backend.scanner).start()
    assert current(backend.port) is None


async def test_openings_and_closings_leave_nothing(backend: Backend, air: Air) -> None:
    before = asyncio.all_tasks()
    for _ in range(50):
        lease = await acquire(backend.port)
        await lease.aclose()
    assert asyncio.all_tasks() == before
    async with asyncio.timeout(5):
        while air.hosts:  # noqa: ASYNC110 - the air tells nobody when a host has gone
            await asyncio.sleep(0)
