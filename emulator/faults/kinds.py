"""The ways to misbehave: where each can happen, what the client sees, what its number means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Occasion(StrEnum):
    """What a rule's `after`, `count` and `probability` count."""

    ANSWER = "answer"
    """Each answer on the channel, or each datagram."""
    FRAME = "frame"
    """Each frame of a live view."""
    DEED = "deed"
    """Each call that `match` fits; without `match`, each second of camera time."""


LONGEST_S = 366 * 86_400.0
_MOST_BYTES = 1e12
_MOST_NOISE_BYTES = 1e9
_CENTURY_S = 100 * LONGEST_S

LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "seconds": (0, LONGEST_S),
        "bytes": (0, _MOST_BYTES),
        "bytes a second": (0, _MOST_BYTES),
        "error number": (0, 2**31 - 1),
        "ATT error": (1, 0xFF),
        "files": (0, 9999),
    }
)
"""By unit, the smallest and the largest number that makes sense of a fault."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to misbehave.

    Attributes:
        channels: where it can happen.
        does: what the client sees.
        value: what the number after ``=`` means; empty where there is none.
        default: the number when none is given; None where one must be.
        limits: the smallest and the largest number, where they are not those of its unit.
        occasion: what is counted.
    """

    channels: frozenset[str]
    does: str
    value: str = ""
    default: float | None = None
    limits: tuple[float, float] | None = None
    occasion: Occasion = Occasion.ANSWER

    @property
    def span(self) -> tuple[float, float]:
        """The smallest and the largest number it can have."""
        return self.limits or LIMITS[self.value]


HTTP = frozenset({"description", "rpc", "event", "liveview", "contents"})
WHOLE = HTTP - {"liveview"}
"""Where an answer has a known length."""

CALLS = frozenset({"rpc", "event"})
SSDP = frozenset({"ssdp"})
BLE = frozenset({"ble"})
LIVE = frozenset({"liveview"})
CARD = frozenset({"card"})
POWER = frozenset({"power"})
BODY = frozenset({"body"})
WIFI = frozenset({"wifi"})

KINDS: dict[str, Kind] = {
    # bytes on the way
    "delay": Kind(HTTP | SSDP | BLE, "the answer begins later", "seconds"),
    "jitter": Kind(HTTP | SSDP, "each piece comes later by up to so much", "seconds"),
    "bandwidth": Kind(HTTP, "the body comes no faster than that", "bytes a second"),
    "slice": Kind(HTTP, "the body comes in pieces of that size", "bytes", 1),
    "reset": Kind(HTTP, "the connection is reset after so much of the body", "bytes", 0),
    "truncate": Kind(HTTP, "the connection is closed after so much of the body", "bytes"),
    "halfclose": Kind(
        HTTP, "the camera's side is closed after so much of the body, the client's stays open", "bytes", 0
    ),
    "stall": Kind(HTTP, "nothing more comes after so much of the body", "bytes", 0),
    "blackhole": Kind(HTTP, "the request is swallowed, and nothing ever comes"),
    "corrupt": Kind(HTTP | SSDP | BLE, "about one byte in so many is wrong", "bytes", 4096),
    "duplicate": Kind(HTTP, "the body comes twice, and its length says so"),
    "length": Kind(WHOLE, "Content-Length is wrong by so much", "bytes", limits=(-_MOST_BYTES, _MOST_BYTES)),
    "shorten": Kind(WHOLE, "the body ends after so much, and its length says so", "bytes"),
    "garbage": Kind(WHOLE, "the body is noise of the same length"),
    "oversize": Kind(WHOLE, "the body is noise of so many bytes", "bytes", limits=(0, _MOST_NOISE_BYTES)),
    "bomb": Kind(frozenset({"description"}), "the body is XML that grows without bound when it is read"),
    # answers that mean something else
    "error": Kind(CALLS, "the call is not carried out and fails with that error number", "error number"),
    "busy": Kind(CALLS, "the call is not carried out: the camera is not ready (40401)"),
    "long": Kind(
        frozenset({"rpc"}),
        "a capture is answered with 40403 at once, and so are those who wait for it, for so long",
        "seconds",
    ),
    "hang": Kind(CALLS, "the call is not carried out and never answered"),
    "lost": Kind(CALLS, "the call is carried out, and its answer is lost with the connection"),
    "unspecified": Kind(SSDP | CALLS, "the URLs name the host 0.0.0.0"),
    "missing": Kind(frozenset({"event"}), "an event is never told"),
    "repeat": Kind(frozenset({"event", "ble"}), "an event or notification is told twice"),
    "drop": Kind(LIVE, "a frame is left out", occasion=Occasion.FRAME),
    "garble": Kind(LIVE, "a frame's picture is damaged", occasion=Occasion.FRAME),
    "headless": Kind(LIVE, "a frame's header is damaged", occasion=Occasion.FRAME),
    "silence": Kind(SSDP, "searches are not answered, and nothing is announced"),
    "double": Kind(SSDP, "each answer comes twice"),
    "elsewhere": Kind(SSDP, "LOCATION names a host where no camera is"),
    "refuse": Kind(BLE, "a request fails with that ATT error", "ATT error", 0x90),
    "mute": Kind(BLE, "a notification is never sent"),
    # things that happen to the camera
    "full": Kind(CARD, "the card is full for so long, 0 for good", "seconds", 0, occasion=Occasion.DEED),
    "out": Kind(CARD, "the card is out for so long, 0 for good", "seconds", 0, occasion=Occasion.DEED),
    "protected": Kind(
        CARD, "the card is write-protected for so long, 0 for good", "seconds", 0, occasion=Occasion.DEED
    ),
    "renumber": Kind(
        CARD | {"contents"},
        "the pictures on the card get other numbers, on by so many",
        "files",
        1000,
        occasion=Occasion.DEED,
    ),
    "off": Kind(
        POWER,
        "the camera switches off, and is switched on after so long; 0: never",
        "seconds",
        0,
        occasion=Occasion.DEED,
    ),
    "dying": Kind(POWER, "the battery is empty after so long", "seconds", 60, occasion=Occasion.DEED),
    "overheat": Kind(
        POWER,
        "the camera shuts down for heat, and can be switched on again after so long",
        "seconds",
        120,
        occasion=Occasion.DEED,
    ),
    "freeze": Kind(
        POWER,
        "the firmware hangs for so long; 0: until it is switched off and on",
        "seconds",
        0,
        occasion=Occasion.DEED,
    ),
    "drift": Kind(BODY, "a setting changes behind the client's back", occasion=Occasion.DEED),
    "clock": Kind(
        BODY,
        "the camera's clock goes wrong by so much",
        "seconds",
        limits=(-_CENTURY_S, _CENTURY_S),
        occasion=Occasion.DEED,
    ),
    "address": Kind(WIFI, "the camera is at another port from now on", occasion=Occasion.DEED),
    "key": Kind(WIFI, "the network gets another key, and whoever is in it is out", occasion=Occasion.DEED),
    "unlink": Kind(BLE, "the link is lost, as when the host walks away", occasion=Occasion.DEED),
    "away": Kind(
        BLE,
        "the camera is carried out of range, and back after so long",
        "seconds",
        30,
        occasion=Occasion.DEED,
    ),
    "forget": Kind(BLE, "the camera forgets its bonds", occasion=Occasion.DEED),
}
CHANNELS = tuple(sorted({channel for kind in KINDS.values() for channel in kind.channels}))
