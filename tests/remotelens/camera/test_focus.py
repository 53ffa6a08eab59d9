from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from remotelens.camera.focus import Focus, FocusResult
from remotelens.errors import (
    CameraBusy,
    InvalidValue,
    LinkLost,
    NotAvailableNow,
    NotSupported,
    RemoteProtocolError,
)
from tests.remotelens.camera.answers import listed
from tests.remotelens.camera.double import ApiDouble, camera_on


def focusing(api: ApiDouble, result: str) -> None:
    api.handlers["actHalfPressShutter"] = lambda: [*api.tell_focus("Focusing"), *api.tell_focus(result)]
    api.handlers["cancelHalfPressShutter"] = lambda: api.tell_focus("Not Focusing")


def focus_by_hand(api: ApiDouble) -> None:
    """Give the camera a focus mode, and set it to manual focus."""
    api.slots["focusMode"] = listed("FocusMode", "MF", ["AF-S", "MF"])
    names = api.slots["availableApiList"]["names"]
    api.slots["availableApiList"] = {"names": [*names, "getFocusMode"], "type": "availableApiList"}


@pytest.mark.parametrize(("word", "focused"), [("Focused", True), ("Failed", False)])
async def test_half_press_tells_what_the_camera_s_events_say(word: str, focused: bool) -> None:
    api = ApiDouble()
    focusing(api, word)
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert await camera.half_press() == FocusResult(focused, word)
        assert camera.focus.status == word
        await camera.focus.release()
        assert camera.focus.status == "Not Focusing"


async def test_an_old_result_does_not_count_for_a_new_half_press() -> None:
    api = ApiDouble()
    focusing(api, "Failed")
    api.slots["focusStatus"] = {"focusStatus": "Focused", "type": "focusStatus"}
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert (await camera.half_press()).focused is False
        order = [call[0] for call in api.calls if "HalfPress" in call[0]]
    assert order == ["cancelHalfPressShutter", "actHalfPressShutter"]


async def test_a_camera_that_does_not_tell_its_focus_gives_no_result() -> None:
    api = ApiDouble()
    api.handlers["actHalfPressShutter"] = list
    del api.slots["focusStatus"]
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert await camera.half_press() == FocusResult(None, None)


async def test_a_half_press_without_a_result_is_let_go() -> None:
    api = ApiDouble()
    api.handlers.update(actHalfPressShutter=list, cancelHalfPressShutter=list)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CameraBusy):
            await camera.half_press(timeout_s=0)
    assert len(api.called("cancelHalfPressShutter")) == 1


async def test_a_camera_without_half_press_says_so() -> None:
    api = ApiDouble()
    api.slots["availableApiList"] = {"names": ["getEvent"], "type": "availableApiList"}
    async with camera_on(api) as camera:
        with pytest.raises(NotSupported, match="no half-press"):
            await camera.half_press()
        api.methods.add(("camera", "actHalfPressShutter"))
        with pytest.raises(NotAvailableNow, match="not offered now"):
            await camera.half_press()


async def test_a_lens_focused_by_hand_is_not_half_pressed() -> None:
    api = ApiDouble()
    focus_by_hand(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert camera.focus.by_hand
        with pytest.raises(NotAvailableNow, match="focused by hand") as caught:
            await camera.half_press()
        assert "focus_mode=AF-S" in (caught.value.remedy or "")
    assert not api.called("actHalfPressShutter")


@pytest.mark.parametrize("trouble", [RemoteProtocolError("noise"), LinkLost("gone")])
async def test_trouble_in_letting_go_does_not_end_the_work(trouble: Exception) -> None:
    api = ApiDouble()
    focusing(api, "Focused")
    let_go = api.handlers["cancelHalfPressShutter"]
    answers = [trouble]
    api.handlers["cancelHalfPressShutter"] = lambda: answers.pop() if answers else let_go()
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture(half_press=True)
        assert shot.files
    assert len(api.called("cancelHalfPressShutter")) == 2


@pytest.mark.parametrize(
    ("hold", "release", "method"),
    [
        (lambda focus: focus.half_press(), lambda focus: focus.release(), "cancelHalfPressShutter"),
        (lambda focus: focus.touch(0.5, 0.5), lambda focus: focus.release_touch(), "cancelTouchAFPosition"),
        (lambda focus: focus.track(0.5, 0.5), lambda focus: focus.release_tracking(), "cancelTrackingFocus"),
    ],
)
async def test_letting_go_that_was_lost_is_made_again(
    hold: Callable[[Focus], Awaitable[object]], release: Callable[[Focus], Awaitable[None]], method: str
) -> None:
    api = ApiDouble()
    focusing(api, "Focused")
    api.slots["availableApiList"]["names"].append("actTrackingFocus")
    api.handlers.update(
        setTouchAFPosition=lambda x, y: [0, {"AFResult": True}],
        cancelTouchAFPosition=list,
        actTrackingFocus=lambda _: api.tell(trackingFocusStatus={"trackingFocusStatus": "Tracking"}),
        cancelTrackingFocus=lambda: api.tell(trackingFocusStatus={"trackingFocusStatus": "Not Tracking"}),
    )
    let_go, answers = api.handlers[method], [LinkLost("gone")]
    api.handlers[method] = lambda: answers.pop() if answers else let_go()
    async with camera_on(api) as camera, asyncio.timeout(5):
        await hold(camera.focus)
        await release(camera.focus)
        assert len(api.called(method)) == 2
    assert len(api.called(method)) == 2


async def test_a_touched_place_is_sent_in_percent() -> None:
    api = ApiDouble()
    api.handlers["setTouchAFPosition"] = lambda x, y: [0, {"AFResult": True, "AFType": "Touch"}]
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert (await camera.focus.touch(0.25, 1 / 3)).focused is True
    assert api.called("setTouchAFPosition") == [(25.0, 33.33)]


async def test_what_is_still_held_is_let_go_when_the_camera_is_left() -> None:
    api = ApiDouble()
    focusing(api, "Focused")
    api.handlers["setTouchAFPosition"] = lambda x, y: [0, {"AFResult": True, "AFType": "Touch"}]
    api.handlers["cancelTouchAFPosition"] = list
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.half_press()
        await camera.focus.touch(0.5, 0.5)
    assert len(api.called("cancelHalfPressShutter")) == 1
    assert len(api.called("cancelTouchAFPosition")) == 1


async def test_a_touch_that_takes_too_long_is_given_up_on_the_camera() -> None:
    api = ApiDouble()
    api.handlers["setTouchAFPosition"] = lambda x, y: api.refuse(2, "Timeout", "setTouchAFPosition")
    api.handlers["cancelTouchAFPosition"] = list
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CameraBusy):
            await camera.focus.touch(0.5, 0.5)
    assert len(api.called("cancelTouchAFPosition")) == 1


async def test_a_touch_whose_answer_was_lost_is_given_up_on_the_camera() -> None:
    api = ApiDouble()
    api.handlers["setTouchAFPosition"] = lambda x, y: LinkLost("gone")
    api.handlers["cancelTouchAFPosition"] = list
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(LinkLost):
            await camera.focus.touch(0.5, 0.5)
        assert len(api.called("cancelTouchAFPosition")) == 1


async def test_a_cancelled_touch_is_given_up_on_the_camera() -> None:
    api = ApiDouble()

    async def focusing_for_long(x: float, y: float) -> list[object]:
        await asyncio.Event().wait()
        return []

    api.handlers["setTouchAFPosition"] = focusing_for_long
    api.handlers["cancelTouchAFPosition"] = list
    async with camera_on(api) as camera, asyncio.timeout(5):
        touching = asyncio.create_task(camera.focus.touch(0.5, 0.5))
        await api.until_called("setTouchAFPosition")
        touching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await touching
    assert len(api.called("cancelTouchAFPosition")) == 1


@pytest.mark.parametrize("place", [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
async def test_a_place_outside_the_picture_is_refused(place: tuple[float, float]) -> None:
    api = ApiDouble()
    async with camera_on(api) as camera:
        with pytest.raises(InvalidValue, match="outside the picture"):
            await camera.focus.touch(*place)
    assert api.called("setTouchAFPosition") == []
