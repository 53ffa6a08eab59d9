from __future__ import annotations

import asyncio

import pytest

from remotelens.clock import REAL_CLOCK
from remotelens.errors import CameraNotFound
from remotelens.link.identity import Wanted
from remotelens.link.locate import Locator
from remotelens.link.target import HostTarget
from remotelens.transport.network import Address
from tests.remotelens.link.answering import answering, answering_with, reply
from tests.remotelens.link.cameras import small_camera
from tests.remotelens.link.virtual import in_virtual_time, now_s
from tests.remotelens.rawserver import Visit, raw_server


def locator(*ask: Address) -> Locator:
    return Locator(None, ask, False, REAL_CLOCK)


async def test_the_camera_at_a_host_is_found_by_its_description() -> None:
    async with small_camera() as camera:
        found = await locator().at_host(HostTarget("127.0.0.1", camera.server.port))
    assert (found.name, found.description_url) == ("ILCE-QX1", camera.description_url)
    assert found.found_by == ("probe",)


@pytest.mark.parametrize(
    ("wanted", "is_it"),
    [(Wanted(uuid="1"), True), (Wanted(name="ILCE-QX1"), True), (Wanted(uuid="2"), False)],
)
async def test_a_camera_is_still_where_it_was_only_when_it_is_the_same(wanted: Wanted, is_it: bool) -> None:
    async with small_camera() as camera:
        found = await locator().still_at(camera.description_url, wanted)
    assert (found is not None) is is_it


def test_a_place_that_says_nothing_is_given_up_soon() -> None:
    async def check() -> float:
        async with raw_server(Visit.until_the_client_leaves) as server:
            started_s = now_s()
            assert await locator().still_at(server.url("/dd.xml"), Wanted()) is None
            return now_s() - started_s

    assert in_virtual_time(check()) == pytest.approx(2)


def test_a_certain_match_ends_the_search_at_once_and_a_likely_one_after_a_round() -> None:
    async def search(wanted: Wanted) -> float:
        async with small_camera() as camera, answering(reply(camera.description_url)) as place:
            started_s = now_s()
            found = await locator(place).on_the_network(wanted, timeout_s=30)
            assert found.uuid == "1"
            return now_s() - started_s

    assert in_virtual_time(search(Wanted(uuid="1"))) == 0
    assert in_virtual_time(search(Wanted(name="ILCE-QX1"))) == pytest.approx(3)


def test_a_camera_that_answers_late_is_found_in_a_later_round() -> None:
    async def check() -> None:
        async with small_camera() as camera:
            datagrams: list[bytes] = []
            asyncio.get_running_loop().call_later(7, datagrams.append, reply(camera.description_url))
            async with answering_with(datagrams) as place:
                found = await locator(place).on_the_network(Wanted(uuid="1"), timeout_s=30)
        assert found.uuid == "1"
        assert 7 <= now_s() < 30

    in_virtual_time(check())


def test_a_camera_that_never_answers_is_told_at_the_end() -> None:
    async def check() -> None:
        async with small_camera() as other, answering(reply(other.description_url)) as place:
            with pytest.raises(CameraNotFound, match=r"the DSC-QX10 that is meant .* do: ILCE-QX1 at"):
                await locator(place).on_the_network(Wanted(uuid="2", name="DSC-QX10"), timeout_s=5)
        assert now_s() == pytest.approx(5)

    in_virtual_time(check())
