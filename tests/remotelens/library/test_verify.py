from __future__ import annotations

from pathlib import Path

import pytest

from remotelens.errors import RemoteProtocolError
from remotelens.library.verify import check_for, check_picture, unchecked
from tests.remotelens.library.pictures import jpeg


def test_a_whole_picture_on_disk_gives_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.JPG"
    path.write_bytes(jpeg(320, 240))
    facts = check_picture(path)
    assert (facts.width, facts.height) == (320, 240)


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("DSC00001.JPG", check_picture),
        ("a.jpeg", check_picture),
        ("a", check_picture),
        ("DSC00001.ARW", unchecked),
        ("MAH00002.MP4", unchecked),
    ],
)
def test_a_file_is_checked_as_what_it_is_called(name: str, check: object) -> None:
    assert check_for(name) is check


@pytest.mark.parametrize("keep", [0, 1, 100, -2])
def test_a_picture_cut_short_on_disk_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.JPG"
    path.write_bytes(jpeg(320, 240)[:keep])
    with pytest.raises(RemoteProtocolError):
        check_picture(path)
