from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from remotelens.config.cameras import KnownCamera
from remotelens.errors import CameraNotFound, LinkLost, PairingRejected, RemoteLensError, WifiJoinFailed
from remotelens.link.road import Road
from remotelens.link.stages import Route, Stage, StageRecord
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, KnownTarget, Target, UrlTarget
from remotelens.transport.join import WifiCredentials
from remotelens.transport.network import Address
from tests.remotelens.link.cameras import SmallCamera, result, small_camera
from tests.remotelens.link.roads import NETWORK, StandInBle, StandInJoiner
from tests.remotelens.link.test_discovery import answering, reply
from tests.remotelens.link.virtual import in_virtual_time

IDLE = {"type": "cameraStatus", "cameraStatus": "IDLE"}
UUID = "000000001000-1010-8000-AABBCCDDEEFF"


@asynccontextmanager
async def camera_on_the_network() -> AsyncIterator[tuple[SmallCamera, Address]]:
    async with small_camera(getEvent=result(IDLE)) as camera:
        camera.uuid = UUID
        async with answering(reply(camera.description_url, UUID)) as place:
            yield camera, place


class Walk:
    """A road with stand-ins, and what was told of it."""

    def __init__(
        self,
        target: Target,
        place: Address | None = None,
        *,
        join: str = "system",
        ble: bool | None = None,
        credentials: WifiCredentials | None = None,
        again: bool = False,
        stand_in: StandInBle | None = None,
    ) -> None:
        self.told: list[StageRecord] = []
        self.ble = stand_in or StandInBle()
        self.joiner = StandInJoiner()
        self.route = Route(
            target=target,
            ble=ble,
            join=join,
            credentials=credentials,
            again=again,
            ask=(place,) if place else (),
            multicast=False,
            search_timeout_s=2,
        )
        self.road = Road(self.route, observer=self.told.append, way_to_join=self.joiner, ble_stages=self.ble)

    @property
    def names(self) -> list[str]:
        return [record.name for record in self.told]


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


async def test_walking_again_from_a_stage_keeps_what_the_others_gave() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk()
            for start in (Stage.REACH, Stage.SEARCH, Stage.JOIN, Stage.WAKE):
                walk.told.clear()
                await road.walk(start)
                assert walk.names[0] == start.value
                assert walk.names[-1] == "reach"
    assert walk.ble.did == ["find", "pair", "wake", "wake", "hang up"]
    assert walk.joiner.did.count("leave") == walk.joiner.did.count("join DIRECT-owQ1:ILCE-QX1") == 3


async def test_a_bluetooth_connection_that_somebody_uses_is_not_made_anew() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            link = await road.bluetooth()
            await road.walk()
            assert road.ble_link is link
            assert link.gatt.is_connected
    assert walk.ble.did == ["find", "pair", "wake", "hang up"]
    assert walk.told[1].detail == "ILCE-QX1 (C0:01) is connected"


async def test_bluetooth_can_be_used_while_the_camera_is_asked_for_its_network() -> None:
    walk = Walk(BleTarget("C0:01"))
    asked = asyncio.Event()

    async def for_ever(link: object) -> WifiCredentials:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    walk.ble.hand_over = for_ever  # type: ignore[method-assign] # a Wi-Fi that does not come up
    async with asyncio.timeout(5), walk.road as road:
        walking = asyncio.create_task(road.walk())
        await asked.wait()
        assert await road.bluetooth() is road.ble_link
        walking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await walking


async def test_a_connection_that_is_asked_for_anew_is_made_anew() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk()
            await road.walk(Stage.PAIR)
    assert walk.ble.did == ["find", "pair", "wake", "hang up", "pair", "wake", "hang up"]


async def test_walking_from_a_stage_whose_ground_is_missing_starts_earlier() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            await road.walk(Stage.JOIN)
    assert walk.names == ["find", "pair", "wake", "join", "search", "reach"]


async def test_again_makes_a_new_bond_once_and_skips_the_last_place() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (camera, place):
        known = KnownCamera(
            name="qx", description_url=camera.description_url, ble_address="C0:01", usn=f"uuid:{UUID}"
        )
        walk = Walk(KnownTarget(known), place, again=True, stand_in=StandInBle(bonded=True))
        async with walk.road as road:
            await road.walk()
            await road.walk(Stage.PAIR)
    assert walk.ble.again == [True, False]


async def test_cancelling_the_walk_puts_everything_back() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        waiting = asyncio.Event()

        async def for_ever(network: object, *, timeout_s: float = 0) -> StandInJoiner:
            waiting.set()
            await asyncio.Event().wait()
            raise AssertionError

        walk.joiner.join = for_ever  # type: ignore[method-assign] # a join that never ends

        async def use() -> None:
            async with walk.road as road:
                await road.walk()

        task = asyncio.create_task(use())
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert walk.ble.did[-1] == "hang up"


async def test_a_network_is_left_when_the_road_is_closed_though_leaving_it_was_broken_off_before() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        leaving, left = asyncio.Event(), asyncio.Event()

        async def leave() -> None:
            if not leaving.is_set():
                leaving.set()
                await asyncio.Event().wait()
            left.set()

        walk.joiner.leave = leave  # type: ignore[method-assign] # leaves at the second attempt
        async with walk.road as road:
            await road.walk()
            task = asyncio.create_task(road.walk(Stage.JOIN))
            await leaving.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not left.is_set()
        assert left.is_set()


async def test_bluetooth_tells_whether_the_network_is_still_the_one_that_was_joined() -> None:
    async with asyncio.timeout(20), camera_on_the_network() as (_, place):
        walk = Walk(BleTarget("C0:01"), place)
        async with walk.road as road:
            assert not await road.has_left_the_network()  # nobody to ask yet
            await road.walk()
            assert not await road.has_left_the_network()
            walk.ble.network = replace(NETWORK, key="aNewKey8")
            assert await road.has_left_the_network()
            walk.ble.network = None
            assert await road.has_left_the_network()
            walk.ble.fail = {"network": [LinkLost("out of reach")]}
            assert not await road.has_left_the_network()  # it cannot be told
            walk.joiner.standing = False
            assert await road.has_left_the_network()
