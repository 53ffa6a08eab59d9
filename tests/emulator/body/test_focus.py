"""Focus by half-press and touch, and the search itself. Source: imaging.md A6; protocol/wifi.md 7.4."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import Any

import pytest

from emulator import world
from emulator.body.focus import peak_of, touch_window
from emulator.body.frames import focus_frames
from emulator.world import load_scene
from emulator.world.scene import LayeredScene
from remotelens.protocol.wifi.liveview import FocusCategory
from tests.emulator.body.rig import Rig, rig


def words(camera: Rig) -> list[str]:
    """Follow the focus status from now on."""
    seen: list[str] = []

    def look(topic: str) -> None:
        if topic == "focus" and (not seen or seen[-1] != camera.body.focus_status):
            seen.append(camera.body.focus_status)

    camera.body.subscribe(look)
    return seen


async def test_a_half_press_focuses_and_holds_until_it_is_cancelled() -> None:
    async with rig("DSC-QX10") as camera:
        seen = words(camera)
        assert await camera.call("actHalfPressShutter") == []
        await camera.clock.advance(2.0)
        assert camera.body.focus_status == "Focused"
        assert (await camera.call("getEvent", False, version="1.1"))[35]["focusStatus"] == "Focused"
        assert await camera.call("cancelHalfPressShutter") == []
        assert seen == ["Not Focusing", "Focusing", "Focused", "Not Focusing"]


async def test_the_lens_ends_up_at_the_subject() -> None:
    async with rig("DSC-QX100") as camera:
        await camera.call("actZoom", "in", "start")
        await camera.clock.advance(4.0)
        camera.body.press("half")
        await camera.clock.advance(3.0)
        assert camera.body.focus_status == "Focused"
        assert camera.body.lens.focus_m == pytest.approx(2.0, rel=0.03)  # the chart of the bench


async def test_focus_fails_where_there_is_nothing_to_see_after_a_hunt() -> None:
    async with rig("ILCE-QX1", scene_name="stars") as camera:
        began = camera.clock.monotonic()
        camera.body.press("half")
        while camera.body.focus_status in ("Not Focusing", "Focusing"):
            await camera.clock.advance(0.1)
        assert camera.body.focus_status == "Failed"
        assert 1.2 < camera.clock.monotonic() - began < 2.5


@pytest.mark.parametrize(
    ("model", "zoom", "lux", "found"),
    [("DSC-QX100", 0.0, 1.0, True), ("DSC-QX10", 1.0, 25.0, True), ("DSC-QX10", 1.0, 0.1, False)],
)
async def test_focus_needs_light_and_a_small_sensor_with_a_long_lens_more(
    model: str, zoom: float, lux: float, found: bool
) -> None:
    """imaging.md A6: a QX100 wide focuses at 1 lx, a QX10 at its tele end needs about 12 lx."""
    seen = load_scene("chart", 1)
    assert isinstance(seen, LayeredScene)
    async with rig(model, scene_name="chart") as camera:
        dim = replace(seen, dim_stops=math.log2(seen.light_at(0.0).lux / lux))
        camera.body.eye.look_at(dim, camera.clock.monotonic())
        camera.body.lens.place(zoom)
        camera.body.press("half")
        await camera.clock.advance(4.0)
        assert (camera.body.focus_status == "Focused") == found


async def test_a_half_press_holds_the_exposure_too() -> None:
    async with rig("DSC-QX10", scene_name="bench") as camera:
        camera.body.press("half")
        await camera.clock.advance(1.0)
        held = camera.body.aim.choice
        await camera.clock.advance(20.0)
        await camera.body.aim.measure()
        assert camera.body.aim.choice is held
        camera.body.release("half")
        assert camera.body.aim.choice is not held


async def test_touch_focus_answers_how_it_ended_and_holds() -> None:
    async with rig("DSC-QX10") as camera:
        answer = await camera.done(camera.begin("setTouchAFPosition", 50, 50))
        assert answer == [0, {"AFResult": True, "AFType": "Touch"}]
        assert await camera.call("getTouchAFPosition") == [{"set": True, "touchCoordinates": []}]
        assert camera.body.focus_status == "Focused"
        assert await camera.call("cancelTouchAFPosition") == []
        assert await camera.call("getTouchAFPosition") == [{"set": False, "touchCoordinates": []}]
        assert camera.body.focus_status == "Not Focusing"


async def test_touch_focus_looks_where_it_was_touched() -> None:
    async with rig("DSC-QX100") as camera:
        await camera.done(camera.begin("setTouchAFPosition", 85, 90))
        near = camera.body.lens.focus_m
        await camera.done(camera.begin("setTouchAFPosition", 50, 50))
        assert near < camera.body.lens.focus_m


async def test_a_capture_uses_a_touch_up() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.done(camera.begin("setTouchAFPosition", 50, 50))
        await camera.take()
        assert camera.body.focus.touched is None


async def test_touch_focus_can_be_cancelled_while_it_looks() -> None:
    async with rig("DSC-QX10") as camera:
        task = camera.begin("setTouchAFPosition", 50, 50)
        await camera.clock.advance(0.2)
        await camera.call("cancelTouchAFPosition")
        answer = await camera.done(task)
        assert answer[1]["AFResult"] is False


async def test_manual_focus_is_turned_by_hand_and_a_half_press_leaves_it() -> None:
    async with rig("DSC-QX100") as camera:
        await camera.set("FocusMode", "MF")
        before = camera.body.lens.focus_m
        camera.body.press("focus_near", 4)
        camera.body.release("focus_near")
        assert camera.body.lens.focus_m < before
        there = camera.body.lens.focus_m
        camera.body.press("half")
        await camera.clock.advance(2.0)
        assert camera.body.lens.focus_m == there
        assert camera.body.focus_status == "Not Focusing"
        assert await camera.take()
        assert camera.body.lens.focus_m == there


async def test_the_ring_does_nothing_with_autofocus() -> None:
    async with rig("DSC-QX10") as camera:
        before = camera.body.lens.focus_m
        camera.body.press("focus_far")
        assert camera.body.lens.focus_m == before


async def test_tracking_needs_to_be_on_and_tells_its_status() -> None:
    async with rig("ILCE-QX1") as camera:
        where = {"xPosition": 50.0, "yPosition": 50.0}
        assert await camera.error("actTrackingFocus", where) == (1, "Not Available Now")
        await camera.set("TrackingFocus", {"trackingFocus": "On"})
        assert await camera.call("actTrackingFocus", where) == []
        slots: list[Any] = await camera.call("getEvent", False, version="1.2")
        assert slots[54]["trackingFocusStatus"] == "Tracking"
        assert await camera.call("cancelTrackingFocus") == []
        slots = await camera.call("getEvent", False, version="1.2")
        assert slots[54]["trackingFocusStatus"] == "Not Tracking"


async def test_a_new_search_takes_the_place_of_the_old() -> None:
    async with rig("DSC-QX10") as camera:
        first = asyncio.ensure_future(camera.body.focus.touch(20, 20))
        await camera.clock.advance(0.1)
        second = asyncio.ensure_future(camera.body.focus.touch(50, 50))
        await camera.done(second)
        assert await first is False
        assert await second is True


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([1, 1, 1, 4, 6, 4, 1, 1, 1], 4.0),
        ([1, 1, 1, 4, 6, 5, 1, 1, 1], 4.1667),
        ([9, 5, 1, 1, 1, 1, 1, 1, 1], 0.0),
        ([1, 1, 1, 1, 1, 1, 1, 5, 9], None),
        ([1, 1, 1, 1, 1.02, 1, 1, 1, 1], None),
    ],
)
def test_a_peak_is_where_contrast_stands_out(scores: list[float], expected: float | None) -> None:
    found = peak_of(range(len(scores)), scores)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-3))


def test_a_touch_near_the_edge_keeps_its_window_inside() -> None:
    assert touch_window(0, 100) == pytest.approx((0, 0.84, 0.16, 1.0))
    assert math.isclose(touch_window(50, 50)[0], 0.42)


async def tracking_on(camera: Rig) -> None:
    await camera.set("TrackingFocus", {"trackingFocus": "On"})


async def test_tracking_follows_what_moves_with_its_frame() -> None:
    async with rig("ILCE-QX1") as camera:
        await tracking_on(camera)
        eye = camera.body.eye
        view = eye.film_view(camera.body.aim.live, (640, 424))
        x, y = next(
            (x, y)
            for y in range(10, 100, 3)
            for x in range(10, 90, 3)
            if world.subject_at(eye.scene, view, x / 100, y / 100)
        )
        await camera.call("actTrackingFocus", {"xPosition": float(x), "yPosition": float(y)})
        places = []
        for _ in range(6):
            assert camera.body.focus.tracking is not None
            places.append(camera.body.focus.tracking[0])
            await camera.clock.advance(0.3)
        assert max(places) - min(places) > 5
        (frame,) = focus_frames(camera.body.focus)
        across, _ = camera.body.focus.tracking or (0.0, 0.0)
        assert frame.category == FocusCategory.TRACKING
        assert (frame.left + frame.right) / 2 == pytest.approx(across * 100, abs=900)


async def test_tracking_stays_where_all_stands_still() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        await tracking_on(camera)
        await camera.call("actTrackingFocus", {"xPosition": 30.0, "yPosition": 40.0})
        await camera.clock.advance(2.0)
        assert camera.body.focus.tracking == (30.0, 40.0)


async def test_a_subject_that_leaves_the_frame_is_lost_and_that_is_told() -> None:
    async with rig("ILCE-QX1") as camera:
        await tracking_on(camera)
        where: list[tuple[float, float] | None] = [(50.0, 50.0)]
        camera.body.focus._follow = lambda _x, _y: lambda: where[0]
        await camera.call("actTrackingFocus", {"xPosition": 50.0, "yPosition": 50.0})
        await camera.call("getEvent", True, version="1.2")
        await camera.clock.advance(0.5)
        where[0] = None
        slots: list[Any] = await camera.done(camera.begin("getEvent", True, version="1.2"))
        while slots[54] is None:
            slots = await camera.done(camera.begin("getEvent", True, version="1.2"))
        assert slots[54]["trackingFocusStatus"] == "Not Tracking"
        assert await camera.error("cancelTrackingFocus") == (1, "Not Available Now")


@pytest.mark.parametrize("model", ["ILCE-QX1", "DSC-QX10"])
async def test_letting_go_of_a_half_press_spoils_no_capture_that_waits_for_its_focus(model: str) -> None:
    async with rig(model) as camera:
        await camera.call("actHalfPressShutter")
        await camera.clock.advance(0.15)
        task = camera.begin("actTakePicture")
        await camera.clock.advance(0.05)
        assert camera.body.focus_status == "Focusing"
        await camera.call("cancelHalfPressShutter")
        assert await camera.done(task)
        assert camera.body.focus_status == "Not Focusing"


async def test_a_button_pressed_through_takes_its_picture() -> None:
    async with rig("ILCE-QX1") as camera:
        camera.body.press("half")
        await camera.clock.advance(0.1)
        camera.body.press("full")
        await camera.clock.advance(0.1)
        camera.body.release("half")
        camera.body.release("full")
        await camera.until("StillSaving")
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 1
