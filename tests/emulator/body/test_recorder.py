"""Movies. Source: protocol/wifi.md 7.1, 7.2."""

from __future__ import annotations

from tests.emulator.body.rig import Rig, rig, statuses


async def in_movie_mode(camera: Rig) -> None:
    await camera.set("ShootMode", "movie")


async def test_a_movie_goes_through_its_states_and_lands_on_the_card() -> None:
    async with rig("DSC-QX10") as camera:
        await in_movie_mode(camera)
        seen = len(statuses(camera))
        assert await camera.call("startMovieRec") == [0]
        await camera.until("MovieRecording")
        assert camera.body.recording
        await camera.clock.advance(10.0)
        assert await camera.call("stopMovieRec") == [""]
        await camera.until("IDLE")
        assert statuses(camera)[seen:] == [
            "MovieWaitRecStart",
            "MovieRecording",
            "MovieWaitRecStop",
            "MovieSaving",
            "IDLE",
        ]
        (file,) = camera.body.card.files
        assert (file.name, round(file.duration_s)) == ("MAH00001.MP4", 10)


async def test_the_seconds_are_told_while_it_records() -> None:
    async with rig("ILCE-QX1") as camera:
        await in_movie_mode(camera)
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        await camera.call("getEvent", True, version="1.2")
        told = []
        for _ in range(3):
            slots = await camera.done(camera.begin("getEvent", True, version="1.2"))
            told.append(slots[57]["recordingTime"])
        assert told == [1, 2, 3]


async def test_what_can_be_called_while_it_records() -> None:
    async with rig("ILCE-QX1") as camera:
        await camera.set("ExposureMode", "Program Auto")
        await in_movie_mode(camera)
        names = set((await camera.call("getAvailableApiList"))[0])
        assert {"startMovieRec", "setShootMode", "setExposureMode", "setWhiteBalance"} <= names
        assert not names & {
            "actTakePicture",
            "setSelfTimer",
            "setStillSize",
            "actHalfPressShutter",
            "stopMovieRec",
        }
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        names = set((await camera.call("getAvailableApiList"))[0])
        assert {
            "stopMovieRec",
            "actZoom",
            "setExposureCompensation",
            "setIsoSpeedRate",
            "getShootMode",
        } <= names
        assert not names & {"startMovieRec", "setShootMode", "setExposureMode", "setWhiteBalance"}


async def test_no_card_no_movie() -> None:
    async with rig("DSC-QX10") as camera:
        await in_movie_mode(camera)
        camera.body.card.present = False
        assert await camera.error("startMovieRec") == (40400, "Shooting Failed")


async def test_the_button_starts_and_stops_a_movie() -> None:
    async with rig("DSC-QX10") as camera:
        await in_movie_mode(camera)
        camera.body.press("full")
        camera.body.release("full")
        await camera.until("MovieRecording")
        camera.body.press("full")
        await camera.until("IDLE")
        assert len(camera.body.card.files) == 1


async def test_the_record_button_records_in_still_mode_too() -> None:
    async with rig("DSC-QX10") as camera:
        camera.body.press("record")
        await camera.until("MovieRecording")
        camera.body.release("record")
        camera.body.press("record")
        await camera.until("IDLE")
        assert [file.kind for file in camera.body.card.files] == ["movie"]
