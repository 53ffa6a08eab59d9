"""Keeps the packets between the controllers of the air and their hosts, for whoever wants to look at them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from bumble.controller import Controller

from emulator.clock import RealClock
from emulator.journal.btsnoop import Adapter, HciPacket, encode

KEPT_PACKETS = 50_000
KEPT_ADAPTERS = 1_000


class HciLog:
    """The newest packets of every controller on the air.

    Args:
        now: the time of day; the host's when not given.
    """

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now or RealClock().now
        self._adapters: dict[Controller, Adapter] = {}
        self._numbers = 0
        self._packets: deque[HciPacket] = deque(maxlen=KEPT_PACKETS)

    def watch(self, controller: Controller, data: bytes, from_host: bool) -> None:
        """Keep one packet, in place of the oldest."""
        at = self._now()
        adapter = self._adapters.get(controller)
        if adapter is None:
            adapter = self._enter(controller, at)
        self._packets.append(HciPacket(at, adapter.index, from_host, data))

    def as_btsnoop(self) -> bytes:
        """Return what is kept as a file that Wireshark opens."""
        return encode(tuple(self._adapters.values()), self._packets)

    def clear(self) -> None:
        """Forget the packets."""
        self._packets.clear()

    def _enter(self, controller: Controller, at: datetime) -> Adapter:
        if len(self._adapters) >= KEPT_ADAPTERS:
            self._adapters.pop(next(iter(self._adapters)))
        address = controller.public_address.to_string(with_type_qualifier=False)
        adapter = self._adapters[controller] = Adapter(self._numbers, address, controller.name, at)
        self._numbers += 1
        return adapter
