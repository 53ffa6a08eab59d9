"""Faults of discovery: searches that nobody answers, or that are answered late, twice or with lies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from emulator.faults.engine import FaultEngine, damaged
from remotelens.protocol.wifi.ssdp import SearchRequest

_WRONG_HOSTS = {"unspecified": b"0.0.0.0", "elsewhere": b"203.0.113.1"}  # the latter is nobody's: RFC 5737
_SEARCHES = frozenset({"silence", "delay", "jitter", "double", "corrupt", *_WRONG_HOSTS})
_LOCATION_HOST = re.compile(rb"(\r\nLOCATION: http://)[^/:]+")


class Sent(Protocol):
    """One datagram to send; see `emulator.wifi.advertisement`."""

    @property
    def data(self) -> bytes:
        """Its bytes."""
        ...

    @property
    def after_s(self) -> float:
        """How much later than usual it leaves."""
        ...


Datagram = TypeVar("Datagram", bound=Sent)
DatagramOut = TypeVar("DatagramOut", bound=Sent, covariant=True)


class Advertiser(Protocol[DatagramOut]):
    """Something that can be found; see `emulator.wifi.advertisement`."""

    @property
    def name(self) -> str:
        """Who it is."""
        ...

    def answers(self, search: SearchRequest) -> Sequence[DatagramOut]:
        """Return what answers a search."""
        ...

    def announcements(self, kind: str) -> Sequence[DatagramOut]:
        """Return what tells everybody that it is there or leaves."""
        ...


class FaultyAdvertiser(Generic[Datagram]):
    """Keeps silent, answers late or twice, or tells a wrong place, when a rule says so.

    Args:
        inner: the camera.
        engine: the rules.
        make: makes a datagram of another's bytes and of how much later it is to leave.
    """

    def __init__(
        self, inner: Advertiser[Datagram], engine: FaultEngine, make: Callable[[bytes, float], Datagram]
    ) -> None:
        self._inner = inner
        self._engine = engine
        self._make = make
        self.name = inner.name

    def answers(self, search: SearchRequest) -> list[Datagram]:
        """Return the camera's answers, or what became of them."""
        return self._spoilt(self._inner.answers(search), search.st)

    def announcements(self, kind: str) -> list[Datagram]:
        """Return the camera's announcements, or what became of them."""
        return self._spoilt(self._inner.announcements(kind), kind)

    def _spoilt(self, datagrams: Sequence[Datagram], wanted: str) -> list[Datagram]:
        left = list(datagrams)
        for strike in self._engine.strikes("ssdp", self.name, wanted, _SEARCHES):
            kind = strike.rule.kind
            if kind == "silence":
                return []
            if kind == "double":
                left = [datagram for datagram in left for _ in range(2)]
            elif kind == "delay":
                left = [self._make(datagram.data, strike.rule.value) for datagram in left]
            elif kind == "jitter":
                left = [self._make(one.data, strike.dice.uniform(0.0, strike.rule.value)) for one in left]
            elif kind == "corrupt":
                left = [self._make(damaged(one.data, strike), one.after_s) for one in left]
            else:
                host = _WRONG_HOSTS[kind]
                left = [
                    self._make(_LOCATION_HOST.sub(rb"\g<1>" + host, datagram.data), datagram.after_s)
                    for datagram in left
                ]
        return left
