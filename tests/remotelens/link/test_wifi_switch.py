"""Who has the camera's Wi-Fi switch: a table of what is written to it, without a camera behind."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import LinkLost, RefusedError
from remotelens.link.wifi_switch import WifiSwitch
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.control import WIFI_OFF, WIFI_ON
from remotelens.transport.ble.gatt import GattLink


class Written(GattLink):
    """A connection that takes writes down; each waits for `answered`, and then fails as told."""

    def __init__(self) -> None:
        self.camera = "scripted"
        self.values: list[bytes] = []
        self.under_way: set[bytes] = set()
        self.heard = {WIFI_ON: asyncio.Event(), WIFI_OFF: asyncio.Event()}
        self.answered = asyncio.Event()
        self.answered.set()
        self.failure: Exception | None = None

    async def write(self, uuid: str, data: bytes, what: str = "") -> None:
        assert (uuid, what) == (uuids.WIFI_SWITCH, "the Wi-Fi switch")
        self.values.append(data)
        self.under_way.add(data)
        self.heard[data].set()
        await self.answered.wait()
        self.under_way.discard(data)
        if self.failure is not None:
            raise self.failure


async def test_what_was_asked_for_is_given_back_once_nobody_wants_it_any_more() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    async with switch.wanted():
        await switch.on()
        async with switch.wanted():
            await switch.on()
        assert gatt.values == [WIFI_ON, WIFI_ON]
    assert gatt.values == [WIFI_ON, WIFI_ON, WIFI_OFF]


async def test_what_one_leaves_on_stays_on_though_another_goes_last() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    async with switch.wanted():
        await switch.on()
        async with switch.wanted():
            switch.leave_on()
    assert gatt.values == [WIFI_ON]


async def test_what_was_left_on_once_is_not_left_on_for_ever() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    async with switch.wanted():
        await switch.on()
        switch.leave_on()
    async with switch.wanted():
        await switch.on()
    assert gatt.values == [WIFI_ON, WIFI_ON, WIFI_OFF]


async def test_what_nobody_here_has_asked_for_is_left_as_it_is() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    async with switch.wanted():
        pass
    gatt.failure = RefusedError("no", code=0x90)
    with pytest.raises(RefusedError):
        async with switch.wanted():
            await switch.on()
    assert gatt.values == [WIFI_ON]


async def test_a_wish_without_an_answer_may_have_arrived_and_is_taken_back() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    gatt.answered.clear()

    async def want() -> None:
        async with switch.wanted():
            await switch.on()

    wanting = asyncio.create_task(want())
    await gatt.heard[WIFI_ON].wait()
    gatt.answered.set()
    wanting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await wanting
    assert gatt.values == [WIFI_ON, WIFI_OFF]


async def test_who_comes_while_it_is_given_back_waits_until_that_is_done() -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)

    async def use() -> None:
        async with switch.wanted():
            await switch.on()
            gatt.answered.clear()

    async def come() -> None:
        async with switch.wanted():
            assert not gatt.under_way

    using = asyncio.create_task(use())
    await gatt.heard[WIFI_OFF].wait()
    coming = asyncio.create_task(come())
    gatt.answered.set()
    await asyncio.gather(using, coming)
    assert gatt.values == [WIFI_ON, WIFI_OFF]


@pytest.mark.parametrize("failure", [RefusedError("it is off", code=0x90), LinkLost("out of reach")])
async def test_a_switch_that_cannot_be_given_back_is_no_failure_of_its_use(failure: Exception) -> None:
    gatt = Written()
    switch = WifiSwitch(gatt)
    async with switch.wanted():
        await switch.on()
        gatt.failure = failure
    assert gatt.values == [WIFI_ON, WIFI_OFF]
