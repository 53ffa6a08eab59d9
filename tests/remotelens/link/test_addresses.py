from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.link.addresses import at_host, description_urls, host_of

QUERY = "?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        (f"http://10.0.0.1:60152/liveview.JPG{QUERY}", f"http://127.0.0.1:60152/liveview.JPG{QUERY}"),
        ("http://0.0.0.0:8080/postview/pict.JPG", "http://127.0.0.1:8080/postview/pict.JPG"),
        ("http://:8080/x", "http://127.0.0.1:8080/x"),
        ("http://camera/a%2Fb?c=%25", "http://127.0.0.1/a%2Fb?c=%25"),
        ("http://[::1]:80/x", "http://127.0.0.1:80/x"),
        ("http://10.0.0.1", "http://127.0.0.1"),
    ],
)
def test_a_url_is_put_on_the_cameras_host_and_stays_as_it_is(given_url: str, expected: str) -> None:
    assert at_host(given_url, "127.0.0.1") == expected


@pytest.mark.parametrize(
    "url",
    ["", "x", "https://10.0.0.1/", "ftp://10.0.0.1/", "http://user:pw@10.0.0.1/", "http://10.0.0.1/\r\nX: y",
     "http://10.0.0.1:80:90/", "http://10.0.0.1:port/", "http://10.0.0.1/é"],
)  # fmt: skip
def test_what_is_no_url_of_a_camera_is_refused(url: str) -> None:
    with pytest.raises(RemoteProtocolError, match=r"qx: .* is not a camera's URL"):
        at_host(url, "127.0.0.1", camera="qx")


def test_an_ipv6_host_is_put_in_brackets() -> None:
    assert at_host("http://10.0.0.1:80/x", "fe80::1") == "http://[fe80::1]:80/x"


@given(st.text())
def test_whatever_a_camera_says_the_host_is_ours_or_it_is_refused(text: str) -> None:
    try:
        url = at_host(f"http://{text}", "192.0.2.1")
    except RemoteProtocolError:
        return
    assert host_of(url) == "192.0.2.1"


def test_descriptions_are_looked_for_in_the_usual_places() -> None:
    assert description_urls("10.0.0.1") == (
        "http://10.0.0.1:64321/DmsRmtDesc.xml",
        "http://10.0.0.1:64321/dd.xml",
        "http://10.0.0.1:64321/scalarwebapi_dd.xml",
    )
    assert description_urls("10.0.0.1", 40003)[1] == "http://10.0.0.1:40003/dd.xml"
