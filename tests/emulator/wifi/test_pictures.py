from datetime import UTC, datetime

from emulator.body.bell import Bell
from emulator.body.pictures import Picture, Pictures
from emulator.profiles import load
from emulator.wifi import pictures
from tests.emulator.wifi.faces import recorded_urls

JPEG = b"\xff\xd8picture\xff\xd9"


def kept(profile: str, name: str) -> Pictures:
    kept = Pictures(load(profile), Bell())
    kept.add(Picture(name, JPEG, "Original", datetime(2014, 2, 2, tzinfo=UTC)))
    return kept


def test_a_picture_is_found_under_the_path_of_its_kind_of_server() -> None:
    urls = recorded_urls("DSC-QX10")
    a = kept("DSC-QX10", "pict140202_0044410001.JPG")
    assert pictures.find(a, urls, "/pict140202_0044410001.JPG") is not None
    assert pictures.find(a, urls, "/postview/pict140202_0044410001.JPG") is None
    assert pictures.find(a, urls, "/pict140202_0044410002.JPG") is None
    b = kept("ILCE-QX1", "pict20140107_000000_0.JPG")
    assert pictures.find(b, recorded_urls("ILCE-QX1"), "/postview/pict20140107_000000_0.JPG") is not None


def test_the_head_tells_length_and_kind_and_family_a_closes() -> None:
    picture = Picture("p.JPG", JPEG, "Original", datetime(2014, 2, 2, tzinfo=UTC))
    lines = b"Content-Length: 11\r\nContent-Type: image/jpeg\r\n\r\n"
    assert pictures.head_of(picture, recorded_urls("ILCE-QX1")) == b"HTTP/1.1 200 OK\r\n" + lines
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + lines
    assert pictures.head_of(picture, recorded_urls("DSC-QX10")) == closing
