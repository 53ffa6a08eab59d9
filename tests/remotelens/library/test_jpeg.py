from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.library.jpeg import JpegFacts, check_jpeg
from tests.recordings import need
from tests.remotelens.library.pictures import jpeg

WHOLE = jpeg(64, 48)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="baseline"),
        pytest.param({"progressive": True}, id="progressive"),
        pytest.param({"restart_marker_blocks": 4}, id="restart markers"),
        pytest.param({"exif": b"Exif\0\0" + b"\xff\xd9" * 40}, id="an end marker inside a segment"),
        pytest.param({"subsampling": "4:2:2"}, id="4:2:2"),
    ],
)
def test_a_complete_jpeg_gives_its_size(options: dict[str, object]) -> None:
    assert check_jpeg(jpeg(162, 121, **options)) == JpegFacts(162, 121)


def test_what_follows_the_image_is_accepted() -> None:
    assert check_jpeg(WHOLE + bytes(100)) == JpegFacts(64, 48)
    assert check_jpeg(WHOLE + WHOLE) == JpegFacts(64, 48)


def test_a_jpeg_cut_anywhere_is_refused() -> None:
    for length in range(len(WHOLE)):
        with pytest.raises(RemoteProtocolError, match=r"cut short|not a JPEG"):
            check_jpeg(WHOLE[:length])


def test_a_preview_within_the_exif_block_does_not_pass_for_the_image() -> None:
    thumbnail = jpeg(16, 12)
    whole = jpeg(200, 150, exif=b"Exif\0\0" + thumbnail)
    assert thumbnail in whole
    with pytest.raises(RemoteProtocolError, match="cut short"):
        check_jpeg(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "not a JPEG", id="empty"),
        pytest.param(b"<html>no</html>", "not a JPEG", id="a page"),
        pytest.param(b"\xff\xd8\xff\xd9", "without an image", id="nothing in it"),
        pytest.param(b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x00\x00\x00\x01\x11\x11\x00", "0×0", id="no size"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x01", "damaged", id="a segment shorter than its length"),
        pytest.param(b"\xff\xd8\x00\x00", "damaged", id="no marker"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        check_jpeg(data)


@given(st.binary(max_size=400), st.integers(0, len(WHOLE)))
def test_arbitrary_bytes_end_in_an_answer_or_a_typed_error(noise: bytes, at: int) -> None:
    for data in (noise, b"\xff\xd8" + noise, WHOLE[:at] + noise):
        try:
            facts = check_jpeg(data)
        except RemoteProtocolError:
            continue
        assert facts.width > 0


def test_a_recorded_live_view_image_is_complete_though_rubbish_follows_it() -> None:
    packets = need("transcripts", "qx100_liveview_first8.tsar.bin").read_bytes()
    size = int.from_bytes(packets[12:15], "big")
    assert check_jpeg(packets[136 : 136 + size]) == JpegFacts(640, 480)
