"""`system`: the network manager that this host has, or a clear word where there is none we can ask."""

from __future__ import annotations

import sys

from remotelens.clock import Clock
from remotelens.errors import WifiJoinFailed
from remotelens.transport.join.joiner import JOIN_TIMEOUT_S, Credentials, Joined, Joiner


def system_joiner(*, interface: str | None, clock: Clock) -> Joiner:
    """Return the way of this host: NetworkManager on Linux; elsewhere the person has to do it."""
    if sys.platform == "linux":
        from remotelens.transport.join.networkmanager import NetworkManagerJoiner

        return NetworkManagerJoiner(interface=interface, clock=clock)
    return JoinByHand()


class JoinByHand:
    """Says which network to join, since this host gives no program the means to."""

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        """Refuse, with the network's name.

        Raises:
            WifiJoinFailed: always.
        """
        raise WifiJoinFailed(
            f"this system's Wi-Fi is not switched by remotelens; the camera's network is {network.ssid}",
            remedy="join it by hand and say --join already, or name a program with --join command:PROGRAM",
        )
