"""Where a radio is: an HCI transport and the keys that are used on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from remotelens.clock import REAL_CLOCK, Clock

OPEN_LIMIT_S: Final = 5.0
"""A controller answers the reset and the questions after it in milliseconds; USB firmware takes a second."""


@dataclass(frozen=True, slots=True)
class HciPort:
    """One HCI transport with one identity.

    Args:
        transport: Bumble's name of it: ``tcp-client:HOST:PORT``, ``usb:N``, ``serial:PATH``.
        keys_path: file of identity and bonds; None keeps them in memory, as long as this value lives.
        clock: measures time limits.
        open_limit_s: how long the controller may take to answer at all.
        label: what to call it in messages, where that is not Bumble's name.
        memory: the identity and bonds where there is no file.
    """

    transport: str
    keys_path: Path | None = None
    clock: Clock = field(default=REAL_CLOCK, compare=False, repr=False)
    open_limit_s: float = field(default=OPEN_LIMIT_S, compare=False)
    label: str = field(default="", compare=False)
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return self.label or self.transport

    @property
    def key(self) -> tuple[str, str | int]:
        """What two ports share when they are the same radio."""
        return self.transport, id(self.memory) if self.keys_path is None else str(self.keys_path)
