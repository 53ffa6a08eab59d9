"""How a GATT service of the camera is described, with no stack behind it.

A service is a list of values; each may be read, written and told. Services know the body and the bytes, and
nothing of connections: who may touch a value, and when a notification leaves, is the business of `gatt`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from remotelens.protocol.ble.att import AttCode

Read = Callable[[], bytes]
Write = Callable[[bytes], None]
Tell = Callable[[str, bytes], None]
"""Notify whoever subscribed to a characteristic, after the answer to the request in hand."""


class Refusal(Exception):
    """The camera refuses a request.

    Args:
        code: the ATT error.
        drop_link: the camera ends the link after the answer.
    """

    def __init__(self, code: AttCode, *, drop_link: bool = False) -> None:
        super().__init__(f"ATT error {code:#04x}")
        self.code = code
        self.drop_link = drop_link


@dataclass(frozen=True, slots=True)
class Value:
    """One characteristic.

    Args:
        uuid: 128-bit text.
        read: gives the value, None when it cannot be read.
        write: takes a written value, None when it cannot be written.
        tells: it can be subscribed to.
        open: it may be touched without a bond.
    """

    uuid: str
    read: Read | None = None
    write: Write | None = None
    tells: bool = False
    open: bool = False


class GattService(Protocol):
    """One service."""

    @property
    def uuid(self) -> str:
        """128-bit text."""
        ...

    def values(self) -> Sequence[Value]:
        """Return its characteristics in their order in the database."""
        ...

    def changed(self, what: str) -> None:
        """Tell what has changed in the body, by the name that the body gives it."""
        ...

    def link_ended(self) -> None:
        """Forget what was tied to the link."""
        ...
