from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import CameraBusy, LinkLost, NotAvailableNow
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.library.clocks import SkippingClock


def filming(api: ApiDouble) -> None:
    api.handlers["startMovieRec"] = lambda: [
        0,
        *api.tell_status("MovieWaitRecStart"),
        *api.tell_status("MovieRecording"),
    ]
    api.handlers["stopMovieRec"] = lambda: ["", *api.tell_status("MovieSaving"), *api.tell_status("IDLE")]


async def test_a_movie_lasts_as_long_as_its_block_and_the_mode_is_put_back() -> None:
    api = ApiDouble()
    filming(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.movie.recorded():
            assert camera.movie.recording
            assert camera.state.value("shoot_mode") == "movie"
        assert not camera.movie.recording
        assert camera.state.value("shoot_mode") == "still"
    assert api.called("setShootMode") == [("movie",), ("still",)]


async def test_an_error_within_the_block_still_stops_the_movie() -> None:
    api = ApiDouble()
    filming(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(ZeroDivisionError):
            async with camera.movie.recorded():
                raise ZeroDivisionError
    assert len(api.called("stopMovieRec")) == 1


@pytest.mark.parametrize("lost", [LinkLost("gone"), None])
async def test_a_stop_that_was_lost_or_refused_is_made_again(lost: LinkLost | None) -> None:
    api = ApiDouble()
    filming(api)
    end = api.handlers["stopMovieRec"]
    answers = [lost or api.refuse(40401, method="stopMovieRec")] * 6
    api.handlers["stopMovieRec"] = lambda: answers.pop() if answers else end()
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        async with camera.movie.recorded():
            pass
        assert camera.state.value("shoot_mode") == "still"
    assert len(api.called("stopMovieRec")) == 7


async def test_a_movie_that_cannot_be_stopped_says_so_and_not_that_its_mode_cannot_be_put_back() -> None:
    api = ApiDouble()
    filming(api)
    put = api.handlers["setShootMode"]
    api.handlers["setShootMode"] = lambda mode: (
        put(mode) if mode == "movie" else api.refuse(1, method="setShootMode")
    )
    api.handlers["stopMovieRec"] = lambda: api.refuse(40401, method="stopMovieRec")
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(CameraBusy, match="it may still be recording"):
            async with camera.movie.recorded():
                pass
        tried = len(api.called("stopMovieRec"))
    assert len(api.called("stopMovieRec")) > tried  # once more when the camera is left


async def test_a_movie_whose_start_was_lost_is_stopped_and_the_mode_put_back() -> None:
    api = ApiDouble()
    filming(api)
    api.handlers["startMovieRec"] = lambda: api.tell_status("MovieWaitRecStart") or LinkLost("gone")
    end = api.handlers["stopMovieRec"]
    answers = [api.refuse(40401, method="stopMovieRec")] * 6
    api.handlers["stopMovieRec"] = lambda: answers.pop() if answers else end()
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(LinkLost, match="gone"):
            async with camera.movie.recorded():
                raise AssertionError("it did not start")
        assert camera.state.value("shoot_mode") == "still"


async def test_a_mode_whose_change_was_lost_on_the_way_is_put_back() -> None:
    api = ApiDouble()
    filming(api)
    put = api.handlers["setShootMode"]
    api.handlers["setShootMode"] = lambda mode: (
        put(mode) and LinkLost("gone") if mode == "movie" else put(mode)
    )
    async with camera_on(api, clock=SkippingClock()) as camera, asyncio.timeout(5):
        with pytest.raises(LinkLost, match="gone"):
            async with camera.movie.recorded():
                raise AssertionError("it did not start")
        assert (await camera.refresh()).value("shoot_mode") == "still"


async def test_a_movie_that_was_started_by_itself_goes_on_when_the_camera_is_left() -> None:
    api = ApiDouble()
    filming(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        await camera.set("shoot_mode", "movie")
        await camera.movie.start()
    assert api.called("stopMovieRec") == []


async def test_no_movie_starts_in_still_mode() -> None:
    api = ApiDouble()
    filming(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(NotAvailableNow, match="shoot_mode=still"):
            await camera.movie.start()
    assert api.called("startMovieRec") == []
