"""Which file an address stands for. Source: protocol/wifi.md 9.2, 9.3."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator.body.camera import Body
from emulator.body.pictures import Picture
from emulator.wifi import pictures
from emulator.wifi.stored import content_id
from tests.emulator.body.rig import rig
from tests.emulator.wifi.faces import recorded_urls

JPEG = b"\xff\xd8picture\xff\xd9"


def keep(body: Body, name: str) -> None:
    body.pictures.add(Picture(name, JPEG, "Original", datetime(2014, 2, 2, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("profile", "name", "prefix"),
    [
        ("DSC-QX10", "pict140202_0044410001.JPG", "/"),
        ("ILCE-QX1", "pict20140107_000000_0.JPG", "/postview/"),
    ],
)
async def test_a_postview_is_found_under_the_path_of_its_kind_of_server(
    profile: str, name: str, prefix: str
) -> None:
    urls = recorded_urls(profile)
    async with rig(profile) as camera:
        keep(camera.body, name)
        make = pictures.find(camera.body, urls, prefix + name)
        assert make is not None
        file = await make()
        assert file is not None
        assert (file.name, file.size_bytes) == (name, len(JPEG))
        assert b"".join([piece async for piece in file.read(2, 9)]) == b"picture"
        assert pictures.find(camera.body, urls, f"/elsewhere/{name}") is None
        assert pictures.find(camera.body, urls, f"{prefix}pict000000_0000000000.JPG") is None


async def test_a_stored_picture_is_found_while_contents_are_transferred_only() -> None:
    urls = recorded_urls("ILCE-QX1")
    path = f"/contentstransfer/thumb/{content_id(1)}"
    async with rig("ILCE-QX1") as camera:
        await camera.take()
        make = pictures.find(camera.body, urls, path)
        assert make is not None
        assert await make() is None
        await camera.transfer()
        file = await make()
        assert file is not None
        assert file.name == "DSC00001.JPG"
