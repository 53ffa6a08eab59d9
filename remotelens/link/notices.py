"""What cameras announce by themselves: that they are there, and that they leave.

Nothing rests on it: an announcement may be lost, and a camera that is switched off often says nothing. One
that is heard spares the wait for a search or for silence.

Source: protocol/wifi.md 2.3.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from remotelens.clock import Clock
from remotelens.errors import ConnectFailed, RemoteProtocolError
from remotelens.protocol.wifi.ssdp import MULTICAST_HOST, MULTICAST_PORT, SCALAR_WEB_API, Notify, parse
from remotelens.transport.interfaces import Interface
from remotelens.transport.network import group_port

ALIVE = "ssdp:alive"
BYEBYE = "ssdp:byebye"
_log = logging.getLogger(__name__)

Heard = Callable[[Notify, str], None]


async def hear_notices(
    interface: Interface, take: Heard, *, timeout_s: float | None = None, clock: Clock
) -> None:
    """Hand out what cameras announce on one interface, until the time is over or for as long as one waits.

    Args:
        interface: where to listen.
        take: gets each announcement of a camera's API, and the address that it came from.
        timeout_s: how long to listen; None for without end.
        clock: measures the time.
    """
    try:
        async with group_port(interface, (MULTICAST_HOST, MULTICAST_PORT)) as port:
            if timeout_s is None:
                while True:
                    _hand_out(*await port.receive(), take)
            end_s = clock.monotonic() + timeout_s
            while (left_s := end_s - clock.monotonic()) > 0:
                try:
                    async with clock.timeout(left_s):
                        arrived = await port.receive()
                except TimeoutError:
                    return
                _hand_out(*arrived, take)
    except ConnectFailed as error:
        _log.debug("announcements are not heard on %s: %s", interface, error.message)


def same_uuid(one: str, other: str) -> bool:
    """Whether two ids, as cameras write them, are the same."""
    return bool(one) and one.casefold() == other.casefold()


def _hand_out(datagram: bytes, sender: tuple[str, int], take: Heard) -> None:
    try:
        message = parse(datagram)
    except RemoteProtocolError as error:
        _log.debug("%s sent %d bytes that are no SSDP: %s", sender[0], len(datagram), error.message)
        return
    if isinstance(message, Notify) and message.nt == SCALAR_WEB_API:
        take(message, sender[0])
