"""What may hinder on this host, as far as this room touches it: interfaces, Wi-Fi service, Bluetooth."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.config.checks import Check
from remotelens.errors import LinkTimeout, MissingComponent
from remotelens.transport.interfaces import interfaces, wifi_name

_BLUEZ = "org.bluez"
_NETWORK_MANAGER = "org.freedesktop.NetworkManager"


async def checks(clock: Clock = REAL_CLOCK) -> AsyncIterator[Check]:
    """Look at the network and the radios; sends nothing but questions to this host's own services."""
    for check in await asyncio.to_thread(_interfaces):
        yield check
    if sys.platform == "linux":
        async for check in _linux(clock):
            yield check
    else:
        yield Check(
            "Wi-Fi service", None, "not switched by remotelens here", "join the camera's network by hand"
        )
    has_bumble = find_spec("bumble") is not None
    yield Check(
        "own Bluetooth controllers",
        True if has_bumble else None,
        "hci:tcp, hci:usb and hci:serial can be used" if has_bumble else "not installed",
        None if has_bumble else "pip install 'remotelens[ble-hci]' to use them",
    )


def _interfaces() -> list[Check]:
    found = [item for item in interfaces() if not item.loopback]
    if not found:
        return [
            Check("network interfaces", False, "none is up", "switch Wi-Fi on and join the camera's network")
        ]
    told = []
    for item in found:
        name = wifi_name(item.name)
        told.append(f"{item} on {name}" if name else str(item))
    return [Check("network interfaces", True, ", ".join(told))]


async def _linux(clock: Clock) -> AsyncIterator[Check]:
    from remotelens.transport.join.system_bus import CallRefused, SystemBus

    try:
        bus = await SystemBus.connect(_BLUEZ, clock)
    except MissingComponent as error:
        yield Check("system D-Bus", None, error.message, "without it: --join already and --ble-adapter hci:…")
        return
    try:
        objects = (await bus.call("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects"))[0]
        adapters = [path for path, faces in objects.items() if "org.bluez.Adapter1" in faces]
        powered = [path for path in adapters if objects[path]["org.bluez.Adapter1"].get("Powered")]
        if powered:
            yield Check("Bluetooth", True, f"{len(powered)} adapter ready")
        else:
            detail = "the adapter is switched off" if adapters else "BlueZ runs, but there is no adapter"
            yield Check("Bluetooth", None, detail, "switch it on, or use --ble-adapter hci:usb:0")
    except (CallRefused, LinkTimeout, MissingComponent) as error:
        yield Check(
            "Bluetooth",
            None,
            f"BlueZ does not answer: {error.message}",
            "QX cameras need none; else start bluetoothd",
        )
    finally:
        await bus.close()
    yield await _network_manager(clock)


async def _network_manager(clock: Clock) -> Check:
    from remotelens.transport.join.system_bus import CallRefused, SystemBus

    try:
        bus = await SystemBus.connect(_NETWORK_MANAGER, clock)
        try:
            version = await bus.get("/org/freedesktop/NetworkManager", _NETWORK_MANAGER, "Version")
        finally:
            await bus.close()
        return Check("Wi-Fi service", True, f"NetworkManager {version}")
    except (CallRefused, LinkTimeout, MissingComponent) as error:
        return Check(
            "Wi-Fi service",
            None,
            f"NetworkManager does not answer: {error.message}",
            "join the camera's network by hand (--join already) or with a program (--join command:…)",
        )
