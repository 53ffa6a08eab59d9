"""A camera's abilities on an emulated camera of each family, over real sockets."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest
from PIL import Image

from remotelens.camera import holding
from remotelens.camera.shot import Shot
from remotelens.errors import (
    CameraBusy,
    CardFull,
    ContentGone,
    DiskFull,
    InvalidValue,
    LinkError,
    LinkLost,
    NotAvailableNow,
    NotSupported,
    RemoteProtocolError,
)
from tests.remotelens.camera.emulated import MODELS, emulated
from tests.remotelens.library.clocks import HurriedClock
from tests.remotelens.library.test_fetch import names

QX10, QX1 = MODELS
each_family = pytest.mark.parametrize("model", MODELS)


@pytest.mark.parametrize(("model", "width", "height"), [(QX10, 4896, 3672), (QX1, 5456, 3632)])
async def test_the_original_lands_on_disk_in_full_size_with_its_exif(
    tmp_path: Path, model: str, width: int, height: int
) -> None:
    async with emulated(model, still_scale=1) as pair:
        shot = await (await pair.camera.capture(half_press=True)).download(tmp_path)
    (file,) = shot.files
    assert (file.kind, file.width, file.height) == ("original", width, height)
    assert file.path is not None
    assert names(tmp_path) == [file.path.name]
    content = file.path.read_bytes()
    assert (file.size_bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with Image.open(file.path) as picture:
        assert picture.size == (width, height)
        assert picture.getexif()[0x0110] == model.partition("@")[0]
        assert picture.getexif().get_ifd(0x8769)[0x829A]
    assert shot.actual is not None
    assert {"shutter_speed", "f_number", "iso", "ev"} <= set(shot.actual)
    assert shot.on_card is True
    assert shot.clock_trusted
    assert shot.saved_s is not None
    assert shot.saved_s > shot.answered_s


@each_family
async def test_a_capture_counts_down_the_card_and_is_counted_once(model: str) -> None:
    async with emulated(model) as pair:
        before = pair.camera.state.storage[0].images_left
        first, second = await pair.camera.capture(), await pair.camera.capture()
        state = await pair.camera.wait_idle()
        assert before is not None
        assert (await pair.camera.refresh()).storage[0].images_left == before - 2
    assert state.idle
    assert first.files[0].url != second.files[0].url
    assert first.id != second.id
    assert pair.calls("actTakePicture") == 2


@each_family
async def test_a_postview_is_smaller_than_the_original(tmp_path: Path, model: str) -> None:
    async with emulated(model, still_scale=1) as pair:
        shot = await (await pair.camera.capture(size="postview")).download(tmp_path)
    assert shot.files[0].kind == "postview"
    assert shot.files[0].width is not None
    assert 1000 < shot.files[0].width < 2000


@each_family
async def test_two_captures_at_once_are_refused_clearly(model: str) -> None:
    async with emulated(model) as pair:
        results = await asyncio.gather(pair.camera.capture(), pair.camera.capture(), return_exceptions=True)
    refused = [result for result in results if isinstance(result, CameraBusy)]
    assert len([result for result in results if isinstance(result, Shot)]) == 1
    assert len(refused) == 1
    assert "being taken already" in refused[0].message
    assert pair.calls("actTakePicture") == 1


@each_family
async def test_live_view_frames_are_complete_pictures(model: str) -> None:
    async with emulated(model, speed=1) as pair:
        sequences = []
        async for frame in pair.camera.live_view(frame_info=True):
            assert frame.jpeg.startswith(b"\xff\xd8")
            assert frame.jpeg.endswith(b"\xff\xd9")
            sequences.append(frame.sequence)
            if len(sequences) == 3:
                break
    assert sequences == sorted(set(sequences))


@each_family
async def test_leaving_the_live_view_stops_it_on_the_camera(model: str) -> None:
    async with emulated(model) as pair:
        async with pair.camera.live_view() as frames:
            await anext(aiter(frames))
            assert pair.device.body.viewfinder.running
        assert not pair.device.body.viewfinder.running
        assert pair.calls("stopLiveview") == 1


@each_family
async def test_cancelling_the_live_view_stops_it_on_the_camera(model: str) -> None:
    async with emulated(model) as pair:
        seen = asyncio.Event()

        async def watch() -> None:
            async for _ in pair.camera.live_view():
                seen.set()

        watching = asyncio.create_task(watch())
        await seen.wait()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        async for state in pair.camera.subscribe():
            if state.live_view is False:
                break
        assert not pair.device.body.viewfinder.running


@each_family
async def test_leaving_the_camera_stops_a_live_view_that_is_still_watched(model: str) -> None:
    async with emulated(model) as pair:
        watching = aiter(pair.camera.live_view())
        await anext(watching)
        await pair.camera.close()
        assert not pair.device.body.viewfinder.running
        assert len([frame async for frame in watching]) <= 1  # the one that was on its way


@each_family
async def test_a_capture_during_the_live_view_leaves_it_running(model: str) -> None:
    async with emulated(model) as pair, pair.camera.live_view() as frames:
        views = aiter(frames)
        await anext(views)
        await pair.camera.capture()
        before = (await anext(views)).sequence
        assert (await anext(views)).sequence != before


@each_family
async def test_half_press_finds_focus_and_lets_go(model: str) -> None:
    async with emulated(model) as pair:
        result = await pair.camera.half_press()
        assert (result.focused, result.status) == (True, "Focused")
        assert pair.device.body.focus_status == "Focused"
        await pair.camera.focus.release()
        assert pair.device.body.focus_status == "Not Focusing"


@each_family
async def test_settings_are_changed_and_seen(model: str) -> None:
    async with emulated(model) as pair:
        camera = pair.camera
        await camera.set("exposure_mode", "program auto")
        assert (await camera.set("ev", "+1")).value == 1.0
        assert (await camera.set("iso", "ISO 400")).value == "400"
        assert (await camera.set("white_balance", "daylight")).value == "Daylight"
        assert (await camera.set("self_timer", "2")).value == 2
        assert (await camera.set("beep", "off")).value == "Off"
        size = camera.settings["still_size"].candidates[1]
        assert (await camera.set("still_size", size)).value == size
        with pytest.raises(InvalidValue) as caught:
            await camera.set("iso", 123)
        assert caught.value.remedy is not None
        assert "400" in caught.value.remedy
        with pytest.raises((NotAvailableNow, NotSupported), match="f_number"):
            await camera.set("f_number", "5.6")


async def test_a_qx1_s_exposure_is_chosen_as_photographers_write_it(tmp_path: Path) -> None:
    async with emulated(QX1) as pair:
        camera = pair.camera
        await camera.set("exposure_mode", "Shutter")
        assert (await camera.exposure.shutter_speed.set("1/250")).value == "1/250"
        assert not camera.exposure.f_number.writable
        await camera.set("exposure_mode", "Aperture")
        assert (await camera.exposure.f_number.set("f/8")).value in {"8", "8.0"}
        shot = await (await camera.capture()).download(tmp_path)
        assert shot.requested["f_number"] in {"8", "8.0"}
        assert shot.actual is not None
        assert shot.actual["f_number"] == "8"
        assert (await camera.white_balance.temperature.set(5600)).value == 5600
        assert camera.white_balance.mode.value == "Color Temperature"


async def test_a_qx10_has_no_setting_that_it_does_not_tell() -> None:
    async with emulated(QX10) as pair:
        assert {"f_number", "shutter_speed", "drive", "flash", "zoom_setting"}.isdisjoint(
            pair.camera.settings
        )
        assert pair.camera.state.battery_ratio is None
        with pytest.raises(NotSupported):
            await pair.camera.set("flash", "on")


async def test_a_qx1_tells_its_battery() -> None:
    async with emulated(QX1) as pair:
        assert pair.camera.state.battery_ratio is not None


async def test_the_zoom_of_a_qx10_comes_near_where_it_is_sent() -> None:
    async with emulated(QX10, speed=2) as pair:
        reached = await pair.camera.zoom.to(60)
        assert abs(reached - 60) <= 12
        assert pair.camera.zoom.position == reached
        assert await pair.camera.zoom.to(0) == 0


@each_family
async def test_the_state_follows_the_camera_s_own_button(model: str) -> None:
    async with emulated(model) as pair, asyncio.timeout(20):
        states = pair.camera.subscribe()
        left = (await anext(states)).storage[0].images_left
        pair.device.body.press("full")
        async for state in states:
            if state.storage[0].images_left != left and state.idle:
                break
        pair.device.body.release("full")
        assert left is not None
        assert state.storage[0].images_left == left - 1


@each_family
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("contents:truncate=3000", LinkError),
        ("contents:reset=3000", LinkError),
        ("contents:shorten=3000", RemoteProtocolError),
        ("contents:garbage", RemoteProtocolError),
        ("contents:oversize=1000000000", RemoteProtocolError),
    ],
)
async def test_a_picture_that_never_arrives_whole_leaves_no_file(
    tmp_path: Path, model: str, fault: str, error: type[Exception]
) -> None:
    async with emulated(model, faults=[fault], clock=HurriedClock()) as pair:
        shot = await pair.camera.capture()
        with pytest.raises(error):
            await shot.download(tmp_path)
    assert names(tmp_path) == []


@each_family
@pytest.mark.parametrize("fault", ["truncate=3000", "reset=3000", "shorten=3000", "reset"])
async def test_a_picture_cut_short_once_is_fetched_again(tmp_path: Path, model: str, fault: str) -> None:
    async with emulated(model, faults=[f"contents:{fault},count=1"], clock=HurriedClock()) as pair:
        shot = await (await pair.camera.capture()).download(tmp_path)
    assert shot.path is not None
    with Image.open(shot.path) as picture:
        picture.load()
    assert names(tmp_path) == [shot.path.name]


@each_family
async def test_a_full_disk_keeps_the_picture_on_the_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async with emulated(model) as pair:
        shot = await pair.camera.capture()
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(DiskFull, match="no room left"):
                await shot.download(tmp_path)
        assert names(tmp_path) == []
        assert (await shot.download(tmp_path)).path is not None


async def test_a_picture_replaced_by_the_next_one_is_gone(tmp_path: Path) -> None:
    async with emulated(QX1) as pair:  # family B serves the latest only
        first = await pair.camera.capture()
        await pair.camera.capture()
        with pytest.raises(ContentGone):
            await first.download(tmp_path)
    assert names(tmp_path) == []


@each_family
async def test_a_full_card_is_told_before_the_shutter_is_asked(model: str) -> None:
    async with emulated(model) as pair:
        pair.device.body.card.full = True
        await pair.camera.refresh()
        with pytest.raises(CardFull):
            await pair.camera.capture()
        assert pair.calls("actTakePicture") == 0


async def test_without_a_card_the_picture_is_only_on_its_way(tmp_path: Path) -> None:
    async with emulated(QX10) as pair:
        pair.device.body.card.present = False
        await pair.camera.refresh()
        shot = await (await pair.camera.capture()).download(tmp_path)
        assert shot.on_card is False
        assert shot.path is not None


@each_family
async def test_a_camera_not_ready_for_a_moment_takes_one_picture(model: str) -> None:
    async with emulated(model, faults=["rpc:error=40401,match=actTakePicture,count=2"]) as pair:
        before = pair.camera.state.storage[0].images_left
        await pair.camera.capture()
        assert before is not None
        assert (await pair.camera.refresh()).storage[0].images_left == before - 1


@each_family
async def test_an_answer_lost_on_the_way_does_not_lose_the_picture(tmp_path: Path, model: str) -> None:
    async with emulated(model, faults=["rpc:reset,match=actTakePicture,count=1"]) as pair:
        before = pair.camera.state.storage[0].images_left
        shot = await (await pair.camera.capture()).download(tmp_path)
        assert before is not None
        assert (await pair.camera.refresh()).storage[0].images_left == before - 1
    assert shot.path is not None
    assert pair.calls("actTakePicture") == 1


@each_family
async def test_a_camera_that_vanishes_during_the_download_leaves_no_file(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "RETURN_LIMIT_S", 0.2)  # for how long it is waited for
    async with emulated(model) as pair:
        shot = await pair.camera.capture()
        await pair.device.close()
        with pytest.raises(LinkError):
            await shot.download(tmp_path)
    assert names(tmp_path) == []


@each_family
async def test_a_camera_that_vanishes_is_told_as_lost_with_a_reason(model: str) -> None:
    async with emulated(model) as pair, asyncio.timeout(20):
        await pair.device.close()
        async for state in pair.camera.subscribe():
            if state.link == "lost":
                break
        assert state.link_reason
        with pytest.raises((LinkLost, LinkError)):
            await pair.camera.capture()


async def test_a_raw_call_gives_the_camera_s_own_values() -> None:
    async with emulated(QX10) as pair:
        assert await pair.camera.call("camera", "getApplicationInfo") == ["Smart Remote Control", "2.1.1"]
        with pytest.raises(NotSupported):
            await pair.camera.call("camera", "startRecMode")


async def test_movies_are_recorded_and_the_mode_is_put_back() -> None:
    async with emulated(QX10) as pair, asyncio.timeout(20):
        async with pair.camera.movie.recorded():
            assert pair.device.body.recording
        assert not pair.device.body.recording
        assert pair.camera.state.value("shoot_mode") == "still"
