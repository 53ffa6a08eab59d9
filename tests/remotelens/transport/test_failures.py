from __future__ import annotations

import errno
import os

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import (
    ConnectFailed,
    LinkLost,
    LinkTimeout,
    RemoteLensError,
    RemoteProtocolError,
    WifiJoinFailed,
)
from remotelens.transport.failures import checked_url, path_of, place_of, translated

URL = "http://10.0.0.1:10000/sony/camera?a=%2F"


def told(error: BaseException, timeout_s: float | None = None) -> RemoteLensError:
    with pytest.raises(RemoteLensError) as caught, translated("qx", URL, timeout_s):
        raise error
    return caught.value


def test_a_url_goes_through_as_it_is() -> None:
    assert str(checked_url(URL)) == URL


@given(st.text())
def test_any_text_is_a_url_as_written_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://10.0.0.1:80/{text}"):
        try:
            parsed = checked_url(url)
        except RemoteProtocolError:
            continue
        assert url.startswith("http://")
        assert url.isascii()
        assert parsed.raw_path_qs in url or parsed.raw_path_qs == "/"


def test_place_and_path_are_cut_out_for_messages() -> None:
    assert place_of(URL) == "10.0.0.1:10000"
    assert path_of(URL) == "/sony/camera?a=%2F"
    assert path_of("http://10.0.0.1") == "/"
    assert place_of("rubbish") == "rubbish"


@pytest.mark.parametrize(
    ("error", "timeout_s", "kind", "words"),
    [
        (aiohttp.ConnectionTimeoutError("x"), None, ConnectFailed, "nothing answers"),
        (TimeoutError(), 3.0, LinkTimeout, "no whole answer from 10.0.0.1:10000 within 3 s"),
        (TimeoutError(), None, LinkTimeout, "10.0.0.1:10000 fell silent"),
        (aiohttp.ClientPayloadError("x"), None, LinkLost, "ended in the middle of an answer"),
        (aiohttp.ServerDisconnectedError(), None, LinkLost, "it was closed without an answer"),
        (ConnectionResetError(errno.ECONNRESET, "x"), None, LinkLost, "connection reset by peer"),
        (aiohttp.ClientError("odd"), None, LinkLost, "broke: odd"),
        (OSError(), None, LinkLost, "broke: oSError"),
    ],
)
def test_foreign_errors_become_ours_with_the_camera_the_place_and_a_remedy(
    error: Exception, timeout_s: float | None, kind: type[RemoteLensError], words: str
) -> None:
    ours = told(error, timeout_s)
    assert type(ours) is kind
    assert words in ours.message
    assert ours.camera == "qx"
    assert ours.remedy
    assert ours.__cause__ is error


def test_our_own_errors_go_through() -> None:
    error = WifiJoinFailed("x")
    assert told(error) is error


def test_what_is_a_mistake_of_the_program_goes_through() -> None:
    with pytest.raises(ZeroDivisionError), translated("qx", URL):
        raise ZeroDivisionError


def test_the_systems_words_are_used_for_its_numbers() -> None:
    assert os.strerror(errno.ENETUNREACH).lower() in told(OSError(errno.ENETUNREACH, "?")).message.lower()
