"""From the camera's values to Bumble's database, and what the camera sends of its own accord."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest
from bumble.att import ATT_Error
from bumble.gatt import Characteristic

from emulator.ble.air import Air
from emulator.ble.gatt import Guard, build, short_name
from emulator.ble.radio import Radio
from emulator.ble.values import Refusal, Value
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from tests.emulator.ble.central import LIMIT_S, host_on
from tests.emulator.ble.test_radio import ADDRESS, radio_on

ONE, TWO = uuids.sig(0xCC21), uuids.sig(0xCC22)


class Bench:
    """A service of two values; one refuses, both can be written."""

    uuid = uuids.CONTROL_SERVICE

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def values(self) -> Sequence[Value]:
        return (
            Value(ONE, read=lambda: b"one", write=self.written.append, tells=True),
            Value(TWO, read=self._refuse, write=self._refuse_and_drop, tells=True),
        )

    def changed(self, what: str) -> None:
        raise AssertionError(what)

    def link_ended(self) -> None:
        raise AssertionError

    def _refuse(self) -> bytes:
        raise Refusal(AttCode.NOT_AVAILABLE_NOW)

    def _refuse_and_drop(self, value: bytes) -> None:
        raise Refusal(AttCode.UNKNOWN_COMMAND, drop_link=True)


class OpenGuard(Guard):
    """Lets everybody in."""

    def check(self, connection: object) -> None:
        return


def fill(bench: Bench, seen: list[tuple[str, str, bytes]], radio: Radio) -> None:
    service = build(
        bench, radio.device.gatt_server, radio.outbox, OpenGuard(), lambda *what: seen.append(what)
    )
    radio.device.add_service(service)


def test_characteristics_are_called_as_in_documents() -> None:
    assert short_name(uuids.WIFI_SWITCH) == "CC08"


async def test_values_are_read_written_refused_and_observed(air: Air) -> None:
    bench, seen = Bench(), list[tuple[str, str, bytes]]()
    async with asyncio.timeout(LIMIT_S), radio_on(air, partial(fill, bench, seen)), host_on(air) as host:
        link = await host.connect(ADDRESS)
        assert await link.read(0xCC21) == b"one"
        await link.write(0xCC21, "01 02")
        with pytest.raises(ATT_Error) as caught:
            await link.read(0xCC22)
        assert caught.value.error_code == AttCode.NOT_AVAILABLE_NOW
        with pytest.raises(ATT_Error) as caught:
            await link.write(0xCC22, "03")
        assert caught.value.error_code == AttCode.UNKNOWN_COMMAND
        await link.ended
    assert bench.written == [b"\x01\x02"]
    assert seen == [
        ("read", "CC21", b""),
        ("write", "CC21", b"\x01\x02"),
        ("read", "CC22", b""),
        ("write", "CC22", b"\x03"),
        ("refuse", "CC22", bytes([AttCode.UNKNOWN_COMMAND])),
    ]


async def test_what_is_told_keeps_its_order_and_goes_to_subscribers_only(air: Air) -> None:
    fill_it = partial(fill, Bench(), [])
    async with asyncio.timeout(LIMIT_S), radio_on(air, fill_it) as radio, host_on(air) as host:
        link = await host.connect(ADDRESS)
        told = await link.subscribe(0xCC21)
        for number in range(100):
            radio.outbox.tell(ONE, bytes([number]))
            radio.outbox.tell(TWO, bytes([number]))
        assert [await told.get() for _ in range(100)] == [f"{number:02x}" for number in range(100)]


async def test_nothing_is_kept_for_hosts_that_are_not_there(air: Air) -> None:
    async with radio_on(air, partial(fill, Bench(), [])) as radio:
        radio.outbox.tell(ONE, b"1")
        radio.outbox.drop_links()
        assert radio.outbox._queue.empty()


async def test_subscriptions_have_a_descriptor_of_their_own(air: Air) -> None:
    async with radio_on(air, partial(fill, Bench(), [])) as radio:
        server = radio.device.gatt_server
        (characteristic,) = (
            item
            for item in server.attributes
            if isinstance(item, Characteristic) and short_name(ONE) in str(item.uuid)
        )
        assert len(characteristic.descriptors) == 1
