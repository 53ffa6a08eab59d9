"""The private bus as a whole: the daemon, org.bluez and org.freedesktop.NetworkManager on it."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from emulator.ble.air import Air
from emulator.ble.bus.bluez.service import serving_bluez
from emulator.ble.bus.daemon import Daemon
from emulator.ble.bus.networkmanager.networks import Networks
from emulator.ble.bus.networkmanager.service import serving_networkmanager
from emulator.clock import Clock, RealClock

_GET_ADDRESS = 0x8915  # SIOCGIFADDR of <linux/sockios.h>


@contextlib.asynccontextmanager
async def private_bus(
    air: Air, networks: Networks, *, host: str, clock: Clock, state_dir: Path | None = None
) -> AsyncIterator[str]:
    """Serve a host's Bluetooth and network manager on a bus of its own; gives the bus's address.

    Args:
        air: what its Bluetooth hears.
        networks: what its Wi-Fi sees.
        host: the address that the cameras are on.
        clock: the time of what both do.
        state_dir: where Bluetooth bonds are kept over restarts.

    Raises:
        MissingComponent: dbus-daemon is not installed.
        RemoteLensError: it does not start.
        ConfigError: the file of bonds cannot be understood.
    """
    async with contextlib.AsyncExitStack() as stack:
        # The daemon is no part of the world, so its limits are not in the world's time.
        daemon = await Daemon.start(RealClock())
        stack.push_async_callback(daemon.close)
        await stack.enter_async_context(serving_bluez(daemon.address, air, clock, state_dir))
        await stack.enter_async_context(
            serving_networkmanager(daemon.address, networks, interface_with(host), clock)
        )
        yield daemon.address


def interface_with(host: str) -> str:
    """Return what the system calls the interface that has an address; that of loopback for all of its own."""
    import fcntl

    assert sys.platform == "linux", "a system bus is a Linux thing"
    wanted = "127.0.0.1" if ipaddress.IPv4Address(host).is_loopback else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking, _GET_ADDRESS, struct.pack("256s", name.encode()))
            except OSError:
                continue  # it has no IPv4 address
            if socket.inet_ntoa(answer[20:24]) == wanted:
                return name
    return "wlan0"
