"""Looks at a complete file before it gets its final name: is it a whole picture of its kind?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from remotelens.library.jpeg import JpegFacts, check_jpeg

_JPEG_SUFFIXES = frozenset({".jpg", ".jpeg", ""})


def check_picture(path: Path) -> JpegFacts:
    """Return the size of the JPEG in this file. Blocking: call it in a thread.

    Raises:
        RemoteProtocolError: it is no JPEG, or ends before its image does.
    """
    return check_jpeg(path.read_bytes())


def unchecked(_: Path) -> None:
    """Take a file for what it is: raw pictures and movies are checked by their length alone."""


def check_for(name: str) -> Callable[[Path], JpegFacts | None]:
    """Return the check that suits a file of that name."""
    return check_picture if PurePosixPath(name).suffix.lower() in _JPEG_SUFFIXES else unchecked
