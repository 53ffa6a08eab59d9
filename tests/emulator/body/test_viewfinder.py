"""The live view: its size, its pace, and when there is none. Source: protocol/wifi.md 8."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import pytest
from PIL import Image

from emulator.body.refusals import NotLive
from remotelens.protocol.wifi.liveview import FocusCategory, FocusFrame
from tests.emulator.body.rig import rig
from tests.recordings import need


@pytest.mark.parametrize(
    ("model", "size"), [("DSC-QX10", (640, 480)), ("DSC-QX100", (640, 480)), ("ILCE-QX1", (640, 424))]
)
async def test_frames_have_the_models_size_and_stay_in_its_file_size(
    model: str, size: tuple[int, int]
) -> None:
    async with rig(model) as camera:
        smallest, largest = camera.body.profile.liveview.jpeg_bytes
        for _ in range(3):
            frame = await camera.body.viewfinder.frame()
            await camera.clock.advance(0.4)
            assert Image.open(io.BytesIO(frame.jpeg)).size == size
            assert smallest - 128 <= len(frame.jpeg) <= largest
            assert frame.jpeg.startswith(b"\xff\xd8\xff\xdb")
            assert frame.jpeg.endswith(b"\xff\xd9")
            assert frame.orientation == "0"


async def test_movies_are_seen_in_their_shape() -> None:
    async with rig("DSC-QX10") as camera:
        await camera.set("ShootMode", "movie")
        frame = await camera.body.viewfinder.frame()
        assert Image.open(io.BytesIO(frame.jpeg)).size == (640, 360)


async def test_the_pace_is_the_recorded_one() -> None:
    frames = json.loads(need("transcripts", "qx100_liveview_headers.tsar.json").read_text())["frames"]
    stamps = [frame[3] for frame in frames]
    async with rig("DSC-QX100") as camera:
        gaps = [camera.body.viewfinder.gap_s(n) for n in range(len(stamps) - 1)]
    assert gaps == pytest.approx([(b - a) / 1000 for a, b in pairwise(stamps)])
    assert len(gaps) / sum(gaps) == pytest.approx(13.7, abs=0.1)


async def test_frames_come_slower_while_a_picture_is_taken() -> None:
    async with rig("DSC-QX10") as camera:
        task = camera.begin("actTakePicture")
        await camera.until("StillCapturing")
        assert min(camera.body.viewfinder.gap_s(n) for n in range(138)) == 0.09
        await camera.done(task)


async def test_focus_frames_come_when_they_were_asked_for_and_something_is_in_focus() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("setLiveviewFrameInfo", {"frameInfo": True})
        assert await camera.call("getLiveviewFrameInfo") == [{"frameInfo": True}]
        assert (await camera.body.viewfinder.frame()).focus_frames == ()
        await camera.call("actHalfPressShutter")
        await camera.clock.advance(2.0)
        (frame,) = (await camera.body.viewfinder.frame()).focus_frames
        assert isinstance(frame, FocusFrame)
        assert frame.category == FocusCategory.CONTRAST_AF
        assert 0 <= frame.left < frame.right <= 10_000
        await camera.call("setLiveviewFrameInfo", {"frameInfo": False})


async def test_there_is_no_live_view_when_off_or_while_the_card_is_read_out() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.call("startLiveview")
        await camera.set("CameraFunction", "Contents Transfer")
        assert not camera.body.viewfinder.running
        with pytest.raises(NotLive):
            await camera.body.viewfinder.frame()
        await camera.body.power_off()
        with pytest.raises(NotLive):
            await camera.body.viewfinder.frame()


async def test_a_large_live_view_is_larger() -> None:
    async with rig("SONY-FULL") as camera:
        await camera.call("startLiveviewWithSize", "L")
        assert await camera.call("getLiveviewSize") == ["L"]
        frame = await camera.body.viewfinder.frame()
        assert Image.open(io.BytesIO(frame.jpeg)).size == (1024, 680)
        assert await camera.error("startLiveviewWithSize", "XL") == (3, "Illegal Argument")
        assert camera.body.viewfinder.gap_s(5) == pytest.approx(1 / 30, abs=1e-5)
