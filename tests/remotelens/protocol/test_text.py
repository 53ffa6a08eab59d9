"""Words from elsewhere as they may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.protocol.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DSC-QX10", "DSC-QX10"),
        ("Kamera für Ä, カメラ\u00a0📷", "Kamera für Ä, カメラ\u00a0📷"),
        ("\x1b]0;pwn\x07\x1b[2J\nready", "?]0;pwn??[2J?ready"),
        ("\x9b2J", "?2J"),
        ("DSC\u202e01XQ\u2066\u200b", "DSC?01XQ??"),
        ("\u2028\u2029\ud800", "???"),
    ],
)
def test_what_a_terminal_would_obey_is_replaced(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_what_is_to_be_kept_is_kept() -> None:
    assert plain("one\n\ttwo\r", keeping="\n\t") == "one\n\ttwo?"


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not set(plain(text)) & {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x202E)}
