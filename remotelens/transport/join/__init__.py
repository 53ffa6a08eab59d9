"""Getting this host onto a camera's Wi-Fi network and off it again, one way a module.

The rest of the host's network stays as it is. A key is never in an argument list, a log or a message.
"""

from __future__ import annotations

import sys

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import InvalidValue
from remotelens.transport.join.before import any_kept
from remotelens.transport.join.joiner import Credentials, Joined, Joiner, WifiCredentials

__all__ = ["Credentials", "Joined", "Joiner", "WifiCredentials", "joiner", "mend"]


async def mend(*, clock: Clock = REAL_CLOCK) -> None:
    """Bring back what runs that died have left this host's Wi-Fi without."""
    if sys.platform != "linux" or not any_kept():
        return
    from remotelens.transport.join import networkmanager

    await networkmanager.mend(clock)


def joiner(text: str, *, interface: str | None = None, clock: Clock = REAL_CLOCK) -> Joiner:
    """Return what `--join` names.

    Args:
        text: ``system`` (this host's own network manager), ``already`` (the host is on the network) or
            ``command:PROGRAM`` (PROGRAM gets ``{"ssid","key","bssid"}`` on standard input).
        interface: the network interface to join with; None for a free one.
        clock: measures time limits.

    Raises:
        InvalidValue: it names none of them.
    """
    if text == "already":
        from remotelens.transport.join.already import AlreadyJoined

        return AlreadyJoined()
    if text == "system":
        from remotelens.transport.join.system import system_joiner

        return system_joiner(interface=interface, clock=clock)
    if text.startswith("command:"):
        from remotelens.transport.join.command import CommandJoiner

        return CommandJoiner(text.removeprefix("command:"), interface=interface, clock=clock)
    raise InvalidValue(
        f"{text!r} is no way to join a network", remedy="write system, already or command:PROGRAM"
    )
