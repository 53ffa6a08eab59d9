from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from remotelens.camera.line import Line
from remotelens.camera.pictures import Pictures
from remotelens.errors import RemoteProtocolError
from tests.remotelens.camera.double import URL, ApiDouble
from tests.remotelens.library.clocks import HurriedClock
from tests.remotelens.library.pictures import jpeg
from tests.remotelens.library.test_fetch import Answer


class Counting:
    """A source that notes how many transfers run at once."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.asked: list[str] = []

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Answer]:
        self.asked.append(url)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        try:
            yield Answer(jpeg(), chunk_bytes=100)
        finally:
            self.running -= 1


async def test_a_camera_s_pictures_are_fetched_one_after_the_other(tmp_path: Path) -> None:
    source = Counting()
    pictures = Pictures(Line(ApiDouble(), clock=HurriedClock(), model=None), source)
    stored = await asyncio.gather(*(pictures.fetch(URL, tmp_path) for _ in range(3)))
    assert source.most == 1
    assert {file.path.name for file in stored} == {
        "pict140202_0044410001.JPG",
        "pict140202_0044410001-2.JPG",
        "pict140202_0044410001-3.JPG",
    }


async def test_a_url_is_asked_for_on_the_camera_s_own_host(tmp_path: Path) -> None:
    api = ApiDouble()
    api.url = lambda given: given.replace("0.0.0.0", "10.0.0.1")  # type: ignore[method-assign]  # as CameraApi does
    source = Counting()
    await Pictures(Line(api, clock=HurriedClock(), model=None), source).fetch(
        "http://0.0.0.0:8080/a.JPG", tmp_path
    )
    assert source.asked == ["http://10.0.0.1:8080/a.JPG"]


async def test_what_is_no_url_is_refused(tmp_path: Path) -> None:
    api = ApiDouble()

    def refuse(given: str) -> str:
        raise RemoteProtocolError(f"{given!r} is not a camera's URL")

    api.url = refuse  # type: ignore[method-assign]  # as CameraApi does
    with pytest.raises(RemoteProtocolError):
        await Pictures(Line(api, clock=HurriedClock(), model=None), Counting()).fetch(
            "file:///etc/passwd", tmp_path
        )
