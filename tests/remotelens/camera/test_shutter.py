from __future__ import annotations

import asyncio
from typing import Any

import pytest

from remotelens.camera.evidence import CaptureUnknown, Outcome
from remotelens.errors import (
    CameraBusy,
    CaptureFailed,
    CardFull,
    ConnectFailed,
    InvalidValue,
    LinkLost,
    LinkTimeout,
    NotAvailableNow,
    RemoteProtocolError,
)
from tests.remotelens.camera.answers import NO_CARD, card, listed
from tests.remotelens.camera.double import URL, ApiDouble, camera_on
from tests.remotelens.library.clocks import SkippingClock

OTHER_URL = "http://10.0.0.1:60152/pict140202_0044420002.JPG"


def taken(*urls: str) -> list[dict[str, Any]]:
    return [{"takePictureUrl": list(urls), "type": "takePicture"}]


async def test_a_capture_asks_for_the_original_and_gives_its_proof() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture()
    assert [file.url for file in shot.files] == [URL]
    assert shot.files[0].kind == "original"
    assert api.called("setPostviewImageSize") == [("Original",)]
    assert shot.on_card is True
    assert shot.clock_trusted
    assert shot.requested["iso"] == "AUTO"
    assert shot.requested["exposure_mode"] == "Program Auto"
    assert shot.camera == "qx"
    assert shot.path is None
    assert shot.to_dict()["actual"] is None
    assert shot.answered_s >= 0


async def test_a_postview_is_taken_only_when_asked_for() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture(size="postview")
        assert api.called("setPostviewImageSize") == []
        assert shot.files[0].kind == "postview"
        with pytest.raises(InvalidValue, match="size cannot be huge"):
            await camera.capture(size="huge")


async def test_the_size_is_asked_for_again_when_it_is_refused_right_after_a_picture() -> None:
    api = ApiDouble()
    accept = api.handlers["setPostviewImageSize"]
    refusals = [api.refuse(1, "Not Available Now"), api.refuse(40401)]
    api.handlers["setPostviewImageSize"] = lambda value: refusals.pop() if refusals else accept(value)
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.capture()
    assert len(api.called("setPostviewImageSize")) == 3


async def test_a_capture_waits_until_the_camera_is_idle() -> None:
    api = ApiDouble()
    api.slots["cameraStatus"] = {"cameraStatus": "StillSaving", "type": "cameraStatus"}
    async with camera_on(api) as camera, asyncio.timeout(5):
        capturing = asyncio.create_task(camera.capture())
        await asyncio.sleep(0)
        assert api.called("actTakePicture") == []
        api.tell_status("IDLE")
        await capturing
    assert len(api.called("actTakePicture")) == 1


async def test_a_second_capture_at_once_is_refused_clearly() -> None:
    api = ApiDouble()
    release = asyncio.Event()

    async def slow() -> list[Any]:
        await release.wait()
        return [[URL]]

    api.handlers["actTakePicture"] = slow
    async with camera_on(api) as camera, asyncio.timeout(5):
        first = asyncio.create_task(camera.capture())
        await api.until_called("actTakePicture")
        with pytest.raises(CameraBusy, match="being taken already"):
            await camera.capture()
        release.set()
        await first
    assert len(api.called("actTakePicture")) == 1


async def test_a_long_exposure_is_awaited() -> None:
    api = ApiDouble()
    answers: list[Any] = [api.refuse(40403), api.refuse(40403), [[URL]]]
    api.handlers["actTakePicture"] = lambda: api.refuse(40403, "Not Finished")
    api.handlers["awaitTakePicture"] = lambda: answers.pop(0)
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture()
    assert shot.files[0].url == URL
    assert len(api.called("actTakePicture")) == 1
    assert len(api.called("awaitTakePicture")) == 3


async def test_a_camera_that_is_not_ready_yet_is_asked_again() -> None:
    api = ApiDouble()
    answers: list[Any] = [api.refuse(40401), [[URL]]]
    api.handlers["actTakePicture"] = lambda: answers.pop(0)
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.capture()
    assert len(api.called("actTakePicture")) == 2


async def test_a_picture_taken_in_spite_of_the_refusal_is_not_taken_twice() -> None:
    api = ApiDouble()

    def refuse_and_take() -> Exception:
        api.change_silently(takePicture=taken(URL))
        return api.refuse(40401)

    api.handlers["actTakePicture"] = refuse_and_take
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture()
    assert shot.files[0].url == URL
    assert len(api.called("actTakePicture")) == 1


async def test_a_lost_answer_is_made_good_by_the_camera_s_events() -> None:
    api = ApiDouble()
    api.slots["takePicture"] = taken(OTHER_URL)

    def lose() -> Exception:
        api.change_silently(takePicture=taken(OTHER_URL, URL), storageInformation=[card(873)])
        return LinkLost("the connection broke")

    api.handlers["actTakePicture"] = lose
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture()
    assert [file.url for file in shot.files] == [URL]
    assert len(api.called("actTakePicture")) == 1


async def test_a_lost_answer_is_made_good_by_await_take_picture() -> None:
    api = ApiDouble()

    def lose() -> Exception:
        api.change_silently(storageInformation=[card(873)])
        return LinkTimeout("no answer")

    api.handlers["actTakePicture"] = lose
    api.handlers["awaitTakePicture"] = lambda: [[URL]]
    async with camera_on(api) as camera, asyncio.timeout(5):
        shot = await camera.capture()
    assert shot.files[0].url == URL


async def test_a_lost_answer_without_a_picture_says_that_none_was_taken() -> None:
    api = ApiDouble()
    api.handlers["actTakePicture"] = lambda: LinkLost("the connection broke")
    api.handlers["awaitTakePicture"] = lambda: api.refuse(1, "StillShootingNotCalled")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(LinkLost, match="no picture was taken") as caught:
            await camera.capture()
    assert not isinstance(caught.value, CaptureUnknown)
    assert len(api.called("actTakePicture")) == 1


async def test_a_picture_whose_address_is_lost_is_told_as_taken() -> None:
    api = ApiDouble()

    def lose() -> Exception:
        api.change_silently(storageInformation=[card(873)])
        return LinkLost("the connection broke")

    api.handlers["actTakePicture"] = lose
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureUnknown, match="its address is lost") as caught:
            await camera.capture()
    assert caught.value.finding.outcome is Outcome.TAKEN


async def test_a_lost_answer_that_nothing_explains_is_called_unknown() -> None:
    api = ApiDouble()
    api.slots["storageInformation"] = [NO_CARD]
    api.handlers["actTakePicture"] = lambda: LinkLost("the connection broke")
    api.handlers["awaitTakePicture"] = lambda: api.refuse(1, "StillShootingNotCalled")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureUnknown, match="not known") as caught:
            await camera.capture()
    assert caught.value.finding.outcome is Outcome.UNKNOWN
    assert caught.value.exit_code == 4


async def test_noise_while_a_picture_is_looked_for_is_listened_past() -> None:
    api = ApiDouble()
    noise = [RemoteProtocolError("noise"), RemoteProtocolError("noise")]

    def events() -> None:
        if noise:
            raise noise.pop()

    def lose() -> Exception:
        api.tell(takePicture=taken(URL))
        api.handlers["getEvent"] = events
        return LinkLost("the connection broke")

    api.handlers["actTakePicture"] = lose
    async with camera_on(api) as camera, asyncio.timeout(5):
        assert [file.url for file in (await camera.capture()).files] == [URL]
    assert not noise


@pytest.mark.parametrize("trouble", [ConnectFailed("nobody answers"), RemoteProtocolError("noise")])
async def test_a_camera_that_does_not_come_back_leaves_the_outcome_unknown(trouble: Exception) -> None:
    api = ApiDouble()
    clock = SkippingClock()

    def lose() -> Exception:
        def gone() -> None:
            raise trouble

        api.handlers["getEvent"] = gone
        return LinkLost("the connection broke")

    api.handlers["actTakePicture"] = lose
    async with camera_on(api, clock=clock) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureUnknown, match="could not be asked"):
            await camera.capture()


async def test_a_camera_that_refuses_the_connection_has_taken_nothing() -> None:
    api = ApiDouble()
    api.handlers["actTakePicture"] = lambda: ConnectFailed("nobody answers")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(ConnectFailed):
            await camera.capture()


async def test_a_full_card_is_told_before_the_shutter_is_asked() -> None:
    api = ApiDouble()
    api.slots["storageInformation"] = [card(0)]
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CardFull):
            await camera.capture()
    assert api.called("actTakePicture") == []


async def test_a_failed_capture_is_told_as_that() -> None:
    api = ApiDouble()
    api.handlers["actTakePicture"] = lambda: api.refuse(40400, "Shooting Failed")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureFailed):
            await camera.capture()


@pytest.mark.parametrize(
    ("kind", "entry", "words"),
    [
        ("shootMode", listed("ShootMode", "movie", ["still", "movie"]), "shoot_mode=movie"),
        ("shutterSpeed", listed("ShutterSpeed", "BULB", ["BULB", "1/60"]), "shutter_speed=BULB"),
    ],
)
async def test_a_mode_that_takes_no_single_picture_is_refused(kind: str, entry: Any, words: str) -> None:
    api = ApiDouble()
    api.slots[kind] = entry
    api.slots["availableApiList"]["names"].append("getShutterSpeed")
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(NotAvailableNow, match=words):
            await camera.capture()
    assert api.called("actTakePicture") == []


async def test_half_press_focuses_first_and_is_let_go_afterwards() -> None:
    api = ApiDouble()
    api.handlers["actHalfPressShutter"] = lambda: api.tell_focus("Focused")
    api.handlers["cancelHalfPressShutter"] = lambda: api.tell_focus("Not Focusing")
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.capture(half_press=True)
    order = [call[0] for call in api.calls if "Shutter" in call[0] or "Picture" in call[0]]
    assert order == ["actHalfPressShutter", "actTakePicture", "cancelHalfPressShutter"]


async def test_without_focus_no_picture_is_taken_and_the_button_is_let_go() -> None:
    api = ApiDouble()
    api.handlers["actHalfPressShutter"] = lambda: api.tell_focus("Failed")
    api.handlers["cancelHalfPressShutter"] = lambda: []
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(CaptureFailed, match="no focus"):
            await camera.capture(half_press=True)
    assert api.called("actTakePicture") == []
    assert len(api.called("cancelHalfPressShutter")) == 1


async def test_cancelling_a_capture_lets_the_half_pressed_button_go() -> None:
    api = ApiDouble()
    api.handlers["actHalfPressShutter"] = lambda: api.tell_focus("Focused")
    api.handlers["cancelHalfPressShutter"] = lambda: []
    api.handlers["actTakePicture"] = lambda: asyncio.Event().wait()
    async with camera_on(api) as camera, asyncio.timeout(5):
        capturing = asyncio.create_task(camera.capture(half_press=True))
        await api.until_called("actTakePicture")
        capturing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await capturing
        assert len(api.called("cancelHalfPressShutter")) == 1
        api.handlers["actTakePicture"] = lambda: [[URL]]
        await camera.capture()


async def test_a_camera_whose_clock_is_locked_still_takes_pictures() -> None:
    api = ApiDouble()
    api.handlers["setCurrentTime"] = lambda _: api.refuse(403, "setCurrentTime", "setCurrentTime")
    async with camera_on(api) as camera, asyncio.timeout(5):
        shots = [await camera.capture(), await camera.capture()]
    assert [shot.clock_trusted for shot in shots] == [False, False]
    assert len(api.called("setCurrentTime")) == 1
    assert shots[0].id != shots[1].id
