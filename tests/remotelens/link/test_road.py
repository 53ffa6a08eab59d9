"""A road that is walked for the first time."""

from __future__ import annotations

import asyncio

import pytest

from remotelens.config.cameras import KnownCamera
from remotelens.errors import CameraNotFound, PairingRejected, RemoteLensError, WifiJoinFailed
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, KnownTarget, Target, UrlTarget
from remotelens.transport.join import WifiCredentials
from tests.remotelens.link.answering import answering, reply
from tests.remotelens.link.cameras import small_camera
from tests.remotelens.link.roads import NETWORK, StandInBle
from tests.remotelens.link.virtual import in_virtual_time
from tests.remotelens.link.walks import UUID, Walk, camera_on_the_network


async def test_the_whole_road_is_walked_in_its_order() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            reached = await road.walk()
            assert reached.description_url == camera.description_url
            assert road.credentials == NETWORK
        assert walk.names == ["find", "pair", "wake", "join", "search", "reach"]
        assert all(record.ok for record in walk.told)
        assert walk.ble.wanted == ["C0:01"]
        assert walk.joiner.did == ["join DIRECT-owQ1:ILCE-QX1", "leave"]
        assert walk.ble.did == ["find", "pair", "wake", "hang up"]


async def test_each_stage_is_told_with_what_it_found_and_no_key() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk()
    assert [record.detail for record in walk.told] == [
        "ILCE-QX1 (C0:01) advertises at -40 dBm",
        "connected to ILCE-QX1 (C0:01) with a new bond",
        "its Wi-Fi is up and called DIRECT-owQ1:ILCE-QX1",
        "on DIRECT-owQ1:ILCE-QX1",
        f"ILCE-QX1 at {camera.description_url}",
        "ILCE-QX1 says IDLE; no application told",
    ]
    assert all(record.seconds >= 0 for record in walk.told)
    assert "aB3dE5gH" not in str(walk.told)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (AnyTarget(), "DSC-QX10"),
        (BleTarget("C0:01"), "C0:01"),
        (KnownTarget(KnownCamera(name="qx", ble_address="C0:02")), "C0:02"),
    ],
)
async def test_a_camera_is_heard_by_its_address_where_known_else_by_its_name(
    target: Target, expected: str
) -> None:
    ble = StandInBle(fail={"pair": [PairingRejected("far enough")]})
    route = Route(target=target, ble=True, ble_name="DSC-QX10")
    async with Road(route, ble_stages=ble) as road:
        with pytest.raises(PairingRejected):
            await road.walk()
    assert ble.wanted == [expected]


async def test_with_a_bond_there_is_no_pairing_step() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place, stand_in=StandInBle(bonded=True))
        async with walk.road as road:
            await road.walk()
    assert walk.names == ["find", "connect", "wake", "join", "search", "reach"]


@pytest.mark.parametrize(
    ("target", "join", "credentials", "expected"),
    [
        (UrlTarget("u"), "already", None, ["reach"]),
        (UrlTarget("u"), "system", None, ["reach"]),
        (HostTarget("h"), "already", None, ["search", "reach"]),
        (AnyTarget(), "already", None, ["search", "reach"]),
        (AnyTarget(), "system", NETWORK, ["join", "search", "reach"]),
        (BleTarget("C0:01"), "already", None, ["find", "pair", "wake", "search", "reach"]),
        (KnownTarget(KnownCamera(name="qx")), "system", None, ["search", "reach"]),
        (KnownTarget(KnownCamera(name="qx", ssid="s")), "system", None, ["join", "search", "reach"]),
        (
            KnownTarget(KnownCamera(name="qx", ble_address="C0:01")),
            "system",
            None,
            ["find", "pair", "wake", "join", "search", "reach"],
        ),
    ],
)
def test_stages_that_do_not_apply_are_left_out(
    target: Target, join: str, credentials: WifiCredentials | None, expected: list[str]
) -> None:
    assert list(Walk(target, join=join, credentials=credentials).road.stages) == expected


async def test_a_url_is_reached_at_once() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, _):
        walk = Walk(UrlTarget(camera.description_url), join="already")
        async with walk.road as road:
            reached = await road.walk()
    assert walk.names == ["reach"]
    assert reached.description.friendly_name == "ILCE-QX1"


async def test_a_host_is_looked_at_in_the_usual_places() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, _):
        walk = Walk(HostTarget("127.0.0.1", camera.server.port), join="already")
        async with walk.road as road:
            await road.walk()
    assert walk.names == ["search", "reach"]


async def test_a_host_that_is_perhaps_a_mistyped_name_is_told_so() -> None:
    walk = Walk(HostTarget("127.0.0.1", 1, near="qx"), join="already")
    async with walk.road as road:
        with pytest.raises(CameraNotFound, match="did you mean the configured camera qx"):
            await road.walk()
    assert [(record.name, record.ok) for record in walk.told] == [("search", False)]


async def test_a_known_camera_at_its_last_place_is_reached_without_the_rest() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, _):
        known = KnownCamera(
            name="my qx",
            description_url=camera.description_url,
            usn=f"uuid:{UUID}::urn",
            ble_address="C0:01",
            ssid="DIRECT-owQ1:ILCE-QX1",
        )
        walk = Walk(KnownTarget(known))
        async with walk.road as road:
            reached = await road.walk()
            assert reached.api.camera == "my qx"
    assert walk.names == ["search", "reach"]
    assert walk.ble.did == []


async def test_another_camera_at_the_last_place_is_not_taken_for_it() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, _), small_camera() as other:
        known = KnownCamera(name="qx", description_url=other.description_url, usn=f"uuid:{UUID}::urn")
        async with answering(reply(other.description_url), reply(camera.description_url, UUID)) as place:
            walk = Walk(KnownTarget(known), place, join="already")
            async with walk.road as road:
                assert (await road.walk()).description_url == camera.description_url


async def test_the_camera_whose_access_point_was_joined_is_told_from_others() -> None:
    async with (
        asyncio.timeout(20),
        camera_on_the_network() as (camera, _),
        small_camera() as other,
        answering(reply(other.description_url), reply(camera.description_url, UUID)) as place,
    ):
        other.uuid = UUID.replace("FF", "01")
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            assert (await road.walk()).description_url == camera.description_url


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("find", CameraNotFound("not heard")),
        ("pair", PairingRejected("refused")),
        ("wake", RemoteLensError("no card")),
    ],
)
async def test_a_stage_that_fails_is_told_and_ends_the_walk(stage: str, error: RemoteLensError) -> None:
    walk = Walk(BleTarget("C0:01"), stand_in=StandInBle(fail={stage: [error]}))
    async with walk.road as road:
        with pytest.raises(type(error)):
            await road.walk()
    assert (walk.told[-1].name, walk.told[-1].ok, walk.told[-1].detail) == (stage, False, error.message)
    assert walk.joiner.did == []


async def test_a_join_that_fails_is_told() -> None:
    walk = Walk(BleTarget("C0:01"))
    walk.joiner.fail = [WifiJoinFailed("the key was not accepted")]
    async with walk.road as road:
        with pytest.raises(WifiJoinFailed):
            await road.walk()
    assert walk.names == ["find", "pair", "wake", "join"]
    assert not walk.ble.connected


def test_a_camera_that_does_not_answer_is_told_with_where_was_looked() -> None:
    async def check() -> None:
        walk = Walk(AnyTarget(), join="already")
        async with walk.road as road:
            with pytest.raises(CameraNotFound, match="no camera answers; searched"):
                await road.walk()

    in_virtual_time(check())


def test_several_cameras_are_told_when_none_is_named() -> None:
    async def check() -> None:
        async with camera_on_the_network() as (camera, _), small_camera() as other:
            both = [reply(other.description_url), reply(camera.description_url, UUID)]
            async with answering(*both) as place:
                walk = Walk(AnyTarget(), place, join="already")
                async with walk.road as road:
                    with pytest.raises(CameraNotFound, match="2 cameras answer"):
                        await road.walk()

    in_virtual_time(check())
