"""One SSDP search on one interface: asks several times, hands out what answers.

Source: protocol/wifi.md 2.1, 2.2.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from remotelens.clock import Clock
from remotelens.errors import ConnectFailed, RemoteProtocolError
from remotelens.link.found import Tried
from remotelens.protocol.wifi.ssdp import SCALAR_WEB_API, SearchReply, encode_search, parse
from remotelens.transport.interfaces import Interface
from remotelens.transport.network import Address, UdpPort, udp_port

REPEAT_AFTER_S = (0.0, 0.2, 0.6, 1.4)
REPEAT_EVERY_S = 3.0
_log = logging.getLogger(__name__)

Take = Callable[[SearchReply, str], None]


async def search_on(
    interface: Interface,
    places: Sequence[Address],
    take: Take,
    *,
    timeout_s: float,
    wifi: str | None,
    only_this_interface: bool,
    clock: Clock,
) -> Tried:
    """Search until the time is over; return how it went.

    Args:
        interface: where to ask.
        places: where the search goes.
        take: gets each answer and the address that it came from.
        timeout_s: how long to listen.
        wifi: the network that the interface is on, for the report.
        only_this_interface: bind to the interface itself, not just to its address.
        clock: measures the time.
    """
    tried = Tried(interface, wifi)
    end_s = clock.monotonic() + timeout_s
    due = _due(clock.monotonic())
    next_s = next(due)
    try:
        async with udp_port(interface, only_this_interface=only_this_interface) as port:
            while (now_s := clock.monotonic()) < end_s:
                if now_s >= next_s:
                    tried = replace(tried, error=_ask(port, places))
                    next_s = next(due)
                try:
                    async with clock.timeout(min(next_s, end_s) - now_s):
                        datagram, sender = await port.receive()
                except TimeoutError:
                    continue
                tried = replace(tried, answers=tried.answers + 1)
                _hand_out(datagram, sender[0], take)
    except ConnectFailed as error:
        tried = replace(tried, error=error.message)
    return tried


def _due(start_s: float) -> Iterator[float]:
    """Yield when to ask: often at first, rarely then."""
    yield from (start_s + after_s for after_s in REPEAT_AFTER_S)
    last_s = start_s + REPEAT_AFTER_S[-1]
    while True:
        last_s += REPEAT_EVERY_S
        yield last_s


def _ask(port: UdpPort, places: Sequence[Address]) -> str | None:
    """Send the search everywhere; return why it could be sent nowhere."""
    why: OSError | None = None
    sent = 0
    for host, number in places:
        try:
            port.send(encode_search(host=f"{host}:{number}"), (host, number))
            sent += 1
        except OSError as error:
            why = error
    if sent or why is None:
        return None
    return f"the search cannot be sent: {why.strerror or why}"


def _hand_out(datagram: bytes, sender: str, take: Take) -> None:
    try:
        message = parse(datagram)
    except RemoteProtocolError as error:
        _log.debug("%s sent %d bytes that are no SSDP: %s", sender, len(datagram), error.message)
        return
    if isinstance(message, SearchReply) and (not message.st or message.st == SCALAR_WEB_API):
        take(message, sender)
