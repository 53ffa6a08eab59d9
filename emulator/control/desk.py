"""What all operations of the control API share: the rack they are about, and the forms of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from emulator.changes import Changes
from emulator.clock import RealClock
from emulator.device import Device
from emulator.faults.engine import FaultEngine
from emulator.hands import Cameras, Hands
from emulator.snapshot import RackSnapshot
from remotelens.errors import CameraNotFound

Told = msgspec.Struct | dict[str, Any] | bytes
HOST_CLOCK = RealClock()


class Air(Protocol):
    """The virtual air; `emulator.ble.air.Air` has this shape."""

    @property
    def hci(self) -> Snooped:
        """Its packets."""
        ...


class Snooped(Protocol):
    """Packets that are kept."""

    def as_btsnoop(self) -> bytes:
        """Return them as a file."""
        ...


class Controlled(Cameras, Protocol):
    """A rack under control; `emulator.rack.Emulator` has this shape."""

    faults: FaultEngine
    changes: Changes
    hands: Hands

    @property
    def air(self) -> Air | None:
        """The virtual air, where there is one."""
        ...

    @property
    def snapshots(self) -> Mapping[str, RackSnapshot]:
        """What is remembered, by name."""
        ...

    def snapshot(self, name: str) -> RackSnapshot:
        """Remember how everything stands now."""
        ...

    def remember(self, name: str, snapshot: RackSnapshot) -> None:
        """Have a snapshot under a name."""
        ...

    async def restore(self, name: str) -> None:
        """Bring everything back to how it stood then."""
        ...

    async def reset(self) -> None:
        """Bring everything back to the start."""
        ...

    def forget_snapshot(self, name: str) -> bool:
        """Remember it no longer."""
        ...

    async def add_camera(self, model: str) -> Device:
        """Put one more camera into the rack."""
        ...

    async def remove_camera(self, camera: Device) -> None:
        """Take a camera out of the rack."""
        ...


class NoSuchThing(CameraNotFound):
    """There is no rule or snapshot of that name."""


class Desk:
    """Some of the operations, by their names; each takes a request and tells how things stand then.

    Args:
        rack: the cameras.
    """

    def __init__(self, rack: Controlled) -> None:
        self._rack = rack
        self._hands = rack.hands


def fields(value: msgspec.Struct) -> dict[str, Any]:
    """Return an answer's members, to make another answer of."""
    return {name: getattr(value, name) for name in value.__struct_fields__}
