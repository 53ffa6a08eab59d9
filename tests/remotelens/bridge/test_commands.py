"""What comes in is read with care: limits, types, expiry, and no surprise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.bridge.commands import (
    MOST_PAYLOAD_BYTES,
    Command,
    CommandExpired,
    LiveViewOrder,
    Reply,
    SetOrder,
    ShutterOrder,
    UnknownCommand,
    decode,
)
from remotelens.bridge.messages import Incoming
from remotelens.errors import InputError, InvalidValue

SHUTTER, ISO = ("shutter",), ("set", "iso")


def read(
    words: tuple[str, ...], payload: bytes = b"", *, expiry_s: int | None = None, retained: bool = False
) -> Command:
    message = Incoming("x", payload, retained=retained, expiry_s=expiry_s)
    return decode(words, message, Reply("answers"), received_s=100.0)


def test_a_shutter_without_a_payload_takes_the_original_and_publishes_nothing() -> None:
    assert read(SHUTTER).order == ShutterOrder(size="original", half_press=False, picture=False)


def test_a_shutter_says_what_it_wants() -> None:
    order = read(SHUTTER, b'{"size": "postview", "half_press": true, "picture": true}').order
    assert order == ShutterOrder(size="postview", half_press=True, picture=True)


def test_a_shutter_counts_for_five_seconds_from_receipt() -> None:
    assert read(SHUTTER).until_s == 105.0


def test_a_shutter_with_an_expiry_counts_for_what_is_left_of_it() -> None:
    assert read(SHUTTER, expiry_s=60).until_s == 160.0
    assert read(SHUTTER, expiry_s=2).until_s == 102.0


def test_an_expired_command_is_refused() -> None:
    with pytest.raises(CommandExpired):
        read(SHUTTER, expiry_s=0)


@pytest.mark.parametrize("words", [SHUTTER, ISO, ("live_view",), ("nonsense",)])
def test_a_retained_command_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandExpired):
        read(words, b"{}", retained=True, expiry_s=1000)


def test_a_setting_takes_plain_text() -> None:
    assert read(("set", "shutter_speed"), b" 1/250\n").order == SetOrder("shutter_speed", "1/250")


def test_a_live_view_is_asked_for_a_while() -> None:
    assert read(("live_view",)).order == LiveViewOrder(on=True, for_s=60.0, fps=10.0)
    assert read(("live_view",), b'{"on": false}').order == LiveViewOrder(on=False)


@pytest.mark.parametrize(
    "words",
    [("",), ("explode",), ("shutter", "now"), ("set",), ("set", "iso", "now"), ("SHUTTER",), ("x" * 60000,)],
)
def test_an_unknown_command_is_refused_by_name(words: tuple[str, ...]) -> None:
    with pytest.raises(UnknownCommand) as refusal:
        read(words)
    assert len(str(refusal.value)) < 300


def test_an_unknown_setting_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InvalidValue, match="did you mean iso"):
        read(("set", "isoo"), b"100")
    with pytest.raises(InvalidValue) as refusal:
        read(("set", "x" * 60000), b"100")
    assert len(str(refusal.value)) < 1000


@pytest.mark.parametrize(
    "payload",
    [b"PRESS", b"[]", b"1", b'"original"', b'{"size": 5}', b'{"size": "huge"}', b'{"siez": "original"}',
     b'{"half_press": 1}', b'{"picture": "yes"}', b"\xff\xfe", b"{" * 4000, b"[" * 4096,
     b"x" * (MOST_PAYLOAD_BYTES + 1)],
)  # fmt: skip
def test_a_shutter_that_cannot_be_understood_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read(SHUTTER, payload)
    assert len(str(refusal.value)) < 600


@pytest.mark.parametrize("payload", [b"", b" ", b"\xff", b"a\nb", b"\x00", b"x" * 201, b"x" * 5000])
def test_a_value_that_is_none_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidValue):
        read(ISO, payload)


@pytest.mark.parametrize(
    "payload",
    [b'{"for_s": 0}', b'{"for_s": -1}', b'{"for_s": 1e9}', b'{"fps": 0}', b'{"fps": 1000}', b'{"fps": NaN}'],
)
def test_a_live_view_beyond_its_limits_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidValue):
        read(("live_view",), payload)


@given(
    words=st.lists(st.sampled_from(["shutter", "set", "live_view", "iso", "ev", "", "x"]), max_size=3).map(
        tuple
    ),
    payload=st.binary(max_size=60) | st.text(max_size=30).map(str.encode),
    expiry_s=st.none() | st.integers(0, 2**32 - 1),
    retained=st.booleans(),
)
def test_whatever_comes_is_a_command_or_a_refusal(
    words: tuple[str, ...], payload: bytes, expiry_s: int | None, retained: bool
) -> None:
    try:
        command = read(words, payload, expiry_s=expiry_s, retained=retained)
    except InputError:
        return
    assert not retained
    assert command.until_s > 100.0
