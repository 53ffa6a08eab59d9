"""Words from elsewhere as they may be shown."""

from __future__ import annotations

import unicodedata
from typing import Final

_OBEYED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""What a terminal obeys instead of showing: controls, marks of direction, breaks of lines."""


def plain(text: str, *, keeping: str = "") -> str:
    """Return text with a question mark for each character that a terminal would obey.

    Args:
        text: anything; anybody can advertise any name.
        keeping: the characters that are let through all the same.
    """
    if text.isprintable():
        return text
    return "".join(
        "?" if unicodedata.category(letter) in _OBEYED and letter not in keeping else letter
        for letter in text
    )
