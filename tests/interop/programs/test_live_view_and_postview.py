"""Rows 32 to 36: what programs expect of the live view stream and of picture addresses."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from tests.interop.programs.camera import ALL_ROUND, FAITHFUL, Camera, running

FRAMES = 6
MAGIC = b"\x24\x35\x68\x79"


@pytest.fixture(params=[ALL_ROUND, *FAITHFUL])
async def camera(request: pytest.FixtureRequest) -> AsyncIterator[Camera]:
    async with running(request.param) as found:
        yield found


async def packets(camera: Camera, count: int = FRAMES) -> list[tuple[bytes, bytes]]:
    """The first packets, each as its two chunks."""
    async with camera.viewed() as view:
        return [(await view.chunk(), await view.chunk()) for _ in range(count)]


async def test_row_32_the_headers_are_one_chunk_and_the_picture_with_its_fill_the_next(
    camera: Camera,
) -> None:
    for header, rest in await packets(camera):
        assert len(header) == 136
        assert header[8:12] == MAGIC
        size, padding = int.from_bytes(header[12:15], "big"), header[15]
        assert len(rest) == size + padding
        assert rest[:2] == b"\xff\xd8"


async def test_row_33_there_is_only_live_view_until_frame_information_is_asked_for(camera: Camera) -> None:
    assert {header[1] for header, _ in await packets(camera)} == {1}


async def test_row_33_frame_information_comes_once_it_was_asked_for() -> None:
    async with running() as camera:
        await camera.result("setLiveviewFrameInfo", {"frameInfo": True})
        async with camera.viewed() as view:
            chunks = [await view.chunk() for _ in range(4 * FRAMES)]
        kinds = [chunk[1] for chunk in chunks if len(chunk) == 136 and chunk[8:12] == MAGIC]
        assert kinds[: 2 * FRAMES - 1] == ([2, 1] * FRAMES)[: 2 * FRAMES - 1]
        await camera.result("setLiveviewFrameInfo", {"frameInfo": False})
        assert {header[1] for header, _ in await packets(camera)} == {1}


async def test_row_34_fill_is_counted_and_padding_is_below_128(camera: Camera) -> None:
    for header, rest in await packets(camera):
        assert header[15] < 128
        size = int.from_bytes(header[12:15], "big")
        if camera.ready["model"] != "ILCE-QX1" and camera.ready["model"] != "DSC-QX30":
            assert (size % 128, header[15]) == (0, 0)
        assert b"\xff\xd9" in rest[:size]


async def test_row_35_a_picture_is_at_most_100000_bytes_and_its_flag_is_zero(camera: Camera) -> None:
    for header, rest in await packets(camera):
        assert len(rest) <= 100_000
        assert header[8 + 12] == 0


async def test_row_36_the_name_of_a_picture_is_the_last_of_its_path(camera: Camera) -> None:
    url = await camera.take()
    path = urlsplit(url).path
    assert re.fullmatch(r"[A-Za-z0-9_]+\.JPG", path.rpartition("/")[2])
    assert url.split("?")[0].endswith(".JPG")
