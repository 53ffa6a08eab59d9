from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from remotelens.camera import holding
from remotelens.camera.opening import at_camera
from remotelens.camera.state import CameraState
from remotelens.clock import REAL_CLOCK
from remotelens.errors import LinkError, LinkLost
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.target import UrlTarget
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.emulated import MODELS, Pair, emulated
from tests.remotelens.link.kept import behind_bluetooth

each_family = pytest.mark.parametrize("model", MODELS)


async def until_link(pair: Pair, link: str) -> CameraState:
    async for state in pair.camera.subscribe():
        if state.link == link:
            return state
    raise AssertionError(link)


async def off_and_on(pair: Pair) -> CameraState:
    """Switch the camera off and on again, at the same address; return its state when it is ready."""
    before = pair.camera.state.link_since
    await pair.emulator.reset()
    async for state in pair.camera.subscribe():
        if state.link == "ready" and state.link_since != before:
            return state
    raise AssertionError("the camera did not come back")


@each_family
async def test_a_camera_that_vanishes_is_told_as_lost_with_a_reason_and_the_next_attempt(model: str) -> None:
    async with emulated(model) as pair, asyncio.timeout(20):
        await pair.device.close()
        state = await until_link(pair, "lost")
        assert state.link_reason
        assert state.link_since is not None
        assert state.to_dict()["status"] is None
        with pytest.raises(LinkError):
            await pair.camera.refresh()


@each_family
async def test_a_camera_that_comes_back_is_ready_again_with_its_state_as_it_is_now(
    tmp_path: Path, model: str
) -> None:
    async with emulated(model) as pair, asyncio.timeout(30):
        await pair.camera.set("self_timer", 2)
        await pair.camera.power.clock.ensure_set()
        state = await off_and_on(pair)
        assert not pair.camera.power.clock.trusted
        assert state.link_reason is None
        assert state.value("self_timer") == 0
        shot = await (await pair.camera.capture()).download(tmp_path)
        assert shot.path is not None


@each_family
async def test_a_live_view_goes_on_after_the_camera_came_back(model: str) -> None:
    async with emulated(model) as pair, asyncio.timeout(30), pair.camera.live_view() as view:
        frames = aiter(view)
        await anext(frames)
        await off_and_on(pair)
        for _ in range(3):
            await anext(frames)


@each_family
async def test_a_change_is_seen_though_its_event_was_lost(model: str) -> None:
    async with emulated(model, faults=["event:reset,count=1"]) as pair, asyncio.timeout(20):
        assert (await pair.camera.set("self_timer", 2)).value == 2


async def test_a_picture_that_a_lost_link_cut_short_is_whole_once_the_camera_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    async with behind_bluetooth(search_timeout_s=0.3) as behind, asyncio.timeout(40):
        await behind.road.walk()
        async with at_camera(behind.road, clock=REAL_CLOCK) as camera:
            shot = await camera.capture()
            behind.emulator.faults.add(parse_rule("contents:stall=20000,count=1"))
            downloading = asyncio.create_task(shot.download(tmp_path))
            while not fault_was_met(behind.emulator.journal):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)
            await behind.emulator.cameras[0].leave()
            kept = await downloading
        assert behind.stages.count("join ok") == 2
        assert kept.path is not None
        data = kept.path.read_bytes()
        assert len(data) == kept.files[0].size_bytes
        assert (data[:2], data[-2:]) == (b"\xff\xd8", b"\xff\xd9")
        assert names_in(tmp_path) == [kept.path.name, "state"]


async def test_a_picture_does_not_wait_for_ever_for_a_camera_that_stays_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "RETURN_LIMIT_S", 0.2)
    async with emulated("DSC-QX10@3.00") as pair, asyncio.timeout(20):
        shot = await pair.camera.capture()
        await pair.device.close()
        await until_link(pair, "lost")
        with pytest.raises(LinkLost, match="the link is"):
            await shot.download(tmp_path)
        assert names_in(tmp_path) == []


async def test_a_road_that_was_not_walked_leads_to_no_camera() -> None:
    async with Road(Route(target=UrlTarget("http://127.0.0.1:9/dd.xml"))) as road:
        with pytest.raises(LinkLost, match="not been reached yet"):
            async with at_camera(road, clock=REAL_CLOCK):
                pass


async def test_candidates_are_asked_for_again_when_the_camera_says_that_they_changed() -> None:
    api = ApiDouble()
    sizes = [{"aspect": "16:9", "size": "2M"}, [{"aspect": "16:9", "size": "2M"}]]
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert len(camera.settings["still_size"].candidates) == 4
        api.handlers["getAvailableStillSize"] = lambda: sizes
        api.tell(stillSize=changed_size())
        async for state in camera.subscribe():
            if state.settings["still_size"].candidates == ("16:9 2M",):
                break


async def test_candidates_are_not_asked_for_while_the_camera_is_busy() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        asked = len(api.called("getAvailableStillSize"))
        api.tell_status("NotReady")
        api.tell(stillSize=changed_size())
        async for state in camera.subscribe():
            if state.value("still_size") == "16:9 2M":
                break
        assert len(api.called("getAvailableStillSize")) == asked
        api.handlers["getAvailableStillSize"] = lambda: [changed_size(), [{"aspect": "1:1", "size": "13M"}]]
        api.tell_status("IDLE")
        async for state in camera.subscribe():
            if state.settings["still_size"].candidates == ("1:1 13M",):
                break


def fault_was_met(journal: Journal) -> bool:
    return any(entry.kind == "fault" for entry in journal.entries())


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def changed_size() -> dict[str, object]:
    return {"checkAvailability": True, "currentAspect": "16:9", "currentSize": "2M", "type": "stillSize"}
