"""Names and life times of fetchable pictures. Source: protocol/wifi.md 9.2."""

from __future__ import annotations

from datetime import UTC, datetime

from emulator.body.bell import Bell
from emulator.body.pictures import Picture, Pictures
from emulator.profiles import load
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


async def test_a_name_that_is_still_taken_is_not_given_again_when_the_clock_is_set_back() -> None:
    async with rig("DSC-QX10") as camera:
        moment = camera.clock.now()
        urls = []
        for _ in range(2):
            camera.body.set_clock(moment, 0, 0)
            urls.append(await camera.take())
            await camera.clock.advance(1.0)
            urls.append(await camera.take())
        assert len(set(urls)) == 4
        assert set(camera.body.pictures.names) == {name_of(url) for url in urls}


def test_what_a_name_stands_for_is_its_newest_picture() -> None:
    pictures = Pictures(load("ILCE-QX1"), Bell())
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    for jpeg in (b"older", b"newer"):
        pictures.add(Picture("pict.JPG", jpeg, "2M", moment))
    found = pictures.find("pict.JPG")
    assert found is not None
    assert found.jpeg == b"newer"
