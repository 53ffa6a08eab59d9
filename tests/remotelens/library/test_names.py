from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import InvalidValue
from remotelens.library.names import MAX_NAME_CHARACTERS, name_from_url, numbered, plain_name, safe_name

FAMILY_A = (
    "http://10.0.0.1:60152/pict140202_0044410001.JPG"
    "?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        pytest.param(FAMILY_A, "pict140202_0044410001.JPG", id="family A, recorded"),
        pytest.param(
            "http://192.168.122.1:8080/postview/memory/DCIM/100MSDCF/DSC00010.JPG?size=Scn",
            "DSC00010.JPG",
            id="family B, recorded",
        ),
        pytest.param("http://10.0.0.1/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "passwd.JPG", id="climbing"),
        pytest.param("http://10.0.0.1/..", "picture.JPG", id="parent"),
        pytest.param("http://10.0.0.1/", "picture.JPG", id="no name"),
        pytest.param("http://10.0.0.1/.bashrc", "bashrc.JPG", id="hidden"),
        pytest.param("http://10.0.0.1/C%3A%5CWindows%5Cwin.ini", "win.ini", id="Windows path"),
        pytest.param("http://10.0.0.1/NUL.JPG", "_NUL.JPG", id="reserved on Windows"),
        pytest.param("http://10.0.0.1/a%00b.JPG", "a_b.JPG", id="NUL byte"),
    ],
)
def test_a_name_is_taken_from_the_url_and_made_safe(url: str, name: str) -> None:
    assert name_from_url(url) == name


@given(st.text(max_size=400))
def test_no_text_from_a_camera_leads_out_of_the_folder(text: str) -> None:
    name = safe_name(text, suffix=".JPG")
    folder = Path("/pictures")
    assert (folder / name).parent == folder
    assert name not in {"", ".", ".."}
    assert not name.startswith(".")
    assert len(name) <= MAX_NAME_CHARACTERS
    assert plain_name(name) == name


@given(st.text(max_size=60))
def test_any_url_gives_a_plain_name(tail: str) -> None:
    assert plain_name(name_from_url(f"http://10.0.0.1/{tail}"))


def test_a_taken_name_is_numbered_before_its_suffix() -> None:
    assert [numbered("DSC00001.JPG", n) for n in (1, 2, 3)] == [
        "DSC00001.JPG",
        "DSC00001-2.JPG",
        "DSC00001-3.JPG",
    ]
    assert PurePosixPath(numbered("a.JPG", 12)).suffix == ".JPG"


@pytest.mark.parametrize("text", ["", ".", "..", "a/b.jpg", "..\\b.jpg", "/etc/passwd", "C:a.jpg", "a\nb"])
def test_a_chosen_name_that_is_no_plain_file_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="plain file name"):
        plain_name(text)


@pytest.mark.parametrize("text", ["x" * 300, "x" * 252 + ".JPG", "ü" * 130 + ".JPG"])
def test_a_chosen_name_that_file_systems_do_not_take_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="bytes is too long"):
        plain_name(text)


def test_a_chosen_name_has_room_for_a_number_and_the_ending_of_a_half_file() -> None:
    name = plain_name("ü" * 118 + ".JPG")
    assert len(f"{numbered(name, 9999)}.part".encode()) <= 255
