"""The stages of the road to a camera, and what is told of each.

Source: design, "The connection, end to end".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from remotelens.link.target import Target
from remotelens.transport.join.joiner import Credentials
from remotelens.transport.network import Address


class Stage(StrEnum):
    """One stage; they are walked in this order, those that do not apply left out.

    Where the bond is there already, `PAIR` is told as `RECONNECT`.
    """

    FIND = "find"
    PAIR = "pair"
    WAKE = "wake"
    JOIN = "join"
    SEARCH = "search"
    REACH = "reach"


RECONNECT = "connect"


@dataclass(frozen=True, slots=True)
class StageRecord:
    """How one stage went.

    Args:
        name: the stage.
        seconds: how long it took.
        ok: whether it got there.
        detail: what it found, or why it did not get there.
    """

    name: str
    seconds: float
    ok: bool
    detail: str

    def shown(self) -> dict[str, object]:
        """Return it as one item of `demo --json`."""
        return {"name": self.name, "seconds": self.seconds, "ok": self.ok, "detail": self.detail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which camera, and by which way.

    Args:
        target: the camera that is meant.
        ble: whether the road starts over Bluetooth LE; None for where the target is known by it.
        ble_adapter: which Bluetooth.
        ble_name: its address or what it calls itself there; None for the only one that is heard.
        again: forget the bond there is and make a new one.
        join: how to get onto the camera's network: `already`, `system` or `command:PROGRAM`.
        credentials: the camera's network, where the person gave it.
        interface: the network interface to use; None for any.
        ask: more places to send the search to.
        multicast: False sends it to those places alone.
        find_timeout_s: how long to listen for its advertisement.
        search_timeout_s: how long to search for it on the network.
    """

    target: Target
    ble: bool | None = None
    ble_adapter: str = "system"
    ble_name: str | None = None
    again: bool = False
    join: str = "already"
    credentials: Credentials | None = None
    interface: str | None = None
    ask: tuple[Address, ...] = ()
    multicast: bool = True
    find_timeout_s: float = 15.0
    search_timeout_s: float = 15.0


Observer = Callable[[StageRecord], None]
Begun = Callable[[Stage], None]
