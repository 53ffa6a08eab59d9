"""One camera's side, with a camera and a broker that are stand-ins: what goes out for what comes in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from remotelens.bridge.camera_bridge import CameraBridge
from remotelens.bridge.messages import Incoming, Outgoing
from remotelens.bridge.outbox import Outbox
from remotelens.bridge.topics import Topics
from remotelens.camera.shot import Shot
from remotelens.errors import CameraBusy
from remotelens.link.status import LinkState, LinkStatus
from tests.remotelens.bridge.ha_schema import mistakes
from tests.remotelens.bridge.standin import NOW, StandIn, StandingClock, shot
from tests.remotelens.bridge.states import IDLE_QX10, without

TOPICS = Topics("qx")


class Rig:
    """A camera bridge, and everything that has gone out so far."""

    def __init__(self, folder: Path | None = None) -> None:
        self.clock = StandingClock()
        self.camera = StandIn()
        self.outbox = Outbox()
        self.bridge = CameraBridge(TOPICS, "qx", outbox=self.outbox, clock=self.clock, folder=folder)
        self.sent: list[Outgoing] = []

    async def step(self) -> None:
        """Let everything happen that can, and take what goes out."""
        for _ in range(30):
            await asyncio.sleep(0)
        while True:
            task = asyncio.ensure_future(self.outbox.take())
            await asyncio.sleep(0)
            if not task.done():
                task.cancel()
                return
            self.sent.append(task.result())

    def order(self, *words: str, payload: bytes = b"", **more: Any) -> None:
        """Have a command come in."""
        more = {"answer_to": "answers", "correlation": b"7", **more}
        self.bridge.receive(Incoming(TOPICS.command(*words), payload, **more))

    def on(self, topic: str) -> list[Any]:
        """Return the documents that went out on a topic."""
        return [json.loads(message.payload) for message in self.sent if message.topic == topic]

    @property
    def answer(self) -> Any:
        """The newest answer."""
        return self.on("answers")[-1]

    @property
    def availability(self) -> list[bytes]:
        return [message.payload for message in self.sent if message.topic == TOPICS.availability]


@pytest.fixture
async def it() -> AsyncIterator[Rig]:
    rig = Rig()
    serving = asyncio.create_task(rig.bridge.serve(rig.camera))
    await rig.step()
    yield rig
    serving.cancel()
    await asyncio.wait([serving])
    if not serving.cancelled() and (error := serving.exception()) is not None:
        raise error


async def test_before_the_camera_is_there_it_is_offline_and_says_why() -> None:
    rig = Rig()
    rig.bridge.tell_link(LinkStatus(LinkState.ABSENT, "no camera answers", NOW))
    rig.order("shutter")
    await rig.step()
    assert rig.availability == [b"offline"]
    assert (rig.on(TOPICS.state)[-1]["link"], rig.on(TOPICS.state)[-1]["link_reason"]) == (
        "absent", "no camera answers",
    )  # fmt: skip
    assert rig.answer["items"] == []
    assert rig.answer["error"]["type"] == "LinkLost"
    assert "no camera answers" in rig.answer["error"]["message"]
    assert rig.on(TOPICS.discovery) == []


async def test_a_camera_that_is_there_is_online_with_its_state_and_description(it: Rig) -> None:
    assert it.availability == [b"online"]
    assert it.on(TOPICS.state)[-1]["settings"]["iso"]["value"] == "AUTO"
    (described,) = it.on(TOPICS.discovery)
    assert mistakes(TOPICS.discovery, described) == []
    kept = [m for m in it.sent if m.topic in (TOPICS.availability, TOPICS.state, TOPICS.discovery)]
    assert all(message.retain and message.qos == 1 for message in kept)


async def test_the_state_goes_out_on_change_only(it: Rig) -> None:
    before = len(it.on(TOPICS.state))
    it.camera.become(revision=17)
    await it.step()
    assert len(it.on(TOPICS.state)) == before
    it.camera.become(status="StillCapturing")
    await it.step()
    assert it.on(TOPICS.state)[-1]["status"] == "StillCapturing"


async def test_a_shutter_is_answered_by_the_shot_and_told_to_all(it: Rig) -> None:
    it.order("shutter", payload=b'{"size": "postview", "half_press": true}')
    await it.step()
    assert it.camera.captures == [("postview", True)]
    assert it.answer == {"schema": 1, "items": [shot().to_dict()]}
    assert it.on(TOPICS.shot) == [it.answer]
    (message,) = [message for message in it.sent if message.topic == "answers"]
    assert (message.correlation, message.qos, message.retain) == (b"7", 1, False)


async def test_a_failed_shutter_is_answered_by_its_error(it: Rig) -> None:
    it.camera.fail = CameraBusy("it does not want to", remedy="wait", code=40403)
    it.order("shutter")
    await it.step()
    assert it.answer["items"] == []
    assert it.answer["error"] == {
        "type": "CameraBusy", "exit": 5, "camera": "qx", "message": "it does not want to", "remedy": "wait",
        "code": 40403,
    }  # fmt: skip
    assert it.on(TOPICS.shot) == []


async def test_without_a_wish_for_an_answer_there_is_none(it: Rig) -> None:
    it.order("shutter", answer_to=None)
    it.order("explode", answer_to=None)
    await it.step()
    assert len(it.camera.captures) == 1
    assert it.on("answers") == []


async def test_a_second_shutter_is_refused_while_the_first_is_at_work(it: Rig) -> None:
    it.camera.hold = asyncio.Event()
    it.order("shutter")
    await it.step()
    it.order("shutter")
    await it.step()
    assert it.answer["error"]["type"] == "CameraBusy"
    it.camera.hold.set()
    await it.step()
    assert it.answer["items"][0]["id"] == "shot-1"
    assert len(it.camera.captures) == 1


async def test_a_command_whose_time_is_over_when_its_turn_comes_is_not_obeyed(it: Rig) -> None:
    it.camera.hold = asyncio.Event()
    it.order("shutter")
    it.order("set", "iso", payload=b"100", expiry_s=10)
    await it.step()
    it.clock.now_s += 11
    it.camera.hold.set()
    await it.step()
    assert it.camera.changes == []
    assert it.answer["error"]["type"] == "CommandExpired"


async def test_retained_and_expired_commands_are_never_obeyed(it: Rig) -> None:
    it.order("shutter", retained=True)
    it.order("shutter", expiry_s=0)
    await it.step()
    assert it.camera.captures == []
    assert [answer["error"]["type"] for answer in it.on("answers")] == ["CommandExpired"] * 2


async def test_a_flood_is_refused_with_bounded_answers(it: Rig) -> None:
    it.camera.hold = asyncio.Event()
    for _ in range(5000):
        it.order("shutter")
    await it.step()
    assert len(it.on("answers")) <= 256
    assert {answer["error"]["type"] for answer in it.on("answers")} == {"CameraBusy"}
    it.camera.hold.set()
    await it.step()
    assert len(it.camera.captures) == 1
    assert it.answer["items"][0]["id"] == "shot-1"


@pytest.mark.parametrize(
    "topic", [TOPICS.state, TOPICS.discovery, "$SYS/x", "a/#", TOPICS.command("shutter")]
)
async def test_who_wants_answers_in_forbidden_places_is_not_obeyed(it: Rig, topic: str) -> None:
    before = len(it.sent)
    it.order("shutter", answer_to=topic)
    await it.step()
    assert it.camera.captures == []
    assert len(it.sent) == before


async def test_a_setting_is_answered_by_what_it_is_now(it: Rig) -> None:
    it.order("set", "iso", payload=b"200")
    await it.step()
    assert it.camera.changes == [("iso", "200")]
    assert it.answer["settings"] == {"iso": {"value": "200", "candidates": ["200"], "writable": True}}


async def test_live_view_goes_out_unkept_and_unacknowledged(it: Rig) -> None:
    it.order("live_view", payload=b'{"for_s": 5}')
    await it.step()
    assert it.answer["live_view"] is True
    assert it.on(TOPICS.state)[-1]["live_view_requested"] is True
    it.camera.view.show(b"\xff\xd8")
    await it.step()
    (image,) = [message for message in it.sent if message.topic == TOPICS.live_view]
    assert (image.payload, image.qos, image.retain) == (b"\xff\xd8", 0, False)
    it.order("live_view", payload=b'{"on": false}')
    await it.step()
    assert it.answer["live_view"] is False
    assert it.on(TOPICS.state)[-1]["live_view_requested"] is False


async def test_a_lost_camera_is_offline_and_what_waited_is_refused(it: Rig) -> None:
    it.camera.hold = asyncio.Event()
    it.order("shutter")
    it.order("set", "iso", payload=b"100")
    await it.step()
    it.camera.become(link="lost", link_reason="no answer")
    await it.step()
    assert it.availability[-1] == b"offline"
    assert it.answer["error"]["type"] == "LinkLost"
    it.order("shutter")
    await it.step()
    assert "no answer" in it.answer["error"]["message"]
    it.camera.become(link="ready", link_reason=None)
    it.camera.hold.set()
    await it.step()
    assert it.availability[-1] == b"online"
    assert it.answer["items"][0]["id"] == "shot-1"
    assert len(it.on(TOPICS.discovery)) == 1


async def test_a_busy_camera_lists_less_and_nothing_is_taken_away(it: Rig) -> None:
    less = without(IDLE_QX10, "iso", "ev")
    it.camera.store.put(replace(less, status="StillCapturing", available=()))
    await it.step()
    assert len(it.on(TOPICS.discovery)) == 1


async def test_an_idle_camera_that_lists_less_loses_a_component_as_documented(it: Rig) -> None:
    it.camera.store.put(without(IDLE_QX10, "iso"))
    await it.step()
    _, going, gone = it.on(TOPICS.discovery)
    assert going["components"]["setting_iso"] == {"platform": "select"}
    assert "setting_iso" not in gone["components"]
    assert mistakes(TOPICS.discovery, going) == mistakes(TOPICS.discovery, gone) == []


async def test_what_an_earlier_run_announced_is_taken_away(it: Rig) -> None:
    earlier = {"components": {"setting_flash": {"platform": "select", "unique_id": "x"}}}
    it.bridge.receive(Incoming(TOPICS.discovery, json.dumps(earlier).encode(), retained=True))
    await it.step()
    _, going, gone = it.on(TOPICS.discovery)
    assert going["components"]["setting_flash"] == {"platform": "select"}
    assert "setting_flash" not in gone["components"]


@pytest.mark.parametrize("strange", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"components": [1]}'])
async def test_a_strange_description_on_our_topic_changes_nothing(it: Rig, strange: bytes) -> None:
    it.bridge.receive(Incoming(TOPICS.discovery, strange, retained=True))
    await it.step()
    assert len(it.on(TOPICS.discovery)) == 1


async def test_everything_is_told_again_when_home_assistant_has_started(it: Rig) -> None:
    it.bridge.receive(Incoming(TOPICS.home_assistant_status, b"offline"))
    await it.step()
    assert len(it.on(TOPICS.discovery)) == 1
    it.bridge.receive(Incoming(TOPICS.home_assistant_status, b"online"))
    await it.step()
    assert len(it.on(TOPICS.discovery)) == len(it.on(TOPICS.state)) == len(it.availability) == 2


async def test_serving_ends_when_the_cameras_states_end(it: Rig) -> None:
    it.camera.store.close()
    await it.step()
    it.order("shutter")
    await it.step()
    assert it.answer["error"]["type"] == "LinkLost"


@pytest.mark.parametrize("words", [("shutter",), ("set", "iso")])
async def test_what_is_under_way_when_the_camera_is_let_go_of_is_answered(
    it: Rig, words: tuple[str, ...]
) -> None:
    it.camera.hold = asyncio.Event()
    it.order(*words, payload=b"" if words == ("shutter",) else b"100")
    await it.step()
    it.camera.store.close()
    await it.step()
    assert it.answer["error"]["type"] == "LinkLost"
    assert "not known" in it.answer["error"]["message"]
    assert it.on(TOPICS.shot) == []


async def test_a_picture_that_was_taken_is_told_though_the_camera_is_let_go_of_before_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> Shot:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(Shot, "download", never)
    rig = Rig(folder=tmp_path)
    serving = asyncio.create_task(rig.bridge.serve(rig.camera))
    await rig.step()
    rig.order("shutter")
    await rig.step()
    rig.camera.store.close()
    await rig.step()
    async with asyncio.timeout(5):
        await serving
    assert rig.answer["error"]["type"] == "LinkLost"
    for document in (rig.answer, *rig.on(TOPICS.shot)):
        assert [item["id"] for item in document["items"]] == ["shot-1"]
    assert len(rig.on(TOPICS.shot)) == 1
