"""Names and life times of fetchable pictures. Source: protocol/wifi.md 9.2."""

from __future__ import annotations

from tests.emulator.body.rig import name_of, rig


async def test_names_follow_the_cameras_clock_and_the_family() -> None:
    async with rig("DSC-QX10") as camera:
        assert name_of(await camera.take()).startswith("pict130101_0000")
        camera.body.set_clock(camera.clock.now(), 0, 0)
        assert name_of(await camera.take()).startswith("pict260101_0000")
    async with rig("ILCE-QX1") as camera:
        assert name_of(await camera.take()) == "pict20140101_000000_0.JPG"


async def test_family_b_keeps_only_the_latest_picture() -> None:
    async with rig("ILCE-QX1") as camera:
        first, second = await camera.take(), await camera.take()
        assert camera.body.pictures.find(name_of(first)) is None
        assert camera.body.pictures.find(name_of(second)) is not None
        await camera.set("ShootMode", "movie")
        assert camera.body.pictures.find(name_of(second)) is None


async def test_the_pictures_of_a_run_stay_together_until_the_next_capture() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ContShootingMode", {"contShootingMode": "Continuous"})
        await camera.call("startContShooting")
        await camera.clock.advance(3.0)
        await camera.call("stopContShooting")
        await camera.until("IDLE")
        run = camera.body.drive.run
        assert len(run) > 1
        assert camera.body.pictures.names == run
        await camera.set("ContShootingMode", {"contShootingMode": "Single"})
        single = name_of(await camera.take())
        assert camera.body.pictures.names == (single,)
