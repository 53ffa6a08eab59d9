"""`system` on Linux: NetworkManager over D-Bus.

A profile of our own, held in memory and bound to our D-Bus connection: never the default route, no DNS, no
autoconnect. It is gone when we leave or die, and what the interface was on before is brought back.

Source: ble-stack.md 6; NetworkManager's D-Bus reference (states, reasons, AddAndActivateConnection2).
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from dataclasses import dataclass
from typing import Any

from dbus_fast import Variant

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import LinkTimeout, MissingComponent, RemoteLensError, WifiJoinFailed
from remotelens.transport.join.before import Before, Note, keep, left_behind
from remotelens.transport.join.joiner import (
    JOIN_TIMEOUT_S,
    Credentials,
    Joined,
    JoinedByOthers,
    WifiCredentials,
)
from remotelens.transport.join.secret import without_key
from remotelens.transport.join.system_bus import CallRefused, SystemBus
from remotelens.transport.undone import undone

SERVICE = "org.freedesktop.NetworkManager"
SCAN_TIMEOUT_S = 20.0
RESTORE_TIMEOUT_S = 20.0
_ROOT = "/org/freedesktop/NetworkManager"
_DEVICE = f"{SERVICE}.Device"
_WIRELESS = f"{SERVICE}.Device.Wireless"
_ACCESS_POINT = f"{SERVICE}.AccessPoint"
_ACTIVE = f"{SERVICE}.Connection.Active"
_NOTHING = "/"

_WIFI_DEVICE = 2
_DEVICE_UNAVAILABLE, _DEVICE_DISCONNECTED, _DEVICE_ACTIVATED, _DEVICE_FAILED = 20, 30, 100, 120
_ACTIVE_ACTIVATED, _ACTIVE_DEACTIVATED = 2, 4
_NO_IP, _NO_SECRETS, _TOO_LATE = 5, 7, 11
_ACTIVE_REASONS = {5: _NO_IP, 6: _TOO_LATE, 9: _NO_SECRETS}  # an active connection counts its reasons anew

_CHECK_KEY = "check the key: it is printed inside the camera's battery cover or in its menu"
_NEAR = "see that the camera is on, near, and its Wi-Fi on"
_BY_HAND = "join the network by hand and say --join already"
_REASONS = {
    _NO_IP: ("it gave this computer no usable address", "switch the camera off and on"),
    _NO_SECRETS: ("the key was not accepted", _CHECK_KEY),
    8: ("its access point broke off", _NEAR),
    9: ("this computer's Wi-Fi security could not be set up", _BY_HAND),
    10: ("its access point did not complete the key exchange", _CHECK_KEY),
    _TOO_LATE: ("its access point did not answer in time", _NEAR),
    15: ("this computer's address service did not start", _BY_HAND),
    16: ("it gave this computer no address", "switch the camera off and on"),
    17: ("it gave this computer no address", "switch the camera off and on"),
    53: ("it is not in sight any more", _NEAR),
}
_REFUSALS = {
    "org.freedesktop.DBus.Error.ServiceUnknown": "NetworkManager does not run on this host",
    "org.freedesktop.DBus.Error.NameHasNoOwner": "NetworkManager does not run on this host",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Device:
    """A Wi-Fi device of NetworkManager's."""

    path: str
    interface: str
    state: int


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
        bus = await SystemBus.connect(SERVICE, self._clock)
        attempt = _Attempt(bus, network, self._clock)
        try:
            async with self._clock.timeout(timeout_s):
                return await attempt.join(self._interface)
        except TimeoutError as error:
            await attempt.leave()
            if isinstance(error, LinkTimeout):
                raise WifiJoinFailed(error.message, remedy=error.remedy) from error
            raise WifiJoinFailed(f"not on {network.ssid} after {timeout_s:g} s", remedy=_NEAR) from error
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
        bus = await SystemBus.connect(SERVICE, clock)
        try:
            await _Attempt(bus, WifiCredentials(""), clock).mend(note)
        finally:
            await undone(bus.close())
    except (MissingComponent, CallRefused, LinkTimeout) as error:
        _log.debug("the Wi-Fi connection of before is not brought back: %s", error)


class _Attempt:
    """One join, and what has to be undone of it."""

    def __init__(self, bus: SystemBus, network: Credentials, clock: Clock) -> None:
        self._bus = bus
        self._network = network
        self._ssid = network.ssid.encode("utf-8", "surrogateescape")
        self._clock = clock
        self._device: _Device | None = None
        self._active: str | None = None
        self._before = _NOTHING
        self._note: Note | None = None
        self._leaving: asyncio.Task[None] | None = None

    @property
    def interface(self) -> str | None:
        """The network interface that leads to the camera."""
        return self._device.interface if self._device else None

    async def join(self, interface: str | None) -> Joined:
        """Walk the whole way; what it leaves behind when it fails, `leave` undoes."""
        await self._bus.listen()
        device = await self._pick_device(interface)
        if device.state == _DEVICE_ACTIVATED and await self._is_on(device):
            await self.leave()
            return JoinedByOthers(device.interface)
        self._before = await self._connection_of(device)
        await self._take_note(device)
        access_point = await self._find_access_point(device)
        self._device = device
        await self._bus.listen()
        answer = await self._bus.call(
            _ROOT,
            SERVICE,
            "AddAndActivateConnection2",
            "a{sa{sv}}ooa{sv}",
            [
                _profile(self._network, self._ssid),
                device.path,
                access_point,
                {"persist": Variant("s", "volatile"), "bind-activation": Variant("s", "dbus-client")},
            ],
        )
        self._active = str(answer[1])
        await self._activated(device, self._active)
        await self._bus.ignore()
        return self

    async def stands(self) -> bool:
        """Whether our connection is still the one that NetworkManager holds up."""
        if self._active is None:
            return False
        try:
            return await self._state_of(self._active) == _ACTIVE_ACTIVATED
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
                await self._bus.call(_ROOT, SERVICE, "DeactivateConnection", "o", [self._active])
        except (CallRefused, LinkTimeout, MissingComponent) as error:
            _log.debug("NetworkManager has no more of our connection: %s", error)
        settled = False
        try:
            settled = self._device is None or self._before == _NOTHING or await self._restore(self._device)
        finally:
            if self._note is not None:
                await asyncio.to_thread(self._note.clear if settled else self._note.let_be)
            await self._bus.close()

    async def mend(self, note: Note) -> None:
        """Bring back what a run that died has left its interface without; one that is on something stays so.

        Raises:
            MissingComponent, CallRefused, LinkTimeout: NetworkManager cannot be asked now.
        """
        before = note.before
        device = await self._device_called(before.interface)
        if device is not None and device.state == _DEVICE_DISCONNECTED:
            try:
                answer = await self._bus.call(
                    f"{_ROOT}/Settings",
                    f"{SERVICE}.Settings",
                    "GetConnectionByUuid",
                    "s",
                    [before.connection],
                )
            except CallRefused as refusal:  # it was deleted meanwhile
                _log.debug("the Wi-Fi connection of before is no more: %s", refusal)
            else:
                self._before = str(answer[0])
                if not await self._restore(device):
                    return
        await undone(asyncio.to_thread(note.clear))

    async def _take_note(self, device: _Device) -> None:
        """Keep on disk what the interface is on, for the case that this run dies."""
        if self._before == _NOTHING:
            return
        try:
            answer = await self._bus.call(self._before, f"{SERVICE}.Settings.Connection", "GetSettings")
        except CallRefused as refusal:
            _log.debug("NetworkManager does not tell what %s is on: %s", device.interface, refusal)
            return
        told = Before(device.interface, str(answer[0]["connection"]["uuid"]))
        await undone(self._keep(told))

    async def _keep(self, before: Before) -> None:
        """Write a note; a thread that writes cannot be called back, so what it wrote is waited for."""
        self._note = await asyncio.to_thread(keep, before)

    async def _restore(self, device: _Device) -> bool:
        """Ask for what was there before; return whether NetworkManager had its say, whatever that was."""
        try:
            async with self._clock.timeout(RESTORE_TIMEOUT_S):
                await self._bus.listen()
                answer = await self._bus.call(
                    _ROOT, SERVICE, "ActivateConnection", "ooo", [self._before, device.path, _NOTHING]
                )
                await self._activated(device, str(answer[0]))
        except (RemoteLensError, TimeoutError) as error:
            _log.warning(
                "the Wi-Fi connection of before did not come back on %s: %s", device.interface, error
            )
            return isinstance(error, WifiJoinFailed | CallRefused)
        return True

    async def _device_called(self, interface: str) -> _Device | None:
        devices = await self._wifi_devices()
        return next((device for device in devices if device.interface == interface), None)

    async def _pick_device(self, interface: str | None) -> _Device:
        found = [device for device in await self._wifi_devices() if interface in {None, device.interface}]
        ready = [device for device in found if device.state > _DEVICE_UNAVAILABLE]
        if ready:
            return min(ready, key=lambda device: abs(device.state - _DEVICE_DISCONNECTED))
        which = f"the interface {interface}" if interface else "any Wi-Fi interface"
        reason = "it is switched off or unavailable" if found else "NetworkManager manages none"
        raise MissingComponent(
            f"{which} cannot be used to join {self._network.ssid}: {reason}",
            remedy="see `nmcli device`, or join by hand and say --join already",
        )

    async def _wifi_devices(self) -> list[_Device]:
        """Return the Wi-Fi devices that NetworkManager manages."""
        found: list[_Device] = []
        for path in (await self._bus.call(_ROOT, SERVICE, "GetDevices"))[0]:
            if await self._bus.get(path, _DEVICE, "DeviceType") != _WIFI_DEVICE:
                continue
            if not await self._bus.get(path, _DEVICE, "Managed"):
                continue
            name = str(await self._bus.get(path, _DEVICE, "Interface"))
            found.append(_Device(path, name, int(await self._bus.get(path, _DEVICE, "State"))))
        return found

    async def _is_on(self, device: _Device) -> bool:
        access_point = await self._bus.get(device.path, _WIRELESS, "ActiveAccessPoint")
        return bool(access_point != _NOTHING and await self._ssid_of(access_point) == self._ssid)

    async def _connection_of(self, device: _Device) -> str:
        """Return the stored connection that the device is on; "/" for none."""
        active = str(await self._bus.get(device.path, _DEVICE, "ActiveConnection"))
        return active if active == _NOTHING else str(await self._bus.get(active, _ACTIVE, "Connection"))

    async def _find_access_point(self, device: _Device) -> str:
        """Wait until the network is in sight."""
        try:
            async with self._clock.timeout(SCAN_TIMEOUT_S):
                await self._scan(device)
                while (found := await self._access_point(device)) is None:
                    signal = await self._bus.signal()
                    if signal.path == device.path and "LastScan" in str(signal.values):
                        await self._scan(device)
                return found
        except LinkTimeout:
            raise
        except TimeoutError as error:
            raise WifiJoinFailed(
                f"the network {self._network.ssid} is not in sight of {device.interface}", remedy=_NEAR
            ) from error

    async def _scan(self, device: _Device) -> None:
        try:
            await self._bus.call(device.path, _WIRELESS, "RequestScan", "a{sv}", [{}])
        except CallRefused as refusal:  # one is running or has just been
            _log.debug("no new scan on %s: %s", device.interface, refusal)

    async def _access_point(self, device: _Device) -> str | None:
        """Return our network's access point; the one with our BSSID, where there are several."""
        ours: list[str] = []
        for path in (await self._bus.call(device.path, _WIRELESS, "GetAllAccessPoints"))[0]:
            try:
                if await self._ssid_of(path) != self._ssid:
                    continue
                address = str(await self._bus.get(path, _ACCESS_POINT, "HwAddress"))
            except CallRefused:  # it went out of sight meanwhile
                continue
            at_front = self._network.bssid is not None and address.upper() == self._network.bssid.upper()
            ours.insert(0 if at_front else len(ours), str(path))
        return ours[0] if ours else None

    async def _ssid_of(self, access_point: str) -> bytes:
        return bytes(await self._bus.get(access_point, _ACCESS_POINT, "Ssid"))

    async def _activated(self, device: _Device, active: str) -> None:
        """Follow the signals until the connection stands.

        The reason of a failure is told in a signal and nowhere afterwards.
        """
        if await self._state_of(active) == _ACTIVE_ACTIVATED:
            return
        while True:
            signal = await self._bus.signal()
            if signal.member != "StateChanged":
                continue
            if signal.path == device.path and signal.values[0] == _DEVICE_FAILED:
                reason = int(signal.values[2])
                break
            if signal.path == active and signal.values[0] == _ACTIVE_ACTIVATED:
                return
            if signal.path == active and signal.values[0] == _ACTIVE_DEACTIVATED:
                reason = _ACTIVE_REASONS.get(int(signal.values[1]), 0)
                break
        what, remedy = _REASONS.get(reason, (f"NetworkManager gave up (reason {reason})", _NEAR))
        raise WifiJoinFailed(f"could not join {self._network.ssid}: {what}", remedy=remedy)

    async def _state_of(self, active: str) -> int | None:
        try:
            return int(await self._bus.get(active, _ACTIVE, "State"))
        except CallRefused:  # it is gone already: its signals tell why
            return None


def _profile(network: Credentials, ssid: bytes) -> dict[str, dict[str, Any]]:
    """Return a connection that touches nothing of the host beyond its own interface."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in network.ssid)
    profile: dict[str, dict[str, Any]] = {
        "connection": {
            "id": Variant("s", f"remotelens {shown}"),
            "uuid": Variant("s", str(uuid.uuid4())),
            "type": Variant("s", "802-11-wireless"),
            "autoconnect": Variant("b", False),
        },
        "802-11-wireless": {"ssid": Variant("ay", ssid), "mode": Variant("s", "infrastructure")},
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
        return MissingComponent(_REFUSALS[refusal.name], remedy=_BY_HAND)
    if "PermissionDenied" in refusal.name or "AccessDenied" in refusal.name:
        return WifiJoinFailed(
            f"this user may not join {network.ssid} through NetworkManager",
            remedy="use a desktop session, or allow org.freedesktop.NetworkManager.network-control by polkit",
        )
    if "no access point" in refusal.message.lower():  # it went between the look and the call
        return WifiJoinFailed(f"could not join {network.ssid}: it is not in sight any more", remedy=_NEAR)
    words = without_key(refusal.message, network.key)
    return WifiJoinFailed(f"NetworkManager does not join {network.ssid}: {words[:200]}", remedy=_BY_HAND)
