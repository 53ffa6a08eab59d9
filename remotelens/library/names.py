"""File names for pictures: made from what a camera says, safe on every file system.

A name from a camera is input from outside: whatever it holds, the result is one plain file name that cannot
leave its folder (design, promises of the client).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from remotelens.errors import InvalidValue

MAX_NAME_CHARACTERS = 120
MAX_PLAIN_NAME_BYTES = 240  # file systems take 255; "-9999" and ".part" may come behind it
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SEPARATORS = re.compile(r'[\x00-\x1f/\\:*?"<>|]')
_RESERVED = frozenset(
    {"CON", "PRN", "AUX", "NUL"} | {f"COM{n}" for n in range(1, 10)} | {f"LPT{n}" for n in range(1, 10)}
)


def safe_name(text: str, *, fallback: str = "picture", suffix: str = "") -> str:
    """Return `text` as a plain file name.

    Only letters, digits, ``.``, ``_`` and ``-`` stay; what is empty, hidden or reserved on Windows is changed
    until it is none of these.

    Args:
        text: what the camera calls the file; everything before a last slash or backslash is dropped.
        fallback: the stem to use when nothing is left.
        suffix: added where the name has none, for example ``".JPG"``.
    """
    last = re.split(r"[/\\]", text)[-1]
    cleaned = _UNSAFE.sub("_", last).strip("._-") or fallback
    path = PurePosixPath(cleaned)
    stem, ending = path.stem, path.suffix or suffix
    if stem.split(".")[0].upper() in _RESERVED:
        stem = f"_{stem}"
    ending = ending[:16]
    return f"{stem[: MAX_NAME_CHARACTERS - len(ending)]}{ending}"


def name_from_url(url: str, *, suffix: str = ".JPG") -> str:
    """Return a safe file name for a picture's URL: the last part of its path.

    The name stands last before the ``?`` in every postview URL of both server families
    (protocol/wifi.md 9.2; clients.md row 36).
    """
    path = urlsplit(url).path
    return safe_name(unquote(path.rsplit("/", 1)[-1]), suffix=suffix)


def plain_name(text: str) -> str:
    """Return a name the user chose, or refuse one that is not a plain file name.

    Raises:
        InvalidValue: it is empty, too long, or would lead out of the folder.
    """
    if not text or text in {".", ".."} or _SEPARATORS.search(text):
        raise InvalidValue(f"{text!r} is not a plain file name", remedy="give a name without a folder in it")
    size_bytes = len(text.encode("utf-8", "surrogatepass"))
    if size_bytes > MAX_PLAIN_NAME_BYTES:
        raise InvalidValue(
            f"a file name of {size_bytes} bytes is too long",
            remedy=f"give one of at most {MAX_PLAIN_NAME_BYTES}",
        )
    return text


def numbered(name: str, number: int) -> str:
    """Return the name's n-th form, as in ``DSC00001.JPG``, ``DSC00001-2.JPG``, ``DSC00001-3.JPG``."""
    if number <= 1:
        return name
    path = PurePosixPath(name)
    return f"{path.stem}-{number}{path.suffix}"
