"""What the camera sees, by its live view. Source: imaging.md A5, A6."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from emulator.world.frames import forget_frames
from tests.emulator.body.rig import Rig, picture_of, rig


async def picture(camera: Rig) -> NDArray[np.float64]:
    """Return a live frame in linear light, 0 to 1."""
    frame = await camera.body.viewfinder.frame()
    coded = np.asarray(Image.open(io.BytesIO(frame.jpeg)), dtype=np.float64) / 255
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4))


async def test_the_scene_moves_and_the_same_moment_is_seen_once() -> None:
    async with rig("DSC-QX10") as camera:
        first = await camera.body.viewfinder.frame()
        assert (await camera.body.viewfinder.frame()).jpeg is first.jpeg
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


async def test_while_nothing_changes_a_few_frames_come_over_and_over() -> None:
    async with rig("DSC-QX10", scene_name="chart") as camera:
        await camera.body.viewfinder.frame()
        await camera.clock.advance(20.0)  # the light meter rests

        async def seen(count: int) -> list[bytes]:
            frames = []
            for _ in range(count):
                await camera.clock.advance(1 / 30)
                frames.append((await camera.body.viewfinder.frame()).jpeg)
            return frames

        still = await seen(48)
        assert 12 <= len(set(still)) <= 17
        assert set(await seen(16)) <= set(still)
        camera.body.lens.focus_at(0.5)
        assert not set(await seen(16)) & set(still)
    async with rig("DSC-QX10", scene_name="bench") as camera:
        moving = [camera.body.viewfinder.frame() for _ in range(2)]
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
                seen.append(hashlib.sha256((await camera.body.viewfinder.frame()).jpeg).hexdigest())
            await camera.set("ExposureMode", "Program Auto")
            await camera.set("IsoSpeedRate", "400")
            image = await picture_of(camera, await camera.take())
            return [*seen, hashlib.sha256(image.tobytes()).hexdigest()]

    looks = (0.5, 1.0, 3.0, 1 / 30, 1 / 30)
    first = await run(looks)
    forget_frames()
    assert await run(looks) == first
    assert len(set(first)) == len(first)
