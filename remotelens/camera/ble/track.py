"""Where the host is: at one place, or on a way that was recorded as GPX.

Source: GPX 1.1 schema, topografix.com/GPX/1/1 (1.0 differs in nothing that is read here).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol
from xml.etree.ElementTree import Element, ParseError

from remotelens.errors import InvalidValue

LARGEST_BYTES: Final = 64 * 1024 * 1024
_POINTS: Final = ("trkpt", "rtept", "wpt")
"""A track is a way; without one a route is, and without that the places."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place on Earth, in degrees, north and east positive."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise InvalidValue(
                f"{self.latitude:g}, {self.longitude:g} is no place on Earth",
                remedy="give latitude and longitude in degrees, as in 35.681236,139.767125",
            )

    @classmethod
    def parse(cls, text: str) -> Place:
        """Read ``LATITUDE,LONGITUDE``.

        Raises:
            InvalidValue: it is none.
        """
        latitude, _, longitude = text.partition(",")
        try:
            return cls(float(latitude), float(longitude))
        except ValueError as error:
            if isinstance(error, InvalidValue):
                raise
            raise InvalidValue(
                f"{text!r} is no place", remedy="write LATITUDE,LONGITUDE in degrees"
            ) from error


class Whereabouts(Protocol):
    """Tells where the host is."""

    def at(self, elapsed_s: float, now: datetime) -> Place | None:
        """Return the place after so many seconds of a feed, None when the way has ended."""
        ...


@dataclass(frozen=True, slots=True)
class Still:
    """A host that does not move."""

    place: Place

    def at(self, elapsed_s: float, now: datetime) -> Place | None:
        """Return the place."""
        del elapsed_s, now
        return self.place


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One point of a way; without a time where the file has none."""

    place: Place
    at: datetime | None = None


class Track:
    """A way through places.

    A track whose times include the present is followed by the clock. Any other is walked from its start, at
    the pace of its times; where it has none, a point every `pace_s`.

    Args:
        points: the way; at least one.
        pace_s: seconds from one point to the next where the file has no times.
    """

    def __init__(self, points: tuple[TrackPoint, ...], *, pace_s: float = 10.0) -> None:
        if not points:
            raise InvalidValue("a way needs at least one point")
        self.points = points
        times = [point.at for point in points if point.at is not None]
        self.start = times[0] if len(times) == len(points) else None
        """When the track begins, None where it has no times."""
        first = self.start
        self._offsets_s = (
            [pace_s * number for number in range(len(points))]
            if first is None
            else [(at - first).total_seconds() for at in times]
        )
        if any(later < earlier for earlier, later in zip(self._offsets_s, self._offsets_s[1:], strict=False)):
            raise InvalidValue(
                "the times of the track go back", remedy="give a file with one continuous track"
            )

    @property
    def seconds(self) -> float:
        """How long the way takes."""
        return self._offsets_s[-1]

    def at(self, elapsed_s: float, now: datetime) -> Place | None:
        """Return the place after so many seconds of a feed, None when the way has ended."""
        if self.start is not None and self.start <= now <= self.start + timedelta(seconds=self.seconds):
            elapsed_s = (now - self.start).total_seconds()
        if elapsed_s > self.seconds:
            return None
        after = bisect.bisect_right(self._offsets_s, max(0.0, elapsed_s))
        if after >= len(self.points):
            return self.points[-1].place
        before = after - 1
        span_s = self._offsets_s[after] - self._offsets_s[before]
        share = (max(0.0, elapsed_s) - self._offsets_s[before]) / span_s if span_s else 0.0
        return _between(self.points[before].place, self.points[after].place, share)


def _between(here: Place, there: Place, share: float) -> Place:
    """Return a place on the straight line between two, the short way round the world."""
    if not share:
        return here
    east = (there.longitude - here.longitude + 180) % 360 - 180
    longitude = (here.longitude + share * east + 180) % 360 - 180
    return Place(here.latitude + share * (there.latitude - here.latitude), longitude)


def load_gpx(path: Path, *, pace_s: float = 10.0) -> Track:
    """Read the track, else the route, else the places of a GPX file.

    Raises:
        InvalidValue: it cannot be read, or has no point; says which file and why.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise InvalidValue(f"{path} is larger than any track: more than {LARGEST_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidValue(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        return parse_gpx(data, pace_s=pace_s)
    except InvalidValue as error:
        raise InvalidValue(f"{path}: {error.message}", remedy=error.remedy) from error


def parse_gpx(data: bytes, *, pace_s: float = 10.0) -> Track:
    """Return the way in a GPX document.

    Raises:
        InvalidValue: it is none, or has no point.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise InvalidValue(f"this is no GPX: {type(error).__name__} {error}") from error
    for kind in _POINTS:
        points = tuple(_point(element) for element in _elements(root, kind))
        if points:
            return Track(points, pace_s=pace_s)
    raise InvalidValue("there is no track, route or place in it")


def _elements(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _local(element: Element) -> str:
    """Return an element's name without its namespace, which differs between versions."""
    return str(element.tag).rpartition("}")[2]


def _point(element: Element) -> TrackPoint:
    try:
        place = Place(float(element.get("lat", "")), float(element.get("lon", "")))
    except ValueError as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue("a point has no latitude or longitude") from error
    text = next((child.text for child in element if _local(child) == "time"), None)
    return TrackPoint(place, None if text is None else _time(text.strip()))


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidValue(f"{text!r} is no time") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
