"""The way in and out of the application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from remotelens.camera.camera import Camera
from remotelens.dashboard import app as dashboard
from remotelens.dashboard.app import Dashboard
from remotelens.dashboard.terminal import Output
from remotelens.errors import InvalidValue
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.dashboard.desk import Watched


class Headless(Dashboard):
    """The dashboard without a terminal, run as the command runs it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.begun = asyncio.Event()
        super().__init__(*arguments, **options)

    def on_ready(self) -> None:
        super().on_ready()
        self.begun.set()

    async def run_async(self, **options: Any) -> None:
        await super().run_async(**{**options, "headless": True, "size": (80, 24)})


async def test_a_name_that_means_no_camera_ends_it_with_that_error(tmp_path: Path) -> None:
    @asynccontextmanager
    async def unclear(_: str | None) -> AsyncIterator[Camera]:
        raise InvalidValue("which camera is meant: a, b?")
        yield

    app = Headless([None], unclear, folder=tmp_path)
    async with asyncio.timeout(20):
        with pytest.raises(InvalidValue, match="which camera"):
            await app.serve()


async def test_a_mistake_of_ours_is_not_hidden(tmp_path: Path) -> None:
    @asynccontextmanager
    async def mistaken(_: str | None) -> AsyncIterator[Camera]:
        raise ZeroDivisionError
        yield

    async with asyncio.timeout(20):
        with pytest.raises(ZeroDivisionError):
            await Headless([None], mistaken, folder=tmp_path).serve()


async def test_cancelling_it_leaves_in_order_and_is_not_swallowed(tmp_path: Path) -> None:
    left = asyncio.Event()
    connected = asyncio.Event()

    @asynccontextmanager
    async def connect(_: str | None) -> AsyncIterator[Camera]:
        async with camera_on(ApiDouble()) as camera:
            connected.set()
            try:
                yield camera
            finally:
                left.set()

    serving = asyncio.create_task(Headless([None], connect, folder=tmp_path).serve())
    async with asyncio.timeout(20):
        await connected.wait()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert left.is_set()


@pytest.mark.parametrize("turns", range(1, 6))
async def test_it_can_be_cancelled_before_anything_is_on_the_screen(tmp_path: Path, turns: int) -> None:
    app = Headless([None], lambda _: camera_on(ApiDouble()), folder=tmp_path)
    serving = asyncio.create_task(app.serve())
    for _ in range(turns):
        await asyncio.sleep(0)
    serving.cancel()
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert not app.return_code  # else Textual has printed where it failed


async def test_a_camera_that_takes_its_time_to_be_left_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "LEAVING_S", 0.0)
    monkeypatch.setattr(Output, "finished", True)
    told = asyncio.Event()

    @asynccontextmanager
    async def connect(_: str | None) -> AsyncIterator[Camera]:
        async with camera_on(ApiDouble()) as camera:
            try:
                yield camera
            finally:
                await told.wait()

    app = Headless([None], connect, folder=tmp_path)
    app.on_leaving = told.set
    serving = asyncio.create_task(app.serve())
    async with asyncio.timeout(20):
        await app.begun.wait()
        app.exit()
        await serving


async def test_a_terminal_that_is_gone_ends_it(tmp_path: Path) -> None:
    app = Headless([None], lambda _: camera_on(ApiDouble()), folder=tmp_path)
    serving = asyncio.create_task(app.serve())
    async with asyncio.timeout(20):
        await app.begun.wait()
        app.output.lost()
        await serving


async def test_while_the_terminal_is_behind_nothing_is_drawn_and_then_everything(tmp_path: Path) -> None:
    app = Watched([None], lambda _: camera_on(ApiDouble()), folder=tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.output.measured = True
        app.output.hand_over(50_000)
        app.post_display_hook()
        assert app._batch_count == 1
        app.post_display_hook()
        assert app._batch_count == 1
        app.output.wrote(50_000)
        await pilot.pause()
        assert app._batch_count == 0
