"""`system` on Linux: NetworkManager over D-Bus.

A profile of our own, held in memory and bound to our D-Bus connection: never the default route, no DNS, no
autoconnect. It is gone when we leave or die, and what the interface was on before is brought back.

Source: ble-stack.md 6.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import Any

from dbus_fast import Variant

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkTimeout, MissingComponent, RemoteLensError, WifiJoinFailed
from remotelens.transport.join.before import Before, Note, keep, left_behind
from remotelens.transport.join.joiner import JOIN_TIMEOUT_S, Credentials, Joined, JoinedByOthers
from remotelens.transport.join.managed_wifi import BY_HAND, NEAR, NOTHING, Device, ManagedWifi, ssid_bytes
from remotelens.transport.join.secret import without_key
from remotelens.transport.join.system_bus import CallRefused
from remotelens.transport.undone import undone

RESTORE_TIMEOUT_S = 20.0
_REFUSALS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "NetworkManager does not run on this host",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "NetworkManager does not run on this host",
}
_log = logging.getLogger(__name__)


class NetworkManagerJoiner:
    """Joins by NetworkManager.

    Args:
        interface: the network interface to use; None for one that is free, or the first.
        clock: measures time limits.
    """

    def __init__(self, *, interface: str | None = None, clock: Clock = REAL_CLOCK) -> None:
        self._interface = interface
        self._clock = clock

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        """Join the network, or put everything back.

        Raises:
            WifiJoinFailed: it is not in sight, does not take the key, or the system does not allow it.
            MissingComponent: no NetworkManager, or no Wi-Fi that it manages.
        """
        await mend(self._clock)
        attempt = _Attempt(await ManagedWifi.connect(self._clock), network, self._clock)
        try:
            async with self._clock.timeout(timeout_s):
                return await attempt.join(self._interface)
        except TimeoutError as error:
            await attempt.leave()
            if isinstance(error, LinkTimeout):
                raise WifiJoinFailed(error.message, remedy=error.remedy) from error
            raise WifiJoinFailed(f"not on {network.ssid} after {timeout_s:g} s", remedy=NEAR) from error
        except CallRefused as refusal:
            await attempt.leave()
            raise _refused(refusal, network) from refusal
        except BaseException:
            await attempt.leave()
            raise


async def mend(clock: Clock = REAL_CLOCK) -> None:
    """Bring back what runs that died have left this host's Wi-Fi without.

    Where NetworkManager cannot be asked now, that is left for the next time.
    """
    notes: list[Note] = []

    async def hold() -> None:
        notes.extend(await asyncio.to_thread(left_behind))

    try:
        await undone(hold())
        for note in notes:
            await _mend(note, clock)
    finally:
        for note in notes:
            note.let_be()


async def _mend(note: Note, clock: Clock) -> None:
    try:
        wifi = await ManagedWifi.connect(clock)
        try:
            if await _brought_back(note.before, wifi, clock):
                await undone(asyncio.to_thread(note.clear))
        finally:
            await undone(wifi.close())
    except (MissingComponent, CallRefused, LinkTimeout) as error:
        _log.debug("the Wi-Fi connection of before is not brought back: %s", error)


async def _brought_back(before: Before, wifi: ManagedWifi, clock: Clock) -> bool:
    """Bring back what an interface was on; one that is on something stays so. Return whether that is done.

    Raises:
        MissingComponent, CallRefused, LinkTimeout: NetworkManager cannot be asked now.
    """
    device = await wifi.device(before.interface)
    if device is None or not device.is_free:
        return True
    try:
        connection = await wifi.connection_with(before.connection)
    except CallRefused as refusal:  # it was deleted meanwhile
        _log.debug("the Wi-Fi connection of before is no more: %s", refusal)
        return True
    return await _restored(connection, device, wifi, clock)


async def _restored(connection: str, device: Device, wifi: ManagedWifi, clock: Clock) -> bool:
    """Ask for a stored connection; return whether NetworkManager had its say, whatever that was."""
    try:
        async with clock.timeout(RESTORE_TIMEOUT_S):
            await wifi.listen()
            active = await wifi.activate(connection, device)
            await wifi.activated(device, active, "the network of before")
    except (RemoteLensError, TimeoutError) as error:
        _log.warning("the Wi-Fi connection of before did not come back on %s: %s", device.interface, error)
        return isinstance(error, WifiJoinFailed | CallRefused)
    return True


class _Attempt:
    """One join, and what has to be undone of it."""

    def __init__(self, wifi: ManagedWifi, network: Credentials, clock: Clock) -> None:
        self._wifi = wifi
        self._network = network
        self._clock = clock
        self._device: Device | None = None
        self._active: str | None = None
        self._before = NOTHING
        self._note: Note | None = None
        self._leaving: asyncio.Task[None] | None = None

    @property
    def interface(self) -> str | None:
        """The network interface that leads to the camera."""
        return self._device.interface if self._device else None

    async def join(self, interface: str | None) -> Joined:
        """Walk the whole way; what it leaves behind when it fails, `leave` undoes."""
        wifi, network = self._wifi, self._network
        await wifi.listen()
        device = await wifi.pick(interface, network)
        if device.is_on_something and await wifi.is_on(device, network):
            await self.leave()
            return JoinedByOthers(device.interface)
        self._before = await wifi.connection_of(device)
        await self._take_note(device)
        access_point = await wifi.find(device, network)
        self._device = device
        await wifi.listen()
        self._active = await wifi.add_and_activate(_profile(network), device, access_point)
        await wifi.activated(device, self._active, network.ssid)
        await wifi.ignore()
        return self

    async def stands(self) -> bool:
        """Whether our connection is still the one that NetworkManager holds up."""
        if self._active is None:
            return False
        try:
            return await self._wifi.stands(self._active)
        except (LinkTimeout, MissingComponent) as error:
            _log.debug("NetworkManager does not tell of our connection: %s", error)
            return True

    async def leave(self) -> None:
        """Take our profile down and bring back what was there before; cancelling ends that no sooner."""
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())
        await undone(self._leaving)

    async def _leave(self) -> None:
        try:
            if self._active is not None:
                await self._wifi.deactivate(self._active)
        except (CallRefused, LinkTimeout, MissingComponent) as error:
            _log.debug("NetworkManager has no more of our connection: %s", error)
        settled = False
        try:
            settled = (
                self._device is None
                or self._before == NOTHING
                or await _restored(self._before, self._device, self._wifi, self._clock)
            )
        finally:
            if self._note is not None:
                await asyncio.to_thread(self._note.clear if settled else self._note.let_be)
            await self._wifi.close()

    async def _take_note(self, device: Device) -> None:
        """Keep on disk what the interface is on, for the case that this run dies."""
        if self._before == NOTHING:
            return
        try:
            told = Before(device.interface, await self._wifi.uuid_of(self._before))
        except CallRefused as refusal:
            _log.debug("NetworkManager does not tell what %s is on: %s", device.interface, refusal)
            return
        await undone(self._keep(told))

    async def _keep(self, before: Before) -> None:
        """Write a note; a thread that writes cannot be called back, so what it wrote is waited for."""
        self._note = await asyncio.to_thread(keep, before)


def _profile(network: Credentials) -> dict[str, dict[str, Any]]:
    """Return a connection that touches nothing of the host beyond its own interface."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in network.ssid)
    profile: dict[str, dict[str, Any]] = {
        "connection": {
            "id": Variant("s", f"remotelens {shown}"),
            "uuid": Variant("s", str(uuid.uuid4())),
            "type": Variant("s", "802-11-wireless"),
            "autoconnect": Variant("b", False),
        },
        "802-11-wireless": {
            "ssid": Variant("ay", ssid_bytes(network)),
            "mode": Variant("s", "infrastructure"),
        },
        "ipv4": {
            "method": Variant("s", "auto"),
            "never-default": Variant("b", True),
            "ignore-auto-dns": Variant("b", True),
        },
        "ipv6": {"method": Variant("s", "ignore")},
    }
    if network.key is not None:
        profile["802-11-wireless-security"] = {
            "key-mgmt": Variant("s", "wpa-psk"),
            "psk": Variant("s", network.key),
        }
    return profile


def _refused(refusal: CallRefused, network: Credentials) -> RemoteLensError:
    if refusal.name in _REFUSALS:
        return MissingComponent(_REFUSALS[refusal.name], remedy=BY_HAND)
    if "PermissionDenied" in refusal.name or "AccessDenied" in refusal.name:
        return WifiJoinFailed(
            f"this user may not join {network.ssid} through NetworkManager",
            remedy="use a desktop session, or allow org.freedesktop.NetworkManager.network-control by polkit",
        )
    if "no access point" in refusal.message.lower():  # it went between the look and the call
        return WifiJoinFailed(f"could not join {network.ssid}: it is not in sight any more", remedy=NEAR)
    words = without_key(refusal.message, network.key)
    return WifiJoinFailed(f"NetworkManager does not join {network.ssid}: {words[:200]}", remedy=BY_HAND)
