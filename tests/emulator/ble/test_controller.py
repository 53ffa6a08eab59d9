"""The defects of Bumble's virtual radio, each shown on the stock classes and absent from ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from bumble import core, hci, ll
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer
from bumble.gatt import Characteristic, Service
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from emulator.ble.controller import NOT_ESTABLISHED, SUPERVISION_TIMEOUT, Ether, LeController

CAMERA = "C0:00:00:00:00:01"
HOST = "C0:00:00:00:00:02"
NAME = b"\x05\x09NAME"
FLAGS = b"\x02\x01\x06"
LIMIT_S = 10.0
SOON_S = 0.3
"""How long something is waited for that a stock class never does."""


@dataclass
class Pair:
    """A camera and a host, each with its controller, on one link."""

    link: LocalLink
    camera_controller: Controller
    host_controller: Controller
    camera: Device
    host: Device


def device(controller: Controller, address: str) -> Device:
    config = DeviceConfiguration(
        address=hci.Address(address), gap_service_enabled=False, gatt_service_enabled=False
    )
    return Device(config=config, host=Host(controller, AsyncPipeSink(controller)))


async def power_on(link: LocalLink, make: Callable[[str, str], Controller]) -> Pair:
    camera_controller, host_controller = (
        make("camera", "00:0D:1E:00:00:01"),
        make("host", "00:0D:1E:00:00:02"),
    )
    pair = Pair(
        link,
        camera_controller,
        host_controller,
        device(camera_controller, CAMERA),
        device(host_controller, HOST),
    )
    pair.camera.add_service(
        Service(
            "1234", [Characteristic("5678", Characteristic.Properties.READ, Characteristic.READABLE, b"42")]
        )
    )
    await pair.camera.power_on()
    await pair.host.power_on()
    return pair


async def stock() -> Pair:
    link = LocalLink()
    return await power_on(link, lambda name, address: Controller(name, link=link, public_address=address))


async def ours() -> Pair:
    ether = Ether()
    return await power_on(ether, lambda name, address: LeController(name, ether, address))


async def advertise(pair: Pair, interval_ms: float = 20.0) -> None:
    await pair.camera.start_advertising(
        advertising_data=FLAGS,
        scan_response_data=NAME,
        advertising_interval_min=interval_ms,
        advertising_interval_max=interval_ms,
    )


async def stop(pair: Pair) -> None:
    await pair.camera.stop_advertising()
    for controller in (pair.camera_controller, pair.host_controller):
        controller.host = None


async def read_with_public_address(pair: Pair) -> bytes:
    """Connect as BlueZ does, with the public address, and read a value."""
    await advertise(pair)
    connection = await pair.host.connect(CAMERA, own_address_type=hci.OwnAddressType.PUBLIC)
    peer = Peer(connection)
    await peer.discover_service("1234")
    await peer.services[0].discover_characteristics()
    return bytes(await peer.services[0].characteristics[0].read_value())


async def test_stock_never_answers_a_central_that_uses_its_public_address() -> None:
    pair = await stock()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await read_with_public_address(pair)
    await stop(pair)


async def test_ours_answers_a_central_that_uses_its_public_address() -> None:
    pair = await ours()

    async with asyncio.timeout(LIMIT_S):
        assert await read_with_public_address(pair) == b"42"
    await stop(pair)


async def names_heard(pair: Pair, *, active: bool, adverts: int = 4) -> list[str | None]:
    heard: asyncio.Queue[Advertisement] = asyncio.Queue()
    pair.host.on(Device.EVENT_ADVERTISEMENT, heard.put_nowait)
    await advertise(pair)
    await pair.host.start_scanning(active=active, legacy=True)
    async with asyncio.timeout(LIMIT_S):
        found = [await heard.get() for _ in range(adverts)]
    await pair.host.stop_scanning(legacy=True)
    return [item.data.get(AdvertisingData.COMPLETE_LOCAL_NAME) for item in found]


async def test_stock_repeats_the_advertising_data_in_place_of_the_scan_response() -> None:
    pair = await stock()

    assert set(await names_heard(pair, active=True)) == {None}
    await stop(pair)


async def test_ours_sends_the_scan_response_to_an_active_scan_and_to_no_other() -> None:
    pair = await ours()
    assert set(await names_heard(pair, active=True)) == {"NAME"}
    await stop(pair)

    pair = await ours()
    reports: list[int] = []
    pair.host.host.on("advertising_report", lambda report: reports.append(report.event_type))
    assert set(await names_heard(pair, active=False)) == {None}
    assert hci.HCI_LE_Advertising_Report_Event.EventType.SCAN_RSP not in reports
    await stop(pair)


async def cancel_a_connection_attempt(pair: Pair) -> None:
    """Give up a connection to a camera that is not there; then connect to one that is."""
    with pytest.raises(core.TimeoutError):
        await pair.host.connect("C0:00:00:00:00:99", timeout=0.05)
    await advertise(pair)
    await pair.host.connect(CAMERA)


async def test_stock_never_ends_a_cancelled_connection_attempt() -> None:
    pair = await stock()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await cancel_a_connection_attempt(pair)
    assert pair.host_controller.pending_le_connection is not None
    await stop(pair)


async def test_ours_ends_a_cancelled_connection_attempt_and_can_connect_afterwards() -> None:
    pair = await ours()

    async with asyncio.timeout(LIMIT_S):
        await cancel_a_connection_attempt(pair)
    await stop(pair)


async def connected(pair: Pair) -> tuple[Connection, asyncio.Future[int]]:
    """Connect; returns the camera's half and what its end will be."""
    half: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
    pair.camera.once(Device.EVENT_CONNECTION, half.set_result)
    await advertise(pair)
    await pair.host.connect(CAMERA)
    connection = await half
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    connection.once(Connection.EVENT_DISCONNECTION, lambda reason: ended.set_result(int(reason)))
    return connection, ended


async def test_stock_keeps_the_link_of_a_host_that_died() -> None:
    pair = await stock()
    _, ended = await connected(pair)

    pair.link.remove_controller(pair.host_controller)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await asyncio.shield(ended)
    assert pair.camera.connections
    await stop(pair)


@pytest.mark.parametrize("how", ["removal", "reset"])
async def test_ours_ends_the_link_of_a_host_that_died_with_a_supervision_timeout(how: str) -> None:
    pair = await ours()
    _, ended = await connected(pair)

    if how == "removal":
        pair.link.remove_controller(pair.host_controller)
    else:
        await pair.host.host.send_sync_command(hci.HCI_Reset_Command())

    async with asyncio.timeout(LIMIT_S):
        assert await ended == SUPERVISION_TIMEOUT
    assert not pair.camera.connections
    await stop(pair)


async def test_stock_makes_half_a_link_when_the_advertiser_no_longer_listens() -> None:
    pair = await stock()
    await late_request(pair)

    assert pair.host_controller.le_connections
    assert not pair.camera_controller.le_connections
    await stop(pair)


async def test_ours_ends_half_a_link_when_the_advertiser_no_longer_listens() -> None:
    pair = await ours()
    lost: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    pair.host.once(
        Device.EVENT_CONNECTION,
        lambda connection: connection.once(
            Connection.EVENT_DISCONNECTION, lambda reason: lost.set_result(int(reason))
        ),
    )
    await late_request(pair)

    async with asyncio.timeout(LIMIT_S):
        assert await lost == NOT_ESTABLISHED
    assert not pair.host_controller.le_connections
    await stop(pair)


def pending_attempt(controller: Controller) -> asyncio.Event:
    """Return what is set once the controller looks for somebody to connect to."""
    pending = asyncio.Event()

    def watch(handler: Callable[[hci.HCI_Command], None]) -> Callable[[hci.HCI_Command], None]:
        def handle(command: hci.HCI_Command) -> None:
            handler(command)
            pending.set()

        return handle

    for name in ("on_hci_le_create_connection_command", "on_hci_le_extended_create_connection_command"):
        setattr(controller, name, watch(getattr(controller, name)))
    return pending


async def late_request(pair: Pair) -> None:
    """Let the host hear an advert and answer it when the camera has just fallen silent."""
    pending = pending_attempt(pair.host_controller)
    attempt = asyncio.create_task(pair.host.connect(CAMERA, timeout=None))
    await pending.wait()
    pair.host_controller.on_ll_advertising_pdu(ll.AdvInd(hci.Address(CAMERA), FLAGS))
    await attempt


async def test_the_advertising_interval_is_in_units_of_625_microseconds() -> None:
    for make, factor in ((stock, 1.6), (ours, 1.0)):
        pair = await make()
        pair.camera_controller.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
        advertiser = pair.camera_controller.le_legacy_advertiser
        advertiser.advertising_interval_min = 160
        advertiser._on_timer_fired()
        handle = advertiser.timer_handle
        assert isinstance(handle, asyncio.TimerHandle)
        delay_s = handle.when() - asyncio.get_running_loop().time()
        assert delay_s == pytest.approx(0.1 * factor, abs=0.02)
        handle.cancel()
        await stop(pair)


async def test_an_advert_out_of_range_is_not_heard() -> None:
    pair = await ours()
    assert isinstance(pair.link, Ether)
    pair.link.rssi = lambda sender, receiver: None

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON_S):
            await names_heard(pair, active=True, adverts=1)
    await stop(pair)


async def test_reports_carry_the_strength_at_which_they_are_heard() -> None:
    pair = await ours()
    assert isinstance(pair.link, Ether)
    pair.link.rssi = lambda sender, receiver: -81
    heard: asyncio.Queue[Advertisement] = asyncio.Queue()
    pair.host.on(Device.EVENT_ADVERTISEMENT, heard.put_nowait)
    await advertise(pair)
    await pair.host.start_scanning(legacy=True)

    async with asyncio.timeout(LIMIT_S):
        assert (await heard.get()).rssi == -81
    await stop(pair)


async def test_a_dropped_address_loses_its_links_at_both_ends() -> None:
    pair = await ours()
    assert isinstance(pair.link, Ether)
    _, ended = await connected(pair)
    (host_half,) = pair.host.connections.values()
    host_ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    host_half.once(Connection.EVENT_DISCONNECTION, lambda reason: host_ended.set_result(int(reason)))

    pair.link.drop(hci.Address(CAMERA))

    async with asyncio.timeout(LIMIT_S):
        assert await ended == await host_ended == SUPERVISION_TIMEOUT
    await stop(pair)
