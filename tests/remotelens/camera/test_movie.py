from __future__ import annotations

import asyncio

import pytest

from remotelens.errors import NotAvailableNow
from tests.remotelens.camera.double import ApiDouble, camera_on


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


async def test_no_movie_starts_in_still_mode() -> None:
    api = ApiDouble()
    filming(api)
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(NotAvailableNow, match="shoot_mode=still"):
            await camera.movie.start()
    assert api.called("startMovieRec") == []
