"""org.bluez.Device1: one device that was heard or is bonded, and the link to it.

Source: bluez `src/device.c`; ble-stack.md 4 and 5.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass

from bumble import hci
from bumble.core import BaseBumbleError
from bumble.device import Connection

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.bluez.agents import Agents
from emulator.ble.bus.bluez.central import Central
from emulator.ble.bus.bluez.discovery import SERVICE_CHANGED, FoundService, discover
from emulator.ble.bus.bluez.gatt import GattTree
from emulator.ble.bus.bluez.heard import Heard
from emulator.ble.bus.bluez.link import MTU, Link
from emulator.ble.bus.bluez.pairing import AgentDelegate
from emulator.ble.bus.interface import BusError, Call, Interface, Method, Property
from emulator.ble.bus.server import Server
from emulator.clock import Handle

LOG = logging.getLogger(__name__)

TEMPORARY_S = 30.0
"""How long a device that nobody has connected to is remembered after it was last heard."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a device needs of BlueZ around it.

    Args:
        server: the service that exports it.
        central: the stack.
        agents: who is asked when it is paired.
        adapter: the path of its adapter.
        forget: takes it out of the adapter's list.
        check_power: raises `BusError` while the adapter is switched off.
    """

    server: Server
    central: Central
    agents: Agents
    adapter: str
    forget: Callable[[RemoteDevice], None]
    check_power: Callable[[], None]


class RemoteDevice:
    """A device.

    Args:
        around: the rest of BlueZ.
        address: its address.
        bonded: there is a bond with it.
    """

    def __init__(self, around: Surroundings, address: hci.Address, *, bonded: bool) -> None:
        self.address = address
        self._around = around
        self._text = address.to_string(with_type_qualifier=False)
        self.path = f"{around.adapter}/dev_{self._text.replace(':', '_')}"
        self._link: Link | None = None
        self._attempt: asyncio.Task[Connection] | None = None
        self._resolving: asyncio.Task[None] | None = None
        self._bonding = False
        self._temporary = not bonded
        self._expiry: Handle | None = None
        self._gatt = GattTree(self.path, around.server)
        self.interface = Interface(
            "org.bluez.Device1",
            {
                "Address": Property("s", self._text),
                "AddressType": Property("s", "public" if address.is_public else "random"),
                "Name": Property("s"),
                "Alias": Property("s", self._text.replace(":", "-"), self._set_alias),
                "Paired": Property("b", bonded),
                "Bonded": Property("b", bonded),
                "Trusted": Property("b", False, lambda value: self.interface.update(Trusted=value)),
                "Blocked": Property("b", False, lambda value: self.interface.update(Blocked=value)),
                "LegacyPairing": Property("b", False),
                "RSSI": Property("n"),
                "TxPower": Property("n"),
                "Connected": Property("b", False),
                "UUIDs": Property("as", []),
                "Adapter": Property("o", around.adapter),
                "ManufacturerData": Property("a{qv}"),
                "ServiceData": Property("a{sv}"),
                "ServicesResolved": Property("b", False),
            },
            (
                Method("Connect", self._connect),
                Method("Disconnect", self._disconnect),
                Method("Pair", self._pair),
                Method("CancelPairing", self._cancel_pairing),
            ),
        )

    @property
    def connected(self) -> bool:
        """There is a link."""
        return self._link is not None

    @property
    def paired(self) -> bool:
        """There is a bond."""
        return bool(self.interface["Paired"])

    def heard(self, heard: Heard) -> None:
        """Take an advertisement in, and tell of it whether it brings news or not."""
        values = heard.properties
        news = {name: value for name, value in values.items() if self.interface[name] != value}
        if "Name" in news and self.interface["Alias"] in (self.interface["Name"], self._plain_alias):
            news["Alias"] = news["Name"]
        uuids = self._with_uuids(heard.uuids)
        if uuids != self.interface["UUIDs"]:
            news["UUIDs"] = uuids
        self.interface.update(**{"RSSI": heard.rssi, **news})
        self._watch_expiry()

    def unheard(self) -> None:
        """Take note that nobody listens any more: how strong it is is not known now."""
        if self.interface["RSSI"] is not None:
            self.interface.update(RSSI=None, TxPower=None)

    async def close(self) -> None:
        """End what is under way, and the link."""
        if self._expiry is not None:
            self._expiry.cancel()
        await self._give_up_attempt()
        if self._link is not None:
            await self._link.close()

    async def remove(self) -> None:
        """Forget the device and its bond."""
        await self.close()
        await self._around.central.bonds.delete(str(self.address))
        self._gatt.clear()
        self._around.forget(self)

    # connecting

    async def _connect(self, _: Call) -> None:
        self._around.check_power()
        if self._bonding or self._attempt is not None:
            raise errors.in_progress()
        if self._link is not None:
            return
        self._keep()
        link = await self._established()
        self._resolve(link)

    async def _established(self) -> Link:
        """Connect, and encrypt where there is a bond.

        Raises:
            BusError: there is no link.
        """
        attempt = self._attempt = asyncio.create_task(self._around.central.connect(self.address))
        try:
            await asyncio.wait({attempt})
        finally:
            self._attempt = None
            if not attempt.done():
                attempt.cancel()
                await asyncio.gather(attempt, return_exceptions=True)
        if attempt.cancelled():
            raise errors.failed(errors.CONNECT_CANCELLED)
        try:
            connection = attempt.result()
        except (BaseBumbleError, TimeoutError) as error:
            LOG.debug("%s could not be connected to: %s", self._text, error)
            raise errors.failed(errors.CONNECT_ABORTED) from error
        link = self._link = Link(
            self._around.central, connection, self._pair_by_itself, lambda: self._disconnected(link)
        )
        self.interface.update(Connected=True)
        if self.paired:
            await link.encrypt()
        self._gatt.connected(link)
        return link

    def _resolve(self, link: Link) -> None:
        """Begin to find out what the device has; it is told by ServicesResolved."""
        if self._resolving is None or self._resolving.done():
            self._resolving = self._around.server.start(self._find_services(link))

    async def _find_services(self, link: Link) -> None:
        with contextlib.suppress(BusError):
            await link.run(lambda: link.att.request_mtu(MTU))
            changed = asyncio.Event()
            link.changed = changed.set
            services: tuple[FoundService, ...] | None = None
            while services is None or changed.is_set():
                changed.clear()
                services = await discover(link)
            if not link.alive:
                return
            link.changed = lambda: self._services_changed(link)
            self._gatt.show(services, link)
            self.interface.update(UUIDs=self._with_uuids(self._gatt.uuids), ServicesResolved=True)
            await self._ask_for_changes(link, services)

    async def _ask_for_changes(self, link: Link, services: tuple[FoundService, ...]) -> None:
        """Have the device tell when its services change, as bluetoothd does for itself."""
        for service in services:
            for item in service.characteristics:
                if item.uuid == SERVICE_CHANGED and (handle := item.configuration) is not None:
                    await link.run(lambda: link.att.write_value(handle, b"\x02\0", with_response=True))

    def _services_changed(self, link: Link) -> None:
        if link is self._link:
            self._around.server.start(self._find_again(link))

    async def _find_again(self, link: Link) -> None:
        with contextlib.suppress(BusError):
            services = await discover(link)
            if link.alive:
                self._gatt.show(services, link)
                self.interface.update(UUIDs=self._with_uuids(self._gatt.uuids))

    async def _disconnect(self, _: Call) -> None:
        await self._give_up_attempt()
        if self._link is not None:
            await self._link.close()

    async def _give_up_attempt(self) -> None:
        attempt = self._attempt
        if attempt is not None:
            attempt.cancel()
            await asyncio.gather(attempt, return_exceptions=True)

    def _disconnected(self, link: Link) -> None:
        if link is self._link:
            self._link = None
            self._gatt.disconnected()
            self.interface.update(ServicesResolved=False, Connected=False)
            self._watch_expiry()

    # pairing

    async def _pair(self, call: Call) -> None:
        self._around.check_power()
        self._keep()
        if self._bonding or self._attempt is not None:
            raise errors.in_progress()
        if self.paired:
            raise errors.already_exists()
        agents = self._around.agents
        delegate = AgentDelegate(agents, agents.serving(call.sender), self.path, asked_for=True)
        end_watch = self._around.server.watch(call.sender, self._requestor_gone)
        self._bonding = True
        try:
            await self._bond(delegate)
        finally:
            self._bonding = False
            end_watch()

    async def _bond(self, delegate: AgentDelegate) -> None:
        had_link = self._link is not None
        try:
            link = self._link or await self._established()
        except BusError as error:
            self._temporary = True
            if error.text == errors.CONNECT_CANCELLED:
                raise errors.authentication_cancelled() from error
            raise errors.refused("ConnectionAttemptFailed", "Page Timeout") from error
        try:
            await link.pair(delegate)
        except BusError:
            if not had_link:
                self._temporary = True
                await link.close()
            raise
        # A program that was told of the bond finds the services, too.
        self._resolve(link)
        if self._resolving is not None:
            await asyncio.wait({self._resolving})
        self._bonded()

    async def _pair_by_itself(self, link: Link) -> None:
        """Make the bond that a protected value wants; the default agent is asked whether it may.

        Raises:
            BusError: it was not made.
        """
        if self._bonding:
            raise errors.in_progress()
        agents = self._around.agents
        delegate = AgentDelegate(agents, agents.serving(), self.path, asked_for=False)
        self._bonding = True
        try:
            await link.pair(delegate)
        finally:
            self._bonding = False
        self._bonded()

    def _bonded(self) -> None:
        self._keep()
        self.interface.update(Paired=True, Bonded=True)

    async def _cancel_pairing(self, _: Call) -> None:
        if not self._bonding:
            raise errors.does_not_exist()
        await self.close()

    def _requestor_gone(self) -> None:
        """The program that wanted the bond has left the bus, so nobody wants it any more."""
        self._around.server.start(self.close())

    # what is known of it

    @property
    def _plain_alias(self) -> str:
        return self._text.replace(":", "-")

    def _set_alias(self, alias: str) -> None:
        self.interface.update(Alias=alias or self.interface["Name"] or self._plain_alias)

    def _with_uuids(self, more: list[str] | tuple[str, ...]) -> list[str]:
        return sorted({*self.interface["UUIDs"], *more})

    def _keep(self) -> None:
        """Remember the device from now on, also when it is no longer heard."""
        self._temporary = False
        if self._expiry is not None:
            self._expiry.cancel()

    def _watch_expiry(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        if self._temporary:
            self._expiry = self._around.central.clock.call_later(TEMPORARY_S, self._expire)

    def _expire(self) -> None:
        if self._temporary and not self.connected and self._attempt is None:
            self._gatt.clear()
            self._around.forget(self)
