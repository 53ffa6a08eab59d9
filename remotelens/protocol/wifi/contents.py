"""Stored pictures of the avContent service: addresses, content objects, counts.

Addresses stay as the camera gave them, percent signs included: decoding or encoding them again breaks them.
Read tolerantly: flags as texts, as booleans or empty, URLs that are null, numbers as texts, unknown kinds,
missing members; entries without an address are passed over.

Source: protocol/wifi.md 9.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from remotelens.errors import RemoteProtocolError

SCHEME = "storage"
SOURCE = "storage:memoryCard1"
MAX_PAGE = 100
TYPES = ("still", "movie_mp4", "movie_xavcs")
DIRECTORY = "directory"

_CONTENT_ID = "contentId="
_MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """One file of a content: the picture, its raw, or the movie."""

    url: str
    file_name: str
    still_object: str

    @property
    def raw(self) -> bool:
        """Whether it is the raw picture."""
        return self.still_object == "raw"


@dataclass(frozen=True, slots=True)
class Content:
    """A stored picture, a movie, or the folder of a day; flags are None where the camera does not say."""

    uri: str
    kind: str
    title: str = ""
    created_text: str = ""
    folder_number: str = ""
    file_number: str = ""
    originals: tuple[OriginalFile, ...] = ()
    large_url: str | None = None
    small_url: str | None = None
    thumbnail_url: str | None = None
    playable: bool | None = None
    browsable: bool | None = None
    protected: bool | None = None
    remote_play: tuple[str, ...] = field(default=())

    @property
    def content_id(self) -> str | None:
        """The id inside its address, as the camera wrote it; None for a folder."""
        return content_id(self.uri)

    @property
    def created(self) -> datetime | None:
        """When the camera's clock says that it was taken; None where that is no time."""
        try:
            return datetime.fromisoformat(self.created_text)
        except ValueError:
            return None

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, which has no files of its own."""
        return self.kind == DIRECTORY


def day_uri(day: date, source: str = SOURCE) -> str:
    """Return the address of the folder of a day."""
    return f"{source}?path={day.isoformat()}"


def content_id(uri: str) -> str | None:
    """Return the id inside a content's address, unchanged."""
    _, found, rest = uri.partition(_CONTENT_ID)
    return rest if found and rest else None


def count_params(uri: str, *, view: str = "flat", target: str | None = "all") -> list[Any]:
    """Return the parameters of getContentCount: all contents of a source, or (without target) its days."""
    params = {"uri": uri, "view": view}
    return [params if target is None else {**params, "target": target}]


def list_params(
    uri: str, *, start: int = 0, count: int = MAX_PAGE, view: str = "date", sort: str = "ascending"
) -> list[Any]:
    """Return the parameters of getContentList for one page."""
    return [{"uri": uri, "stIdx": start, "cnt": count, "view": view, "sort": sort}]


def decode_count(values: list[Any]) -> int:
    """Read the answer to getContentCount.

    Raises:
        RemoteProtocolError: no count in it.
    """
    match values:
        case [{"count": bool()}, *_]:
            pass
        case [{"count": int(count)}, *_] if count >= 0:
            return count
        case [{"count": str(text)}, *_] if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
    raise RemoteProtocolError("the answer to getContentCount holds no count")


def decode_contents(values: list[Any]) -> tuple[Content, ...]:
    """Read the answer to getContentList; what is no content is passed over.

    Raises:
        RemoteProtocolError: no list of contents.
    """
    return tuple(
        _content(entry) for entry in _listed(values) if isinstance(entry, dict) and _text(entry, "uri")
    )


def count_listed(values: list[Any]) -> int:
    """Return how many entries an answer to getContentList has, with those that are passed over.

    The camera counts them all: the next page begins after so many.

    Raises:
        RemoteProtocolError: no list of contents.
    """
    return len(_listed(values))


def decode_names(values: list[Any], member: str) -> tuple[str, ...]:
    """Read the answer to getSchemeList (member `scheme`) or getSourceList (`source`).

    Raises:
        RemoteProtocolError: no list.
    """
    match values:
        case [list(entries), *_] if len(entries) <= _MAX_ENTRIES:
            names = (_text(entry, member) for entry in entries if isinstance(entry, dict))
            return tuple(name for name in names if name)
        case _:
            raise RemoteProtocolError(f"the answer holds no list of {member}s")


def _listed(values: list[Any]) -> list[Any]:
    match values:
        case [list(entries), *_] if len(entries) <= _MAX_ENTRIES:
            return entries
        case _:
            raise RemoteProtocolError("the answer to getContentList holds no list of contents")


def _content(entry: dict[str, Any]) -> Content:
    inner = entry.get("content")
    files = inner if isinstance(inner, dict) else {}
    originals = files.get("original")
    play = entry.get("remotePlayType")
    return Content(
        uri=_text(entry, "uri"),
        kind=_text(entry, "contentKind"),
        title=_text(entry, "title"),
        created_text=_text(entry, "createdTime"),
        folder_number=_text(entry, "folderNo"),
        file_number=_text(entry, "fileNo"),
        originals=tuple(
            OriginalFile(
                url=_text(file, "url"),
                file_name=_text(file, "fileName"),
                still_object=_text(file, "stillObject"),
            )
            for file in (originals if isinstance(originals, list) else [])
            if isinstance(file, dict) and _text(file, "url")
        ),
        large_url=_text(files, "largeUrl") or None,
        small_url=_text(files, "smallUrl") or None,
        thumbnail_url=_text(files, "thumbnailUrl") or None,
        playable=_flag(entry, "isPlayable"),
        browsable=_flag(entry, "isBrowsable"),
        protected=_flag(entry, "isProtected"),
        remote_play=tuple(kind for kind in play if isinstance(kind, str)) if isinstance(play, list) else (),
    )


def _text(entry: dict[str, Any], member: str) -> str:
    value = entry.get(member)
    return value if isinstance(value, str) else ""


def _flag(entry: dict[str, Any], member: str) -> bool | None:
    value = entry.get(member)
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(_text(entry, member).lower())
