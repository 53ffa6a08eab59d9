"""The facade has everything that the method table has, and works on the camera that has everything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from remotelens.camera.camera import Camera
from remotelens.camera.descriptors import BY_NAME
from remotelens.camera.settings import Control
from remotelens.errors import InvalidValue, NotAvailableNow, NotSupported
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.emulated import MODELS, emulated

QX10, QX1 = MODELS
FULL = "SONY-FULL@1.00"
ABILITIES = (
    "exposure", "focus", "zoom", "drive", "white_balance", "movie", "image", "contents", "power", "shutter",
)  # fmt: skip


def controls(camera: Camera) -> dict[str, list[Control]]:
    abilities = {name: getattr(camera, name) for name in ABILITIES}
    return {
        name: [value for value in vars(ability).values() if isinstance(value, Control)]
        for name, ability in abilities.items()
    }


async def test_every_setting_has_its_place_in_one_ability() -> None:
    async with camera_on(ApiDouble()) as camera:
        placed = sorted(one.descriptor.name for found in controls(camera).values() for one in found)
    assert placed == sorted(BY_NAME)


@pytest.mark.parametrize("model", [QX10, QX1, FULL])
async def test_each_control_shows_what_the_camera_offers_and_refuses_what_it_does_not(model: str) -> None:
    async with emulated(model) as pair:
        for found in controls(pair.camera).values():
            for control in found:
                name = control.descriptor.name
                offered = pair.camera.settings.get(name)
                assert control.offered == (offered is not None)
                if offered is None:
                    assert (control.value, control.candidates, control.writable) == (None, (), False)
                    with pytest.raises((NotSupported, NotAvailableNow)):
                        await control.set("1")
                    continue
                assert (control.value, control.candidates) == (offered.value, offered.candidates)
                if control.writable and name != "ev":
                    sent = pair.calls(control.descriptor.set_method)
                    with pytest.raises(InvalidValue):
                        await control.set("nonsense")
                    assert pair.calls(control.descriptor.set_method) == sent


async def test_each_setting_of_the_full_camera_can_be_set_to_each_end_of_its_list() -> None:
    async with emulated(FULL) as pair, asyncio.timeout(60):
        camera = pair.camera
        tried: set[str] = set()
        for mode in ("still", "movie", "intervalstill", "looprec"):
            await camera.set("shoot_mode", mode)
            for name in BY_NAME.keys() - {"shoot_mode", "exposure_mode", *tried}:
                setting = camera.settings.get(name)
                if setting is None or not setting.writable or len(setting.candidates) < 2:
                    continue
                async with camera.settings_guard([name]):
                    for value in (setting.candidates[0], setting.candidates[-1]):
                        told = (await camera.set(name, value)).value
                        assert told == value or (name, told) == ("program_shift", None)
                tried.add(name)
    assert len(tried) >= len(BY_NAME) - 6, BY_NAME.keys() - tried


async def test_the_full_camera_records_in_each_mode_it_has() -> None:
    async with emulated(FULL) as pair, asyncio.timeout(60):
        movie = pair.camera.movie
        for mode in ("movie", "audio", "intervalstill", "looprec"):
            async with movie.recorded(mode):
                assert movie.recording
                assert pair.camera.state.value("shoot_mode") == mode
            assert not movie.recording
        assert pair.camera.state.value("shoot_mode") == "still"
        kinds = [file.kind for file in pair.device.body.card.files]
        assert {"movie", "audio", "still"} <= set(kinds)
        with pytest.raises(InvalidValue, match="nothing is recorded in the shoot mode still"):
            async with movie.recorded("still"):
                raise AssertionError


async def test_the_full_camera_follows_what_it_is_shown() -> None:
    async with emulated(FULL) as pair, asyncio.timeout(60):
        focus = pair.camera.focus
        with pytest.raises(NotAvailableNow, match="tracking focus is not offered now"):
            await focus.track(0.5, 0.5)
        await focus.tracking.set("on")
        assert (await focus.track(0.5, 0.5)).focused
        assert focus.follows
        await focus.release_tracking()
        assert not focus.follows
        with pytest.raises(InvalidValue, match="outside the picture"):
            await focus.track(1.5, 0.5)
        await focus.track(0.5, 0.5)
        focus.keep()
    assert pair.calls("cancelTrackingFocus") == 1


async def test_white_is_measured_where_the_camera_can() -> None:
    async with emulated(FULL) as pair, asyncio.timeout(60):
        white = await pair.camera.white_balance.measure()
        assert white.in_range
        assert 2000 < white.kelvin < 12000
    async with emulated(QX10) as pair:
        with pytest.raises(NotSupported, match="no measuring the white balance"):
            await pair.camera.white_balance.measure()


async def test_the_live_view_comes_in_the_size_asked_for() -> None:
    async with emulated(FULL) as pair, asyncio.timeout(60):
        sizes = []
        for size in ("L", "M"):
            async with pair.camera.live_view(size=size) as frames:
                async for frame in frames:
                    sizes.append(len(frame.jpeg))
                    break
            assert pair.device.body.viewfinder.size == size
        with pytest.raises(InvalidValue, match="no size 'XL'"):
            async with pair.camera.live_view(size="XL"):
                raise AssertionError
    assert sizes[0] != sizes[1]
    async with emulated(QX10) as pair:
        with pytest.raises(NotSupported, match="no choice of live view sizes"):
            async with pair.camera.live_view(size="L"):
                raise AssertionError


async def test_a_card_is_formatted_after_unlocking() -> None:
    async with emulated(QX10) as pair, asyncio.timeout(60):
        camera = pair.camera
        await camera.capture()
        assert pair.device.body.card.files
        await camera.contents.format(camera.power.storage[0].name)
        assert pair.device.body.card.files == ()


async def test_a_stored_movie_is_played_and_seen_to_its_end(tmp_path: Path) -> None:
    async with emulated(QX1, speed=4) as pair, asyncio.timeout(60):
        camera = pair.camera
        async with camera.movie.recorded():
            pass
        async with camera.contents.transfer():
            (entry,) = [one async for one in camera.contents.entries()]
            async with camera.contents.play(entry) as movie:
                assert await movie.status() == "paused"
                await movie.start()
                frames = [frame async for frame in movie.frames()]
                with pytest.raises(NotSupported, match="from their beginning only"):
                    await movie.seek(0.0)
            assert camera.state.status == "ContentsTransfer"
    assert frames[-1].jpeg[:2] == b"\xff\xd8"
    assert frames[-1].duration_s - frames[-1].position_s <= 0.1
    assert [frame.position_s for frame in frames] == sorted(frame.position_s for frame in frames)
