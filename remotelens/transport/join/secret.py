"""Keeping a network's key out of what other programs say, in whatever form they repeat it."""

from __future__ import annotations

import json
import shlex

import msgspec

WITHHELD = "its words hold the key"
_BLANK = "…"


def without_key(words: str, key: str | None) -> str:
    """Return a program's words with the key blanked; `WITHHELD` where it may still be read out of them."""
    words = blanked(words, key)
    bare = _bare(key or "")
    return WITHHELD if bare and bare in _bare(words) else words


def blanked(words: str, key: str | None) -> str:
    """Return words with the key blanked in every form that is known."""
    for form in sorted(_forms(key), key=len, reverse=True) if key else ():
        words = words.replace(form, _BLANK)
    return words


def _forms(key: str) -> set[str]:
    """Return the ways in which programs write a text: as it is, stripped, and quoted for this and that."""
    texts = {key, key.strip()}
    forms = set(texts)
    for text in texts:
        forms |= {json.dumps(text)[1:-1], repr(text)[1:-1], shlex.quote(text), text.replace("'", r"'\''")}
        forms.add(msgspec.json.encode(text.encode("utf-8", "replace").decode()).decode()[1:-1])
    return forms - {""}


def _bare(text: str) -> str:
    """Return the letters and digits alone, which every way of quoting leaves in their order."""
    return "".join(letter for letter in text if letter.isalnum())
