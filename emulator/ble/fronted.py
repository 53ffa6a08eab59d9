"""A GATT service with something in front of it that meddles with its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from emulator.ble.values import GattService, Read, Value, Write


class Fronted:
    """A GATT service whose values are read and written through a subclass.

    Args:
        inner: the service itself.
    """

    def __init__(self, inner: GattService) -> None:
        self._inner = inner
        self.changed = inner.changed
        self.link_ended = inner.link_ended

    @property
    def uuid(self) -> str:
        """128-bit text."""
        return self._inner.uuid

    def values(self) -> Sequence[Value]:
        """Return the characteristics."""
        return [
            replace(
                value,
                read=value.read and self.read(value.uuid, value.read),
                write=value.write and self.write(value.uuid, value.write),
            )
            for value in self._inner.values()
        ]

    def read(self, uuid: str, inner: Read) -> Read:
        """Return how a characteristic is read."""
        return inner

    def write(self, uuid: str, inner: Write) -> Write:
        """Return how a characteristic is written."""
        return inner
