from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from remotelens.camera.raws import matched
from remotelens.errors import NotSupported
from remotelens.protocol.wifi.contents import Content, OriginalFile
from tests.remotelens.camera.emulated import emulated
from tests.remotelens.library.test_fetch import names


def stored(second: int, number: int, *, raw: bool = True) -> Content:
    kinds = ["jpeg", "raw"] if raw else ["jpeg"]
    originals = tuple(OriginalFile(f"http://{number}/{kind}", f"DSC0000{number}.X", kind) for kind in kinds)
    created = f"2014-08-18T12:34:{second:02}+09:00"
    return Content("uri", "still", created_text=created, file_number=f"{number:04}", originals=originals)


def at(second: int) -> datetime:
    return datetime(2014, 8, 18, 12, 34, second)  # noqa: DTZ001 - the camera's local time


def urls(times: list[datetime | None], entries: list[Content]) -> list[str | None]:
    return [None if raw is None else raw.url for raw in matched(times, entries)]


def test_a_raw_file_is_found_by_the_second_it_was_taken_in() -> None:
    assert urls([at(2)], [stored(3, 3), stored(2, 2), stored(1, 1)]) == ["http://2/raw"]


def test_the_pictures_of_one_second_are_matched_in_their_order() -> None:
    entries = [stored(2, 3), stored(2, 2), stored(1, 1)]
    assert urls([at(1), at(2), at(2)], entries) == ["http://1/raw", "http://2/raw", "http://3/raw"]


def test_what_cannot_be_told_apart_is_left() -> None:
    assert urls([at(2)], [stored(2, 2), stored(2, 3)]) == [None]
    assert urls([at(2)], [stored(2, 2, raw=False)]) == [None]
    assert urls([None], [stored(2, 2)]) == [None]


async def test_both_files_of_raw_and_jpeg_come_with_the_shot(tmp_path: Path) -> None:
    async with emulated("ILCE-QX1@1.10") as pair:
        camera = pair.camera
        await camera.set("still_quality", "RAW+JPEG")
        shot = await camera.capture()
        assert shot.raw
        kept = await shot.download(tmp_path / "without", raw=False)
        assert [file.kind for file in kept.files] == ["original"]
        assert pair.calls("getContentList") == 0
        shot = await shot.download(tmp_path / "with", "first.jpg")
        assert (await camera.wait_idle()).camera_function == "Remote Shooting"
    assert [file.kind for file in shot.files] == ["original", "raw"]
    assert names(tmp_path / "with") == ["first.ARW", "first.jpg"]
    raw = shot.files[1]
    assert raw.path is not None
    assert raw.path.stat().st_size == raw.size_bytes
    assert raw.path.read_bytes()[:2] in (b"II", b"MM")
    assert not shot.to_dict()["files"][1]["width"]


async def test_a_raw_file_that_is_gone_leaves_the_picture(tmp_path: Path) -> None:
    async with emulated("ILCE-QX1@1.10") as pair:
        await pair.camera.set("still_quality", "RAW+JPEG")
        shot = await pair.camera.capture()
        pair.device.body.card.present = False
        shot = await shot.download(tmp_path)
    assert [file.kind for file in shot.files] == ["original"]


async def test_raw_files_that_are_here_are_told_though_the_way_back_to_shooting_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with emulated("ILCE-QX1@1.10") as pair:
        await pair.camera.set("still_quality", "RAW+JPEG")
        shot = await pair.camera.capture()
        call = pair.camera._line.api.call
        refusals = [NotSupported("the function cannot be changed", code=12)]

        async def refusing(service: str, method: str, params: Any = (), *rest: Any, **more: Any) -> Any:
            if method == "setCameraFunction" and list(params) == ["Remote Shooting"] and refusals:
                raise refusals.pop()
            return await call(service, method, params, *rest, **more)

        monkeypatch.setattr(pair.camera._line.api, "call", refusing)
        shot = await shot.download(tmp_path)
        assert [file.kind for file in shot.files] == ["original", "raw"]
        assert (await pair.camera.capture()).files


@pytest.mark.parametrize("quality", ["Fine", "Standard"])
async def test_other_qualities_have_no_raw_file(quality: str) -> None:
    async with emulated("ILCE-QX1@1.10") as pair:
        await pair.camera.set("still_quality", quality)
        assert not (await pair.camera.capture()).raw
