"""Wishes and what becomes of them, on a scripted camera."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remotelens.camera.camera import Camera
from remotelens.dashboard.board import Board
from remotelens.dashboard.deeds import FETCH_TRIES, Deeds
from remotelens.dashboard.view import Touch, View
from remotelens.errors import LinkLost
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.test_focus import focus_by_hand
from tests.remotelens.dashboard.faces import Recorder
from tests.remotelens.library.clocks import HurriedClock
from tests.remotelens.library.pictures import jpeg
from tests.remotelens.library.test_fetch import Answer

JPEG = jpeg()


class Bench:
    """Deeds on a scripted camera, at work."""

    def __init__(self, api: ApiDouble, camera: Camera, folder: Path) -> None:
        self.api = api
        self.camera = camera
        self.face = Recorder()
        self.board = Board(View("qx"), self.face)
        self.deeds = Deeds(camera, self.board, folder, HurriedClock())

    @property
    def told(self) -> list[str]:
        return [notice.text for notice in self.face.notices]


@asynccontextmanager
async def bench_with(
    folder: Path, pictures: Sequence[Answer | Exception] = (), api: ApiDouble | None = None
) -> AsyncIterator[Bench]:
    api = api or ApiDouble()
    async with camera_on(api, pictures=pictures) as camera:
        bench = Bench(api, camera, folder)
        working = asyncio.create_task(bench.deeds.run())
        try:
            yield bench
        finally:
            working.cancel()
            await asyncio.wait([working])


def focusing(api: ApiDouble, status: str = "Focused") -> None:
    api.handlers["actHalfPressShutter"] = lambda: api.tell_focus(status)
    api.handlers["cancelHalfPressShutter"] = lambda: api.tell_focus("Not Focusing")


async def test_a_picture_is_taken_with_the_focus_held_and_then_fetched(tmp_path: Path) -> None:
    async with bench_with(tmp_path, [Answer(JPEG)]) as bench:
        focusing(bench.api)
        bench.deeds.shoot(focus=True)
        await bench.face.until(lambda: any("saved" in text for text in bench.told))
        order = [call[0] for call in bench.api.calls]
        assert order.index("actHalfPressShutter") < order.index("actTakePicture")
        assert order.index("actTakePicture") < order.index("cancelHalfPressShutter")
        (shot,) = bench.board.view.shots
        assert shot.path is not None
        assert shot.path.read_bytes() == JPEG
        assert bench.board.view.fetching == 0


async def test_without_focus_no_picture_is_taken_and_it_says_so(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        focusing(bench.api, "Failed")
        bench.deeds.shoot(focus=True)
        await bench.face.until(lambda: any(notice.bad for notice in bench.face.notices))
        assert "found no focus" in bench.told[-1]
        assert not bench.api.called("actTakePicture")
        assert bench.board.view.shots == ()


async def test_a_camera_without_half_press_takes_its_picture_all_the_same(tmp_path: Path) -> None:
    api = ApiDouble()
    names = [name for name in api.slots["availableApiList"]["names"] if "HalfPress" not in name]
    api.slots["availableApiList"] = {"names": names, "type": "availableApiList"}
    async with bench_with(tmp_path, [Answer(JPEG)], api) as bench:
        bench.deeds.shoot(focus=True)
        await bench.face.until(lambda: any("saved" in text for text in bench.told))


async def test_a_lens_focused_by_hand_takes_its_picture_without_a_half_press(tmp_path: Path) -> None:
    api = ApiDouble()
    focus_by_hand(api)
    async with bench_with(tmp_path, [Answer(JPEG)], api) as bench:
        bench.deeds.shoot(focus=True)
        await bench.face.until(lambda: any("saved" in text for text in bench.told))
        assert not api.called("actHalfPressShutter")


async def test_a_broken_transfer_is_tried_again_and_given_up_in_the_end(tmp_path: Path) -> None:
    lost = LinkLost("the connection broke")
    async with bench_with(tmp_path, [lost, lost, Answer(JPEG)]) as bench:
        bench.deeds.shoot(focus=False)
        await bench.face.until(lambda: any("saved" in text for text in bench.told))
    async with bench_with(tmp_path, [lost] * FETCH_TRIES) as bench:
        bench.deeds.shoot(focus=False)
        await bench.face.until(lambda: any("the picture is on the camera's card" in t for t in bench.told))
        assert bench.board.view.fetching == 0
        assert bench.board.view.shots[0].path is None


async def test_pictures_that_were_on_their_way_when_the_work_ends_are_left_behind(tmp_path: Path) -> None:
    on_the_way = asyncio.Event()
    async with bench_with(tmp_path, [Answer(JPEG, hang=on_the_way)]) as bench:
        bench.deeds.shoot(focus=False)
        await bench.face.until(lambda: bench.board.view.shots)
        bench.deeds.shoot(focus=False)
        await bench.face.until(lambda: len(bench.board.view.shots) == 2)
        async with asyncio.timeout(5):
            await on_the_way.wait()
        assert bench.board.view.fetching == 2
    await bench.face.until(lambda: bench.board.view.fetching == 0)
    assert bench.board.view.left_behind == {shot.id for shot in bench.board.view.shots}


async def test_half_press_holds_and_lets_go(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        focusing(bench.api)
        bench.deeds.half_press()
        await bench.face.until(lambda: "in focus; f lets go" in bench.told)
        bench.deeds.half_press()
        await bench.face.until(lambda: "focus let go" in bench.told)
        assert bench.api.called("cancelHalfPressShutter") == [()]
        assert not bench.api.called("cancelTouchAFPosition")


@pytest.mark.parametrize(("answer", "words"), [(True, "in focus there"), (False, "no focus found there")])
async def test_a_touched_place_is_marked_with_what_was_found(
    tmp_path: Path, answer: bool, words: str
) -> None:
    async with bench_with(tmp_path) as bench:
        bench.api.handlers["setTouchAFPosition"] = lambda x, y: [0, {"AFResult": answer, "AFType": "Touch"}]
        bench.deeds.touch(0.25, 0.75)
        await bench.face.until(lambda: any(words in text for text in bench.told))
        assert bench.api.called("setTouchAFPosition") == [(25.0, 75.0)]
        assert Touch(0.25, 0.75) in [view.touch for view in bench.face.views]
        assert bench.board.view.touch == Touch(0.25, 0.75, answer)


async def test_a_touch_that_is_refused_leaves_no_mark(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        bench.api.handlers["setTouchAFPosition"] = lambda x, y: bench.api.refuse(40401, "not ready")
        bench.deeds.touch(0.5, 0.5)
        await bench.face.until(lambda: any(notice.bad for notice in bench.face.notices))
        assert bench.board.view.touch is None


async def test_of_many_values_the_first_and_the_last_are_sent(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        gate = asyncio.Event()

        async def slowly(value: int) -> list[object]:
            await gate.wait()
            return bench.api.accept("selfTimer", "SelfTimer", value)

        bench.api.handlers["setSelfTimer"] = slowly
        bench.deeds.change("self_timer", 2)
        await bench.api.until_called("setSelfTimer")
        for _ in range(50):
            bench.deeds.change("self_timer", 0)
            bench.deeds.change("self_timer", 10)
        assert bench.board.view.value("self_timer") == 10
        gate.set()
        await bench.face.until(lambda: not bench.board.view.wanted)
        assert bench.api.called("setSelfTimer") == [(2,), (10,)]


async def test_a_refused_value_is_no_longer_shown_as_wanted(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        bench.api.handlers["setSelfTimer"] = lambda value: bench.api.refuse(40401, "not now")
        bench.deeds.change("self_timer", 2)
        await bench.face.until(lambda: any(notice.bad for notice in bench.face.notices))
        await bench.face.until(lambda: not bench.board.view.wanted)


async def test_in_movie_mode_the_shutter_films_and_stops(tmp_path: Path) -> None:
    async with bench_with(tmp_path) as bench:
        api = bench.api
        api.handlers["startMovieRec"] = lambda: api.tell_status("MovieRecording")
        api.handlers["stopMovieRec"] = lambda: api.tell_status("IDLE")
        await bench.camera.set("shoot_mode", "movie")
        bench.deeds.shoot(focus=True)
        async with asyncio.timeout(10):
            async for state in bench.camera.subscribe():
                if state.recording:
                    break
        await bench.face.until(lambda: bench.board.view.doing is None)
        bench.deeds.shoot(focus=True)
        await bench.face.until(lambda: "the movie is on the camera's card" in bench.told)
        assert not api.called("actTakePicture")
