"""Stored pictures of family A: a UPnP media server, open once the camera transfers contents.

No recording of a QX10's or QX100's tree exists. Services, actions and arguments are those of another Sony
camera's documents; the tree (a folder of photos and one of movies, days in them), its ids and its addresses
are assumed, after what a program that walks such trees looks for. In Remote Shooting a call fails with 501.

Source: protocol/wifi.md 5.9, 9.1, 10 and appendix C.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from emulator.body.camera import Body
from emulator.body.contents import Entry, Form
from emulator.body.machine import Status
from emulator.body.refusals import Refused
from emulator.wifi.upnp import Action, Call, Fault, Variable, describe_service

CONTENT_DIRECTORY = "urn:schemas-upnp-org:service:ContentDirectory:1"
CONNECTION_MANAGER = "urn:schemas-upnp-org:service:ConnectionManager:1"
PHOTOS, MOVIES = "PhotoRoot", "MovieRoot"
_TITLES = {"0": "Root", PHOTOS: "Photos", MOVIES: "Movies"}
_UPDATE_ID = "0"
_MOST = 1000
_JPEG = "http-get:*:image/jpeg"
_PROFILES: tuple[tuple[Form, str], ...] = (
    ("original", ""),
    ("large", "JPEG_LRG"),
    ("small", "JPEG_SM"),
    ("thumbnail", "JPEG_TN"),
)
"""By form, the profile that a JPEG of that size has."""
_FORMS: dict[str, Form] = {profile: form for form, profile in _PROFILES}
_QUERY = re.compile(
    r"/[A-Z0-9]+\.(?:JPG|MP4)\?%21([0-9]{1,9})%21http%2dget%3a%2a%3a(image%2fjpeg|video%2fmp4)%3a"
    r"(%2a|JPEG%5f(?:LRG|SM|TN))%21%21%21%21%21"
)
_DIDL = (
    '<DIDL-Lite xmlns="urn:schemas-upnp-org:metadata-1-0/DIDL-Lite/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:upnp="urn:schemas-upnp-org:metadata-1-0/upnp/">{}'
    "</DIDL-Lite>"
)

DIRECTORY_VARIABLES: Mapping[str, Variable] = {
    "A_ARG_TYPE_ObjectID": Variable("string"),
    "A_ARG_TYPE_Result": Variable("string"),
    "A_ARG_TYPE_BrowseFlag": Variable("string", allowed=("BrowseMetadata", "BrowseDirectChildren")),
    "A_ARG_TYPE_Filter": Variable("string"),
    "A_ARG_TYPE_SortCriteria": Variable("string"),
    "A_ARG_TYPE_Index": Variable("ui4"),
    "A_ARG_TYPE_Count": Variable("ui4"),
    "A_ARG_TYPE_UpdateID": Variable("ui4"),
    "SearchCapabilities": Variable("string"),
    "SortCapabilities": Variable("string"),
    "SystemUpdateID": Variable("ui4", evented=True),
}
DIRECTORY_ACTIONS: Mapping[str, Action] = {
    "GetSearchCapabilities": Action(gives=(("SearchCaps", "SearchCapabilities"),)),
    "GetSortCapabilities": Action(gives=(("SortCaps", "SortCapabilities"),)),
    "GetSystemUpdateID": Action(gives=(("Id", "SystemUpdateID"),)),
    "Browse": Action(
        takes=(
            ("ObjectID", "A_ARG_TYPE_ObjectID"),
            ("BrowseFlag", "A_ARG_TYPE_BrowseFlag"),
            ("Filter", "A_ARG_TYPE_Filter"),
            ("StartingIndex", "A_ARG_TYPE_Index"),
            ("RequestedCount", "A_ARG_TYPE_Count"),
            ("SortCriteria", "A_ARG_TYPE_SortCriteria"),
        ),
        gives=(
            ("Result", "A_ARG_TYPE_Result"),
            ("NumberReturned", "A_ARG_TYPE_Count"),
            ("TotalMatches", "A_ARG_TYPE_Count"),
            ("UpdateID", "A_ARG_TYPE_UpdateID"),
        ),
    ),
}
MANAGER_VARIABLES: Mapping[str, Variable] = {
    "SourceProtocolInfo": Variable("string", evented=True),
    "SinkProtocolInfo": Variable("string", evented=True),
    "CurrentConnectionIDs": Variable("string", evented=True),
    "A_ARG_TYPE_ConnectionStatus": Variable(
        "string",
        allowed=("OK", "ContentFormatMismatch", "InsufficientBandwidth", "UnreliableChannel", "Unknown"),
    ),
    "A_ARG_TYPE_ConnectionManager": Variable("string"),
    "A_ARG_TYPE_Direction": Variable("string", allowed=("Input", "Output")),
    "A_ARG_TYPE_ProtocolInfo": Variable("string"),
    "A_ARG_TYPE_ConnectionID": Variable("i4"),
    "A_ARG_TYPE_AVTransportID": Variable("i4"),
    "A_ARG_TYPE_RcsID": Variable("i4"),
}
MANAGER_ACTIONS: Mapping[str, Action] = {
    "GetProtocolInfo": Action(gives=(("Source", "SourceProtocolInfo"), ("Sink", "SinkProtocolInfo"))),
    "GetCurrentConnectionIDs": Action(gives=(("ConnectionIDs", "CurrentConnectionIDs"),)),
    "GetCurrentConnectionInfo": Action(
        takes=(("ConnectionID", "A_ARG_TYPE_ConnectionID"),),
        gives=(
            ("RcsID", "A_ARG_TYPE_RcsID"),
            ("AVTransportID", "A_ARG_TYPE_AVTransportID"),
            ("ProtocolInfo", "A_ARG_TYPE_ProtocolInfo"),
            ("PeerConnectionManager", "A_ARG_TYPE_ConnectionManager"),
            ("PeerConnectionID", "A_ARG_TYPE_ConnectionID"),
            ("Direction", "A_ARG_TYPE_Direction"),
            ("Status", "A_ARG_TYPE_ConnectionStatus"),
        ),
    ),
}

Values = list[tuple[str, str]]


def document(path: str) -> bytes | None:
    """Return the document of a service by its path."""
    if path == "/CdsDesc.xml":
        return describe_service(DIRECTORY_VARIABLES, DIRECTORY_ACTIONS)
    if path == "/CmsDesc.xml":
        return describe_service(MANAGER_VARIABLES, MANAGER_ACTIONS)
    return None


def service_at(path: str) -> str | None:
    """Return the type of the service whose calls a path takes."""
    return {
        "/upnp/control/ContentDirectory": CONTENT_DIRECTORY,
        "/upnp/control/ConnectionManager": CONNECTION_MANAGER,
    }.get(path)


def file_in(target: str) -> tuple[int, Form] | None:
    """Return the number of the entry and which of its files an address stands for."""
    match = _QUERY.fullmatch(target)
    if match is None:
        return None
    form = "movie" if match[2] == "video%2fmp4" else _FORMS[match[3].replace("%5f", "_").replace("%2a", "")]
    return int(match[1]), form


class MediaServer:
    """The media server of one camera.

    Args:
        body: the camera.
        media_base: scheme, host and port of what it gives out.
    """

    def __init__(self, body: Body, media_base: str) -> None:
        self._body = body
        self._base = media_base

    def call(self, service: str, call: Call) -> Values:
        """Answer a call.

        Raises:
            Fault: it cannot be answered.
        """
        if self._body.machine.status is not Status.CONTENTS_TRANSFER:
            raise Fault(501)
        actions: dict[str, Callable[[Call], Values]] = {
            "GetSearchCapabilities": lambda _: [("SearchCaps", "")],
            "GetSortCapabilities": lambda _: [("SortCaps", "")],
            "GetSystemUpdateID": lambda _: [("Id", _UPDATE_ID)],
            "Browse": self._browse,
        }
        if service == CONNECTION_MANAGER:
            actions = {
                "GetProtocolInfo": lambda _: [
                    ("Source", f"{_JPEG}:*,http-get:*:video/mp4:*"),
                    ("Sink", ""),
                ],
                "GetCurrentConnectionIDs": lambda _: [("ConnectionIDs", "0")],
                "GetCurrentConnectionInfo": self._connection,
            }
        if call.action not in actions:
            raise Fault(401)
        return actions[call.action](call)

    def _connection(self, call: Call) -> Values:
        if call.number("ConnectionID") != 0:
            raise Fault(402)
        values = ("-1", "-1", "", "", "-1", "Output", "OK")
        names = (name for name, _ in MANAGER_ACTIONS["GetCurrentConnectionInfo"].gives)
        return list(zip(names, values, strict=True))

    def _browse(self, call: Call) -> Values:
        object_id, flag = call.arguments.get("ObjectID", "").strip(), call.arguments.get("BrowseFlag", "")
        if call.arguments.get("SortCriteria", "").strip():
            raise Fault(402)
        try:
            if flag == "BrowseMetadata":
                found = [self._itself(object_id)]
            elif flag == "BrowseDirectChildren":
                found = self._children(object_id)
            else:
                raise Fault(402)
        except Refused as refused:
            raise Fault(501) from refused
        start, count = call.number("StartingIndex"), call.number("RequestedCount")
        page = found[start : start + min(count or _MOST, _MOST)]
        return [
            ("Result", _DIDL.format("".join(page))),
            ("NumberReturned", str(len(page))),
            ("TotalMatches", str(len(found))),
            ("UpdateID", _UPDATE_ID),
        ]

    def _itself(self, object_id: str) -> str:
        parent, _, last = object_id.rpartition("/")
        if object_id in _TITLES:
            parent = "-1" if object_id == "0" else "0"
            return _container(object_id, parent, _TITLES[object_id], len(self._children(object_id)))
        if parent in (PHOTOS, MOVIES):
            return _container(object_id, parent, last, len(self._children(object_id)))
        for entry in self._entries_in(parent):
            if str(entry.number) == last:
                return self._item(entry, parent)
        raise Fault(701)

    def _children(self, object_id: str) -> list[str]:
        if object_id == "0":
            return [self._itself(PHOTOS), self._itself(MOVIES)]
        if object_id in (PHOTOS, MOVIES):
            days = {entry.created.date() for entry in self._entries_of(object_id)}
            return [self._itself(f"{object_id}/{day.isoformat()}") for day in sorted(days)]
        return [self._item(entry, object_id) for entry in self._entries_in(object_id)]

    def _entries_of(self, root: str, day: date | None = None) -> list[Entry]:
        kinds = ("still",) if root == PHOTOS else ("movie_mp4",)
        return self._body.contents.entries(day, kinds)

    def _entries_in(self, folder: str) -> list[Entry]:
        """Return what is in the folder of a day, which is there while something is in it."""
        root, _, day = folder.partition("/")
        if root not in (PHOTOS, MOVIES):
            raise Fault(701)
        try:
            entries = self._entries_of(root, date.fromisoformat(day))
        except ValueError as error:
            raise Fault(701) from error
        if not entries:
            raise Fault(701)
        return entries

    def _item(self, entry: Entry, parent: str) -> str:
        still = entry.kind == "still"
        kind = "object.item.imageItem.photo" if still else "object.item.videoItem"
        return (
            f'<item id="{parent}/{entry.number}" parentID={quoteattr(parent)} restricted="1">'
            f"<dc:title>{escape(entry.main.name)}</dc:title>"
            f"<dc:date>{entry.created:%Y-%m-%dT%H:%M:%S}</dc:date><upnp:class>{kind}</upnp:class>"
            f"{''.join(self._resources(entry, still=still))}</item>"
        )

    def _resources(self, entry: Entry, *, still: bool) -> list[str]:
        if not still:
            movie = entry.main.movie
            size = movie.size if movie is not None else self._body.profile.movie.size
            return [self._resource(entry, "http-get:*:video/mp4:*", "video%2fmp4", "%2a", size)]
        recipe = entry.main.recipe
        if recipe is None:
            return []
        return [
            self._resource(
                entry,
                f"{_JPEG}:DLNA.ORG_PN={profile};DLNA.ORG_CI=1" if profile else f"{_JPEG}:*",
                "image%2fjpeg",
                profile.replace("_", "%5f") or "%2a",
                self._body.contents.pixels(recipe, form),
            )
            for form, profile in _PROFILES
        ]

    def _resource(self, entry: Entry, protocol: str, kind: str, profile: str, pixels: tuple[int, int]) -> str:
        url = f"{self._base}/{entry.main.name}?%21{entry.number}%21http%2dget%3a%2a%3a{kind}%3a{profile}"
        return (
            f'<res protocolInfo={quoteattr(protocol)} resolution="{pixels[0]}x{pixels[1]}">'
            f"{escape(url)}%21%21%21%21%21</res>"
        )


def _container(object_id: str, parent: str, title: str, children: int) -> str:
    return (
        f'<container id={quoteattr(object_id)} parentID={quoteattr(parent)} restricted="1" '
        f'childCount="{children}"><dc:title>{escape(title)}</dc:title>'
        "<upnp:class>object.container.storageFolder</upnp:class></container>"
    )
