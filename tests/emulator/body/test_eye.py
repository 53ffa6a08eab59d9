"""The live view: size, pace, what it shows. Source: protocol/wifi.md 8; imaging.md A5, A6."""

from __future__ import annotations

import hashlib
import io
import json
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from emulator.body.camera import NotLive
from emulator.world.frames import forget_frames
from remotelens.protocol.wifi.liveview import FocusCategory, FocusFrame
from tests.emulator.body.rig import Rig, picture_of, rig
from tests.recordings import need


async def picture(camera: Rig) -> NDArray[np.float64]:
    """Return a live frame in linear light, 0 to 1."""
    frame = await camera.body.live_frame()
    coded = np.asarray(Image.open(io.BytesIO(frame.jpeg)), dtype=np.float64) / 255
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4))


@pytest.mark.parametrize(
    ("model", "size"), [("DSC-QX10", (640, 480)), ("DSC-QX100", (640, 480)), ("ILCE-QX1", (640, 424))]
)
async def test_frames_have_the_models_size_and_stay_in_its_file_size(
    model: str, size: tuple[int, int]
) -> None:
    async with rig(model) as camera:
        smallest, largest = camera.body.profile.liveview.jpeg_bytes
        for _ in range(3):
            frame = await camera.body.live_frame()
            await camera.clock.advance(0.4)
            assert Image.open(io.BytesIO(frame.jpeg)).size == size
            assert smallest - 128 <= len(frame.jpeg) <= largest
            assert frame.jpeg.startswith(b"\xff\xd8\xff\xdb")
            assert frame.jpeg.endswith(b"\xff\xd9")
            assert frame.orientation == "0"


async def test_movies_are_seen_in_their_shape() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("ShootMode", "movie")
        frame = await camera.body.live_frame()
        assert Image.open(io.BytesIO(frame.jpeg)).size == (640, 360)


async def test_the_pace_is_the_recorded_one() -> None:
    frames = json.loads(need("transcripts", "qx100_liveview_headers.tsar.json").read_text())["frames"]
    stamps = [frame[3] for frame in frames]
    async with rig("DSC-QX100") as camera:
        gaps = [camera.body.live_gap_s(n) for n in range(len(stamps) - 1)]
    assert gaps == pytest.approx([(b - a) / 1000 for a, b in pairwise(stamps)])
    assert len(gaps) / sum(gaps) == pytest.approx(13.7, abs=0.1)


async def test_frames_come_slower_while_a_picture_is_taken() -> None:
    async with rig("DSC-QX10") as camera:
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        assert min(camera.body.live_gap_s(n) for n in range(138)) == 0.09
        await camera.done(task)


async def test_the_scene_moves_and_the_same_moment_is_seen_once() -> None:
    async with rig("DSC-QX10") as camera:
        first = await camera.body.live_frame()
        assert (await camera.body.live_frame()).jpeg is first.jpeg
        before = await picture(camera)
        await camera.clock.advance(1.0)
        after = await picture(camera)
        changed = np.abs(after - before).max(axis=2) > 0.1
        assert changed.mean() > 0.001


async def test_one_stop_more_is_twice_the_light() -> None:
    async with rig("DSC-QX10", scene_name="flat") as camera:
        await camera.set("ExposureMode", "Program Auto")
        normal = (await picture(camera)).mean()
        await camera.set("ExposureCompensation", -3)
        darker = (await picture(camera)).mean()
        assert 1.8 < normal / darker < 2.2


async def test_a_shutter_speed_beyond_the_iris_darkens_the_picture() -> None:
    async with rig("ILCE-QX1", scene_name="flat") as camera:
        await camera.set("ExposureMode", "Shutter")
        await camera.set("IsoSpeedRate", "100")
        await camera.set("ShutterSpeed", "1/4000")
        fast = (await picture(camera)).mean()
        await camera.set("ShutterSpeed", "1/2000")
        assert 1.8 < (await picture(camera)).mean() / fast < 2.2


async def test_focus_frames_come_when_they_were_asked_for_and_something_is_in_focus() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("setLiveviewFrameInfo", {"frameInfo": True})
        assert await camera.call("getLiveviewFrameInfo") == [{"frameInfo": True}]
        assert (await camera.body.live_frame()).focus_frames == ()
        await camera.call("actHalfPressShutter")
        await camera.clock.advance(2.0)
        (frame,) = (await camera.body.live_frame()).focus_frames
        assert isinstance(frame, FocusFrame)
        assert frame.category == FocusCategory.CONTRAST_AF
        assert 0 <= frame.left < frame.right <= 10_000
        await camera.call("setLiveviewFrameInfo", {"frameInfo": False})


async def test_there_is_no_live_view_when_off_or_while_the_card_is_read_out() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("startLiveview")
        await camera.set("CameraFunction", "Contents Transfer")
        assert not camera.body.liveview_running
        with pytest.raises(NotLive):
            await camera.body.live_frame()
        await camera.body.power_off()
        with pytest.raises(NotLive):
            await camera.body.live_frame()


async def test_a_large_live_view_is_larger() -> None:
    async with rig("SONY-FULL") as camera:
        await camera.call("startLiveviewWithSize", "L")
        assert await camera.call("getLiveviewSize") == ["L"]
        frame = await camera.body.live_frame()
        assert Image.open(io.BytesIO(frame.jpeg)).size == (1024, 680)
        assert await camera.error("startLiveviewWithSize", "XL") == (3, "Illegal Argument")
        assert camera.body.live_gap_s(5) == pytest.approx(1 / 30, abs=1e-5)


async def test_while_nothing_changes_a_few_frames_come_over_and_over() -> None:
    async with rig("DSC-QX10", scene_name="chart") as camera:
        await camera.body.live_frame()
        await camera.clock.advance(20.0)  # the light meter rests

        async def seen(count: int) -> list[bytes]:
            frames = []
            for _ in range(count):
                await camera.clock.advance(1 / 30)
                frames.append((await camera.body.live_frame()).jpeg)
            return frames

        still = await seen(48)
        assert 12 <= len(set(still)) <= 17
        assert set(await seen(16)) <= set(still)
        camera.body.lens.focus_at(0.5)
        assert not set(await seen(16)) & set(still)
    async with rig("DSC-QX10", scene_name="bench") as camera:
        moving = [camera.body.live_frame() for _ in range(2)]
        first = (await moving[0]).jpeg
        await camera.clock.advance(16 / 30)
        assert (await moving[1]).jpeg != first


@pytest.mark.parametrize("scene_name", ["bench", "chart", "room", "street"])
async def test_same_seed_clock_and_commands_give_the_same_bytes(scene_name: str) -> None:
    async def run(looks: tuple[float, ...]) -> list[str]:
        async with rig("DSC-QX100", seed=3, scene_name=scene_name) as camera:
            await camera.call("actZoom", "in", "1shot")
            seen = []
            for gap_s in looks:
                await camera.clock.advance(gap_s)
                seen.append(hashlib.sha256((await camera.body.live_frame()).jpeg).hexdigest())
            await camera.set("ExposureMode", "Program Auto")
            await camera.set("IsoSpeedRate", "400")
            image = await picture_of(camera, await camera.take())
            return [*seen, hashlib.sha256(image.tobytes()).hexdigest()]

    looks = (0.5, 1.0, 3.0, 1 / 30, 1 / 30)
    first = await run(looks)
    forget_frames()
    assert await run(looks) == first
    assert len(set(first)) == len(first)
