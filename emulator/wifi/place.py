"""Where one camera is: its address, what it serves on which port, and the network that it is in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

Inside = Callable[[], AbstractContextManager[object]]
"""Enters the network in which a socket is to be made; sockets stay in the one that they were made in."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What is served where; the numbers may be the same, and 0 leaves them to the host.

    Attributes:
        description: the device description.
        api: JSON-RPC.
        media: live view and pictures.
    """

    description: int = 0
    api: int = 0
    media: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where one camera is.

    Attributes:
        host: its address.
        ports: its ports.
        inside: enters its network; this host's own when not given.
        search_port: where it answers searches that are sent to it alone; 0 leaves the number to the host.
    """

    host: str
    ports: Ports = Ports()
    inside: Inside = nullcontext
    search_port: int = 0

    @classmethod
    def on_one_port(cls, host: str, port: int = 0) -> Place:
        """Return the place of a camera that serves everything on one port."""
        return cls(host, Ports(port, port, port))
