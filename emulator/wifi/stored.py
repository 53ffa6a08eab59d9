"""What the contents service says of stored pictures: addresses, ids and content objects, as on the wire.

An id is percent-encoded text inside the JSON, and stands unchanged in the address that a client gets: it is
never decoded here, and compared letter by letter.

Source: protocol/wifi.md 9.3; familyB_answers_and_content_urls.avc.json (the ids).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from emulator.body.contents import Entry, Form
from emulator.wifi.service import Urls

SCHEME = "storage"
SOURCE = "storage:memoryCard1"
KINDS = ("still", "movie_mp4", "movie_xavcs")
REMOTE_PLAY = "simpleStreaming"

_FIRST_ID = (0x15A, 0x986)
"""The two numbers of the entry before the first: then the first is the lowest one recorded."""
_ID = re.compile(
    r"index%3A%2F%2F1000%2F00000001-default%2F([0-9A-F]{8})-([0-9A-F]{8})_([0-9]{1,10})_1_1000", re.ASCII
)
_DAY = re.compile(r"storage:memoryCard1\?path=([0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
_CONTENT = re.compile(r"(?:image|video):content\?contentId=(.*)", re.DOTALL)
_SEGMENTS: dict[str, Form] = {
    "orgjpeg": "original",
    "orgraw": "raw",
    "org": "movie",
    "scn": "large",
    "vga": "small",
    "thumb": "thumbnail",
}
_NO_FLAG = ""
_PROTECTED = "true"
"""Of a protected entry; what is not protected says nothing, as specified. This word is assumed."""


def content_id(number: int) -> str:
    """Return the id of an entry by its number on the card."""
    first, second = (start + number for start in _FIRST_ID)
    return f"index%3A%2F%2F1000%2F00000001-default%2F{first:08X}-{second:08X}_{first}_1_1000"


def number_of(given_id: str) -> int | None:
    """Return the number of the entry that an id names; None for any other text."""
    match = _ID.fullmatch(given_id)
    if match is None:
        return None
    number = int(match[1], 16) - _FIRST_ID[0]
    return number if number > 0 and given_id == content_id(number) else None


def form_of(segment: str) -> Form | None:
    """Return which file of an entry an address's directory stands for."""
    return _SEGMENTS.get(segment)


def content_uri(entry: Entry) -> str:
    """Return the uri that the calls use for an entry."""
    return f"{'image' if entry.kind == 'still' else 'video'}:content?contentId={content_id(entry.number)}"


def number_in(uri: str) -> int | None:
    """Return the number of the entry that a content uri names, or None where it names none.

    Raises:
        ValueError: it is not the uri of a content.
    """
    match = _CONTENT.fullmatch(uri)
    if match is None:
        raise ValueError(f"{uri!r} is not the uri of a content")
    return number_of(match[1])


def day_in(uri: str) -> date | None:
    """Return the day that a storage uri names, or None where it names the whole card.

    Raises:
        ValueError: it is neither.
    """
    if uri == SOURCE:
        return None
    match = _DAY.fullmatch(uri)
    if match is None:
        raise ValueError(f"{uri!r} is not the uri of a day on the card")
    return date.fromisoformat(match[1])


def folder_object(day: date) -> dict[str, Any]:
    """Return the content object of a day."""
    return {
        "uri": f"{SOURCE}?path={day.isoformat()}",
        "title": f"{day:%Y%m%d}",
        "content": None,
        "createdTime": "",
        "contentKind": "directory",
        "folderNo": "",
        "fileNo": "",
        "isPlayable": "false",
        "isBrowsable": "true",
        "isProtected": _NO_FLAG,
        "remotePlayType": None,
    }


def content_object(entry: Entry, urls: Urls) -> dict[str, Any]:
    """Return the content object of a picture or a movie."""
    still = entry.kind == "still"
    folder = entry.main.folder_number
    return {
        "uri": content_uri(entry),
        "title": "",
        "content": _still_files(entry, urls) if still else _movie_files(entry, urls),
        "createdTime": entry.created.isoformat(timespec="seconds"),
        "contentKind": entry.kind,
        "folderNo": "" if folder is None else f"{folder:03d}",
        "fileNo": f"{entry.main.file_number:04d}",
        "isPlayable": "false",
        "isBrowsable": "false",
        "isProtected": _PROTECTED if entry.protected else _NO_FLAG,
        "remotePlayType": None if still else [REMOTE_PLAY],
    }


def _still_files(entry: Entry, urls: Urls) -> dict[str, Any]:
    given_id = content_id(entry.number)
    original = [_original(urls.content("orgjpeg", given_id), entry.main.name, "jpeg")]
    if entry.raw is not None:
        original.append(_original(urls.content("orgraw", given_id), entry.raw.name, "raw"))
    return {
        "original": original,
        "largeUrl": urls.content("scn", given_id),
        "smallUrl": urls.content("vga", given_id),
        "thumbnailUrl": urls.content("thumb", given_id),
    }


def _movie_files(entry: Entry, urls: Urls) -> dict[str, Any]:
    given_id = content_id(entry.number)
    return {
        "original": [_original(urls.content("org", given_id), entry.main.name, "")],
        "largeUrl": "",
        "smallUrl": "",
        "thumbnailUrl": urls.content("thumb", given_id),
    }


def _original(url: str, file_name: str, still_object: str) -> dict[str, str]:
    return {"url": url, "fileName": file_name, "stillObject": still_object}
