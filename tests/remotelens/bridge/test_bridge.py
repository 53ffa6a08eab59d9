"""The whole bridge: emulated cameras over real sockets on one side, a real broker on the other."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulator.device import Device
from emulator.faults.rules import parse_rule
from emulator.journal import FAULT, Query
from emulator.rack import Emulator
from remotelens.bridge import camera_bridge
from remotelens.bridge.bridge import Bridge, Options, targets_of
from remotelens.bridge.broker import parse_broker
from remotelens.bridge.mqtt import BrokerRefused, BrokerUnreachable
from remotelens.bridge.topics import Topics
from remotelens.camera import fold, settings
from remotelens.camera.descriptors import BY_NAME, DESCRIPTORS, Category, Descriptor, Kind
from remotelens.camera.forms import Keyed
from remotelens.config.cameras import KnownCamera
from remotelens.errors import InvalidValue
from remotelens.link.status import BackOff
from remotelens.link.target import AnyTarget, KnownTarget
from tests.remotelens.bridge.conftest import LOGIN
from tests.remotelens.bridge.ha_schema import mistakes
from tests.remotelens.bridge.mosquitto import LIMIT_S, Mosquitto, Peer, peer

QUICK = BackOff(first_s=0.05, longest_s=0.3)
QX10, QX1, FULL = "DSC-QX10@3.00", "ILCE-QX1@1.10", "SONY-FULL@1.00"


@dataclass
class Whole:
    """A bridge at work."""

    emulator: Emulator
    peer: Peer
    bridge: Bridge

    @property
    def device(self) -> Device:
        return self.emulator.cameras[0]

    @property
    def topics(self) -> Topics:
        return self.bridge.cameras[0].topics

    async def power(self, on: bool) -> None:
        """Switch the emulated camera off or on, as a person would."""
        if on:
            await self.device.body.power_on()
            await self.device.body.wifi_on()
        else:
            await self.device.body.power_off()
        await self.device.mind_gate()

    async def see_availability(self, word: bytes, *, after: int = 0) -> None:
        await self.peer.see(self.topics.availability, lambda seen: seen == word, after=after)


def known(emulator: Emulator) -> dict[str, KnownCamera]:
    """Return a configuration that knows the emulated cameras as qx1, qx2 and so on."""
    names = {f"qx{number}": device for number, device in enumerate(emulator.cameras, start=1)}
    return {
        name: KnownCamera(name=name, model=device.body.profile.model, description_url=device.description_url)
        for name, device in names.items()
    }


def value(told: dict[str, Any], name: str) -> Any:
    """Return a setting's value in a state; None where the camera does not show it."""
    return told["settings"].get(name, {}).get("value")


@asynccontextmanager
async def whole(
    broker: Mosquitto, *models: str, folder: Path | None = None, speed: int = 20
) -> AsyncIterator[Whole]:
    """Everything, once every camera is online."""
    async with (
        Emulator(models=models or [QX10], still_scale=8, clock=f"scaled:{speed}", control=False) as emulator,
        peer(broker) as somebody,
        bridging(broker, emulator, folder) as bridge,
    ):
        made = Whole(emulator, somebody, bridge)
        for camera in bridge.cameras:
            await somebody.see(camera.topics.availability, lambda seen: seen == b"online")
            await somebody.see(camera.topics.discovery)
        yield made


@asynccontextmanager
async def bridging(
    broker: Mosquitto, emulator: Emulator, folder: Path | None = None
) -> AsyncIterator[Bridge]:
    """A bridge that runs while the block does; what ends it early is raised."""
    options = Options(broker=parse_broker(broker.url), folder=folder, back_off=QUICK)
    joined = asyncio.Event()
    bridge = Bridge(targets_of((), known(emulator)), options, say=lambda _: joined.set())
    task = asyncio.create_task(bridge.run())
    try:
        async with asyncio.timeout(LIMIT_S):
            await joined.wait()
        yield bridge
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error


async def test_a_picture_is_taken_answered_published_and_described(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        answer = await it.peer.ask(it.topics.command("shutter"), '{"picture": true}')
        (shot,) = answer["items"]
        picture = await it.peer.see(it.topics.picture)
        assert await it.peer.see_state(it.topics.shot, lambda _: True) == answer
        described = it.peer.newest(it.topics.discovery)
        state = it.peer.newest(it.topics.state)
    assert "error" not in answer
    assert hashlib.sha256(picture).hexdigest() == shot["sha256"]
    assert (shot["path"], shot["files"][0]["kind"], shot["on_card"]) == (None, "original", True)
    assert shot["actual"]["iso"].isdecimal()
    assert mistakes(it.topics.discovery, described) == []
    assert {"link", "status", "model", "battery_ratio", "storage", "settings", "available"} <= set(state)
    assert state["battery_ratio"] is None
    assert "battery" not in described["components"]


async def test_pictures_are_kept_where_that_was_asked_for(broker: Mosquitto, tmp_path: Path) -> None:
    async with whole(broker, folder=tmp_path) as it:
        (shot,) = (await it.peer.ask(it.topics.command("shutter")))["items"]
        assert it.peer.all(it.topics.picture) == []
    (name,) = await asyncio.to_thread(os.listdir, tmp_path)
    assert shot["path"] == str(tmp_path / name)
    kept = await asyncio.to_thread((tmp_path / name).read_bytes)
    assert hashlib.sha256(kept).hexdigest() == shot["sha256"]


async def test_a_setting_is_changed_and_seen(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        answer = await it.peer.ask(it.topics.command("set", "exposure_mode"), "program auto")
        assert answer["settings"]["exposure_mode"]["value"] == "Program Auto"
        await it.peer.see_state(it.topics.state, lambda told: value(told, "exposure_mode") == "Program Auto")
        refused = await it.peer.ask(it.topics.command("set", "exposure_mode"), "Panorama")
    assert refused["settings"] == {}
    assert refused["error"]["type"] == "InvalidValue"
    assert "Program Auto" in refused["error"]["remedy"]


async def test_a_component_disappears_when_the_camera_stops_listing_it(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        await it.peer.ask(it.topics.command("set", "exposure_mode"), "Program Auto")
        await it.peer.see_state(it.topics.discovery, lambda told: "setting_ev" in told["components"])
        seen = len(it.peer.all(it.topics.discovery))
        await it.peer.ask(it.topics.command("set", "exposure_mode"), "Intelligent Auto")
        going = await it.peer.see_state(
            it.topics.discovery,
            lambda told: told["components"].get("setting_ev") == {"platform": "number"},
            after=seen,
        )
        gone = await it.peer.see_state(
            it.topics.discovery, lambda told: "setting_ev" not in told["components"], after=seen
        )
    assert mistakes(it.topics.discovery, going) == mistakes(it.topics.discovery, gone) == []


async def test_a_descriptor_that_is_added_appears_and_can_be_set(
    broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = Descriptor(
        "silent_shooting", "Silent shooting", Category.SOUND, "SilentShootingSetting", "silentShooting",
        Keyed("silentShooting"), Kind.SWITCH,
    )  # fmt: skip
    for room in (camera_bridge, fold, settings):
        monkeypatch.setattr(room, "DESCRIPTORS", (*DESCRIPTORS, added))
    monkeypatch.setattr(settings, "BY_NAME", {**BY_NAME, added.name: added})
    async with whole(broker, FULL) as it:
        described = await it.peer.see_state(
            it.topics.discovery, lambda told: "setting_silent_shooting" in told["components"]
        )
        component = described["components"]["setting_silent_shooting"]
        assert component["name"] == "Silent shooting"
        await it.peer.see_state(it.topics.state, lambda told: value(told, added.name) == "Off")
        answer = await it.peer.ask(component["command_topic"], component["payload_on"])
        await it.peer.see_state(it.topics.state, lambda told: value(told, added.name) == "On")
    assert component["platform"] == "switch"
    assert answer["settings"]["silent_shooting"]["value"] == "On"
    assert mistakes(it.topics.discovery, described) == []


async def test_two_cameras_are_two_devices(broker: Mosquitto) -> None:
    async with whole(broker, QX10, QX1) as it:
        ids = [camera.topics.camera_id for camera in it.bridge.cameras]
        answers = await asyncio.gather(
            *(it.peer.ask(camera.topics.command("shutter")) for camera in it.bridge.cameras)
        )
        battery = it.peer.newest(it.bridge.cameras[1].topics.discovery)["components"]["battery"]
    assert ids == ["qx1", "qx2"]
    assert [answer["items"][0]["camera"] for answer in answers] == ids
    assert battery["device_class"] == "battery"


async def test_live_view_comes_while_it_is_asked_for_and_the_camera_is_left(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        assert it.peer.all(it.topics.live_view) == []
        assert (await it.peer.ask(it.topics.command("live_view"), '{"fps": 30}'))["live_view"] is True
        image = await it.peer.see(it.topics.live_view, after=3)
        assert (await it.peer.ask(it.topics.command("live_view"), '{"on": false}'))["live_view"] is False
        assert it.emulator.journal.count("stopLiveview") == 1
        assert (await it.peer.ask(it.topics.command("live_view"), '{"for_s": 0.1}'))["live_view"] is True
        seen = len(it.peer.all(it.topics.state))
        await it.peer.see_state(it.topics.state, lambda told: not told["live_view_requested"], after=seen)
        assert it.emulator.journal.count("stopLiveview") == 2
    assert image.startswith(b"\xff\xd8")
    assert image.endswith(b"\xff\xd9")


async def test_hostile_messages_take_no_picture_and_do_no_harm(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        shutter = it.topics.command("shutter")
        await it.peer.send(shutter, b"x" * 1_000_000)
        for payload in (
            b"PRESS",
            b"\x00\xff",
            b"[" * 4000,
            b'{"size": 5}',
            b"y" * 5000,
            b'{"command": "rm"}',
        ):
            answer = await it.peer.ask(shutter, payload)
            assert (answer["items"], answer["error"]["type"]) == ([], "InvalidValue")
        for topic in ("explode", "set", "set/iso/now", "shutter/twice", "set/../../x"):
            answer = await it.peer.ask(it.topics.command(topic), b"1")
            assert answer["error"]["type"] == "UnknownCommand"
        await it.peer.send(shutter, answer_to=it.topics.state)
        await it.peer.send(
            it.topics.discovery, b'{"components": {"setting_iso": {"platform": "lock"}}}', retain=True
        )
        retained = await it.peer.ask(shutter, b"{}", retain=True)
        assert retained["error"]["type"] == "CommandExpired"
        assert it.emulator.journal.count("actTakePicture") == 0
        assert len((await it.peer.ask(shutter))["items"]) == 1
        assert it.emulator.journal.count("actTakePicture") == 1


async def test_a_flood_of_commands_takes_one_picture_at_a_time(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        shutter = it.topics.command("shutter")
        answers = await asyncio.gather(*(it.peer.ask(shutter) for _ in range(60)))
        taken = [answer for answer in answers if answer["items"]]
        refused = [answer["error"]["type"] for answer in answers if not answer["items"]]
        assert len(taken) == it.emulator.journal.count("actTakePicture") >= 1
        assert set(refused) == {"CameraBusy"}
        assert len(taken) + len(refused) == 60


async def test_an_expired_command_is_not_obeyed_when_its_turn_comes(broker: Mosquitto) -> None:
    async with whole(broker, speed=2) as it:
        it.emulator.faults.add(parse_rule("rpc:delay=4,match=actTakePicture,count=1"))
        first = asyncio.create_task(it.peer.ask(it.topics.command("shutter")))
        await it.emulator.journal.wait_for(Query(kind=FAULT))
        late = await it.peer.ask(it.topics.command("set", "exposure_mode"), "Program Auto", expiry_s=1)
        await first
        assert late["error"]["type"] == "CommandExpired"
        assert it.emulator.journal.count("setExposureMode") == 0


async def test_home_assistants_birth_brings_everything_again(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        topics = (it.topics.availability, it.topics.discovery, it.topics.state)
        before = {topic: len(it.peer.all(topic)) for topic in topics}
        await it.peer.send("homeassistant/status", "online")
        for topic in topics:
            await it.peer.see(topic, after=before[topic])


async def test_a_restart_of_the_broker_is_survived(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        broker.stop()
        broker.start()
        async with peer(broker) as somebody:
            await somebody.see(it.topics.availability, lambda seen: seen == b"online")
            assert mistakes(it.topics.discovery, json.loads(await somebody.see(it.topics.discovery))) == []
            assert len((await somebody.ask(it.topics.command("shutter")))["items"]) == 1


async def test_a_camera_that_is_killed_and_comes_back_is_used_again(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        await it.power(on=False)
        await it.see_availability(b"offline", after=1)
        lost = await it.peer.see_state(
            it.topics.state, lambda told: told["link"] not in ("ready", "absent", "reaching")
        )
        assert lost["status"] is None
        assert lost["link_reason"]
        refused = await it.peer.ask(it.topics.command("shutter"))
        assert refused["error"]["type"] == "LinkLost"
        seen = len(it.peer.all(it.topics.availability))
        described = len(it.peer.all(it.topics.discovery))
        await it.power(on=True)
        await it.see_availability(b"online", after=seen)
        await it.peer.see_state(it.topics.state, lambda told: told["status"] == "IDLE")
        answer = await it.peer.ask(it.topics.command("shutter"))
        assert len(answer["items"]) == 1
        assert len(it.peer.all(it.topics.discovery)) == described


async def test_a_bridge_that_is_stopped_leaves_its_cameras_offline(broker: Mosquitto) -> None:
    async with whole(broker) as it:
        topic = it.topics.availability
    async with peer(broker) as somebody:
        assert await somebody.see(topic) == b"offline"


async def test_what_an_earlier_run_announced_and_the_camera_lacks_is_taken_away(broker: Mosquitto) -> None:
    earlier = {"components": {"setting_flash": {"platform": "select", "unique_id": "x"}}}
    async with peer(broker) as somebody:
        await somebody.send(Topics("qx1").discovery, json.dumps(earlier), retain=True)
    async with whole(broker) as it:
        going = await it.peer.see_state(
            it.topics.discovery,
            lambda told: told["components"].get("setting_flash") == {"platform": "select"},
        )
        seen = it.peer.all(it.topics.discovery).index(json.dumps(going, separators=(",", ":")).encode())
        await it.peer.see_state(
            it.topics.discovery, lambda told: "setting_flash" not in told["components"], after=seen
        )
    assert mistakes(it.topics.discovery, going) == []


async def test_a_camera_without_a_name_gets_an_id_of_its_own(broker: Mosquitto) -> None:
    async with (
        Emulator(models=[QX10], clock="scaled:20", control=False) as emulator,
        peer(broker) as somebody,
    ):
        device = emulator.cameras[0]
        joined = asyncio.Event()
        bridge = Bridge(
            targets_of([device.description_url], {}),
            Options(broker=parse_broker(broker.url), prefix="home/lens", back_off=QUICK),
            say=lambda _: joined.set(),
        )
        task = asyncio.create_task(bridge.run())
        async with asyncio.timeout(LIMIT_S):
            await joined.wait()
            camera_id = bridge.cameras[0].topics.camera_id
            await somebody.see(f"home/lens/{camera_id}/availability", lambda seen: seen == b"online")
        task.cancel()
        await asyncio.wait([task])
    assert camera_id == f"dsc-qx10-{device.body.uuid[-6:]}"


async def test_a_wrong_password_ends_it_before_anything_is_reached(locked_broker: Mosquitto) -> None:
    for password in ("wrong", None):
        broker = parse_broker(locked_broker.url.replace("//", "//lens@"), password=password)
        with pytest.raises(BrokerRefused):
            await Bridge(targets_of(["127.0.0.1:9"], {}), Options(broker=broker)).run()


async def test_the_right_password_lets_it_in(locked_broker: Mosquitto) -> None:
    user, password = LOGIN
    broker = parse_broker(locked_broker.url.replace("//", f"//{user}@"), password=password)
    async with (
        Emulator(models=[QX10], clock="scaled:20", control=False) as emulator,
        peer(locked_broker, user=user, password=password) as somebody,
    ):
        task = asyncio.create_task(Bridge(targets_of((), known(emulator)), Options(broker=broker)).run())
        await somebody.see("remotelens/qx1/availability", lambda seen: seen == b"online")
        task.cancel()
        await asyncio.wait([task])


async def test_a_broker_that_is_not_there_ends_it(broker: Mosquitto) -> None:
    broker.stop()
    with pytest.raises(BrokerUnreachable):
        await Bridge(targets_of(["127.0.0.1:9"], {}), Options(broker=parse_broker(broker.url))).run()


def test_by_default_all_configured_cameras_are_meant() -> None:
    cameras = {name: KnownCamera(name=name) for name in ("a", "b")}
    assert targets_of((), cameras) == [KnownTarget(cameras["a"]), KnownTarget(cameras["b"])]
    assert targets_of(("b", "b"), cameras) == [KnownTarget(cameras["b"])]
    assert targets_of((), {}) == [AnyTarget()]


def test_two_cameras_with_one_id_are_refused() -> None:
    cameras = {name: KnownCamera(name=name) for name in ("a.b", "a_b")}
    with pytest.raises(InvalidValue, match="one id"):
        targets_of((), cameras)
