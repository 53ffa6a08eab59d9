"""The air with a room around it: links that get longer, slower, and that end when they are too long.

A link whose two ends do not hear each other holds its packets back; when they hear each other again in time
they go on where they were, else both ends see a supervision time-out, each by itself.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator

from bumble import ll
from bumble.controller import Connection, Controller

from emulator.ble.controller import SUPERVISION_TIMEOUT, Ether
from emulator.ble.space import Space
from emulator.clock import Handle

LOOK_EVERY_S = 0.1
"""How often links are looked at while somebody moves or does not hear, in camera time."""
DEFAULT_LIMIT_S = 0.72
_LIMIT_UNIT_S = 0.01

_Line = tuple[Controller, Controller]
_Packet = tuple[float, Callable[[], None]]


class RoomEther(Ether):
    """The air of one room.

    Args:
        space: where the radios are.
    """

    def __init__(self, space: Space) -> None:
        super().__init__(lambda sender, receiver: space.rssi(_names(sender), _names(receiver)))
        self._space = space
        self._waiting: dict[_Line, deque[_Packet]] = {}
        self._due: dict[_Line, Handle] = {}
        self._limits_s: dict[frozenset[str], float] = {}
        self._silent_since_s: dict[int, float] = {}
        self._looking: Handle | None = None
        space.subscribe(self._look_soon)

    def close(self) -> None:
        """Stop looking, and forget what is on its way."""
        for handle in (*self._due.values(), *([self._looking] if self._looking else [])):
            handle.cancel()
        self._looking = None
        self._due.clear()
        self._waiting.clear()

    def remove_controller(self, controller: Controller) -> None:
        """Take a controller off the air, with what is on its way to it and from it."""
        super().remove_controller(controller)
        for line in [line for line in (*self._waiting, *self._due) if controller in line]:
            self._forget(line)

    def _carry(
        self, sender: Controller, receiver: Controller, deliver: Callable[[], None], late_s: float = 0.0
    ) -> None:
        line = (sender, receiver)
        waiting = self._waiting.get(line)
        delay_s = self._space.delay_s() + late_s
        if not waiting and delay_s <= 0.0 and self.rssi(sender, receiver) is not None:
            asyncio.get_running_loop().call_soon(deliver)
            return
        if waiting is None:
            waiting = self._waiting[line] = deque()
        due_s = self._space.clock.monotonic() + delay_s
        waiting.append((max(due_s, waiting[-1][0]) if waiting else due_s, deliver))
        self._deliver_when_due(line)

    def _deliver_when_due(self, line: _Line) -> None:
        waiting = self._waiting.get(line)
        if waiting and line not in self._due:
            pause_s = waiting[0][0] - self._space.clock.monotonic()
            self._due[line] = self._space.clock.call_later(pause_s, lambda: self._deliver(line))

    def _deliver(self, line: _Line) -> None:
        """Hand over what is due; what is out of range waits until somebody looks again."""
        self._due.pop(line, None)
        waiting = self._waiting.get(line)
        if not waiting:
            return
        if self.rssi(*line) is None:
            self._look_soon()
            return
        now_s = self._space.clock.monotonic()
        while waiting and waiting[0][0] <= now_s:
            waiting.popleft()[1]()
        if waiting:
            self._deliver_when_due(line)
        else:
            self._waiting.pop(line, None)

    def _are_linking(self, initiator: Controller, packet: ll.ConnectInd) -> bool:
        advertiser = self.find_le_controller(packet.advertiser_address)
        if advertiser is None or self.rssi(initiator, advertiser) is None:
            return False
        ends = frozenset((_text(packet.initiator_address), _text(packet.advertiser_address)))
        self._limits_s[ends] = packet.timeout * _LIMIT_UNIT_S or DEFAULT_LIMIT_S
        self._forget((initiator, advertiser))
        self._forget((advertiser, initiator))
        return True

    def _forget(self, line: _Line) -> None:
        """Drop what an earlier link left on its way."""
        self._waiting.pop(line, None)
        handle = self._due.pop(line, None)
        if handle is not None:
            handle.cancel()

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = self._space.clock.call_later(LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        """See which ends of links hear nothing, and end those that have heard nothing for too long."""
        self._looking = None
        now_s = self._space.clock.monotonic()
        restless = self._space.is_moving
        alive: set[int] = set()
        for controller, connection in tuple(self._ends()):
            alive.add(id(connection))
            peer = self._hears(controller, connection)
            if peer is not None:
                self._silent_since_s.pop(id(connection), None)
                self._deliver_when_due((controller, peer))
                continue
            since_s = self._silent_since_s.setdefault(id(connection), now_s)
            if now_s - since_s >= self._limit_s(connection):
                controller.on_le_disconnected(connection, SUPERVISION_TIMEOUT)
            else:
                restless = True
        for gone in self._silent_since_s.keys() - alive:
            del self._silent_since_s[gone]
        if restless:
            self._look_soon()

    def _ends(self) -> Iterator[tuple[Controller, Connection]]:
        for controller in self.controllers:
            for connection in controller.le_connections.values():
                yield controller, connection

    def _hears(self, controller: Controller, connection: Connection) -> Controller | None:
        """Return the radio at the other end, None where it is not heard or has given the link up."""
        peer = self.find_le_controller(connection.peer_address)
        if peer is None or connection.self_address not in peer.le_connections:
            return None
        return peer if self.rssi(peer, controller) is not None else None

    def _limit_s(self, connection: Connection) -> float:
        ends = frozenset((_text(connection.self_address), _text(connection.peer_address)))
        return self._limits_s.get(ends, DEFAULT_LIMIT_S)


def _names(controller: Controller) -> set[str]:
    """Return every address that a radio goes by."""
    own = {_text(controller.random_address), _text(controller.public_address)}
    own |= {_text(connection.self_address) for connection in controller.le_connections.values()}
    return own | {_text(item.address) for item in controller.advertising_sets.values() if item.address}


def _text(address: object) -> str:
    return str(address).removesuffix("/P")
