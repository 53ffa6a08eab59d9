"""Movies. Source: protocol/wifi.md 7.1, 7.2."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from emulator.body.recorder import KINDS, Sort
from emulator.profiles import load
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


@pytest.mark.parametrize(("mode", "sort"), [("movie", "movie"), ("looprec", "loop"), ("audio", "audio")])
async def test_what_is_stopped_the_instant_it_starts_has_one_frame(mode: str, sort: Sort) -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        body = camera.body
        await camera.set("ShootMode", mode)

        def stop_at_once(_: str) -> None:
            if body.machine.status is KINDS[sort].running:
                body.recorder.stop(sort)

        body.subscribe(stop_at_once)
        body.recorder.start(sort)
        await camera.clock.advance(5.0)
        await camera.until("IDLE")
        (file,) = body.card.files
        assert file.duration_s == pytest.approx(1 / body.profile.movie.frames_s)
        assert file.size_bytes > 0


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


@pytest.mark.parametrize(
    ("mode", "name", "words"),
    [
        ("audio", "AudioRec", ["AudioWaitRecStart", "AudioRecording", "AudioWaitRecStop", "AudioSaving"]),
        ("looprec", "LoopRec", ["LoopWaitRecStart", "LoopRecording", "LoopWaitRecStop", "LoopSaving"]),
        (
            "intervalstill",
            "IntervalStillRec",
            ["IntervalWaitRecStart", "IntervalRecording", "IntervalWaitRecStop"],
        ),
    ],
)
async def test_the_other_recordings_go_through_states_of_their_own(
    mode: str, name: str, words: list[str]
) -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        assert await camera.error(f"start{name}") == (1, "Not Available Now")
        await camera.set("ShootMode", mode)
        assert await camera.error(f"stop{name}") == (1, "Not Available Now")
        seen = len(statuses(camera))
        await camera.call(f"start{name}")
        await camera.until(words[1])
        assert await camera.error(f"start{name}") == (1, "Not Available Now")
        await camera.clock.advance(2.5)
        await camera.call(f"stop{name}")
        await camera.until("IDLE")
        assert statuses(camera)[seen:] == [*words, "IDLE"]


async def test_stills_at_intervals_are_taken_and_counted() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.set("ShootMode", "intervalstill")
        await camera.set("IntervalTime", {"intervalTimeSec": "2"})
        assert (await camera.call("getEvent", False, version="1.2"))[58]["numberOfShots"] == -1
        await camera.call("startIntervalStillRec")
        await camera.until("IntervalRecording")
        await camera.clock.advance(6.5)
        slots = await camera.call("getEvent", False, version="1.2")
        assert slots[58] == {"type": "numberOfShots", "numberOfShots": 4}
        assert slots[57]["recordingTime"] == -1
        await camera.call("stopIntervalStillRec")
        await camera.until("IDLE")
        files = camera.body.card.files
        assert [file.kind for file in files] == ["still"] * 4
        taken = [file.created.timestamp() for file in files]
        assert [round(after - before, 1) for before, after in pairwise(taken)] == [2.0] * 3


async def test_a_full_card_ends_stills_at_intervals() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.set("ShootMode", "intervalstill")
        await camera.call("startIntervalStillRec")
        await camera.until("IntervalRecording")
        camera.body.card.full = True
        await camera.until("IDLE")


async def test_a_loop_keeps_its_last_minutes() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "looprec")
        await camera.call("startLoopRec")
        await camera.until("LoopRecording")
        await camera.clock.advance(400.0)
        await camera.call("stopLoopRec")
        await camera.until("IDLE")
        (file,) = camera.body.card.files
        assert file.movie is not None
        assert round(file.duration_s) == round(file.movie.duration_s) == 300


async def test_a_movie_ends_by_itself_after_the_cameras_limit() -> None:
    full = load("SONY-FULL")
    short = msgspec.structs.replace(full, movie=msgspec.structs.replace(full.movie, limit_s=5.0))
    async with rig(short, still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "movie")
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        await camera.until("IDLE")
        (file,) = camera.body.card.files
        assert round(file.duration_s) == 5


async def test_a_card_taken_out_takes_the_movie_with_it() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await in_movie_mode(camera)
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        camera.body.card.present = False
        await camera.until("IDLE")
        assert camera.body.card.files == ()


async def test_a_sound_recording_is_on_the_card_and_not_among_the_contents() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "audio")
        await camera.call("startAudioRec")
        await camera.until("AudioRecording")
        await camera.clock.advance(3.0)
        await camera.call("stopAudioRec")
        await camera.until("IDLE")
        assert [(file.kind, round(file.duration_s)) for file in camera.body.card.files] == [("audio", 3)]
        assert camera.body.contents.entries() == []


async def test_the_time_that_is_left_counts_down_and_a_full_card_ends_a_movie() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await in_movie_mode(camera)
        card = camera.body.card
        card.capacity_bytes = int(125 * card.bytes_s())
        left = []
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        while camera.body.status == "MovieRecording":
            left.append((await camera.call("getStorageInformation"))[0][0]["recordableTime"])
            await camera.clock.advance(20.0)
        assert left == sorted(left, reverse=True)
        assert set(left) == {2, 1, 0}
        await camera.until("IDLE")
        (file,) = card.files
        assert 123 < file.duration_s <= 125
        assert file.size_bytes <= card.capacity_bytes
        assert not card.writable


async def test_what_a_movie_took_is_free_again_when_it_is_cut_short() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await in_movie_mode(camera)
        free = camera.body.card.room_bytes
        await camera.call("startMovieRec")
        await camera.clock.advance(90.0)
        assert camera.body.card.room_bytes < free
        await camera.body.power_off()
        assert camera.body.card.room_bytes == free


async def test_a_loop_takes_no_more_than_its_minutes_and_has_to_fit() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "looprec")
        card = camera.body.card
        card.capacity_bytes = int(299 * card.bytes_s())
        assert await camera.error("startLoopRec") == (40400, "Shooting Failed")
        card.capacity_bytes = int(310 * card.bytes_s())
        await camera.call("startLoopRec")
        await camera.clock.advance(500.0)
        assert camera.body.status == "LoopRecording"
        assert card.minutes_left == 0
        await camera.call("stopLoopRec")
        await camera.until("IDLE")
        (file,) = card.files
        assert file.duration_s == pytest.approx(300)


async def test_a_loop_without_end_keeps_what_fits() -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("ShootMode", "looprec")
        await camera.set("LoopRecTime", {"loopRecTimeMin": "unlimited"})
        card = camera.body.card
        card.capacity_bytes = int(100 * card.bytes_s())
        await camera.call("startLoopRec")
        await camera.clock.advance(500.0)
        assert camera.body.status == "LoopRecording"
        await camera.call("stopLoopRec")
        await camera.until("IDLE")
        (file,) = card.files
        assert file.duration_s == pytest.approx(100)


@pytest.mark.parametrize(
    ("mode", "name", "running"),
    [
        ("movie", "MovieRec", "MovieRecording"),
        ("audio", "AudioRec", "AudioRecording"),
        ("looprec", "LoopRec", "LoopRecording"),
        ("intervalstill", "IntervalStillRec", "IntervalRecording"),
    ],
)
@pytest.mark.parametrize("mishap", ["present", "protected"])
async def test_a_card_that_is_lost_for_an_instant_ends_the_recording_and_gets_no_file(
    mode: str, name: str, running: str, mishap: str
) -> None:
    async with rig("SONY-FULL", still_scale=64, scene_name="flat") as camera:
        await camera.set("FocusMode", "MF")
        await camera.set("ShootMode", mode)
        await camera.call(f"start{name}")
        await camera.until(running)
        await camera.clock.advance(2.3)
        before = [file.kind for file in camera.body.card.files]
        right = getattr(camera.body.card, mishap)
        setattr(camera.body.card, mishap, not right)
        setattr(camera.body.card, mishap, right)
        assert camera.body.status != running
        await camera.until("IDLE")
        assert [file.kind for file in camera.body.card.files] == before


async def test_a_card_that_is_lost_before_or_after_the_recording_gets_no_file_either() -> None:
    async with rig("ILCE-QX1", still_scale=64, scene_name="flat") as camera:
        await in_movie_mode(camera)
        await camera.call("startMovieRec")
        await camera.until("MovieWaitRecStart")
        camera.body.card.present = False
        camera.body.card.present = True
        await camera.until("IDLE")
        await camera.call("startMovieRec")
        await camera.until("MovieRecording")
        await camera.call("stopMovieRec")
        await camera.until("MovieSaving")
        camera.body.card.protected = True
        await camera.until("IDLE")
        assert camera.body.card.files == ()
