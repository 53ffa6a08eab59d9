"""One camera on the air: adverts by state, one link at a time, pairing, and the GATT services.

All that it does comes from the body and goes to the body; what it adds of its own is what a camera's radio
adds: bonds, the pairing screen, and which request is answered on which link.

Source: protocol/ble.md 1.5, 3 and 10.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bumble.core import UUID, BaseBumbleError
from bumble.device import Connection

from emulator.ble.address import static_address
from emulator.ble.adverts import AdvertState, advertising_data, scan_response
from emulator.ble.air import Air
from emulator.ble.body_port import BodyPort
from emulator.ble.bonds import BondStore
from emulator.ble.camera_control import CameraControl
from emulator.ble.faulty import BleFaults
from emulator.ble.gatt import POWERED_OFF, USER_TERMINATED, Guard, build
from emulator.ble.generic import Generic
from emulator.ble.location import Location
from emulator.ble.pairing import Registration
from emulator.ble.pairing_screen import PairingMode, PairingScreen
from emulator.ble.radio import Radio
from emulator.ble.remote_control import RemoteControl
from emulator.ble.scenario import Scenario
from emulator.ble.space import OUT_OF_RANGE_M, Step
from emulator.ble.values import GattService, Tell
from emulator.clock import Handle
from remotelens.protocol.ble.att import AttCode

_DEVICE_NAME = UUID.from_16_bits(0x2A00)


@dataclass(frozen=True, slots=True)
class PeripheralOptions:
    """What differs between bodies, menus and scenarios.

    Args:
        wake_allowed: "Cnct. while Power OFF" in the menu: reachable in standby.
        older: the form of older bodies: CC05 in place of CC09, no location lock.
        location: the location service is there.
        remote_enabled: "Bluetooth Rmt Ctrl" in the menu.
        location_link: "Location Info Link" in the menu.
        registration_answers: EE03 tells the result of a registration.
        services_changed: Service Changed is indicated once a bonded host has come back.
        unbonded_code: what an unbonded host is answered; real bodies give 0x0F or 0x05.
        advertising_interval_ms: time between two adverts.
        unencrypted_limit_s: how long a host may stay without encryption, in camera time.
        pairing_closes_after_s: how long the pairing screen stays open, in camera time.
    """

    wake_allowed: bool = True
    older: bool = False
    location: bool = True
    remote_enabled: bool = True
    location_link: bool = False
    registration_answers: bool = True
    services_changed: bool = False
    unbonded_code: AttCode = AttCode.INSUFFICIENT_ENCRYPTION
    advertising_interval_ms: float = 100.0
    unencrypted_limit_s: float = 30.0
    pairing_closes_after_s: float = 120.0


class Peripheral:
    """The Bluetooth side of one camera.

    Args:
        body: the camera.
        air: the air it is on.
        pairing: who works the pairing screen: ``auto``, ``manual`` or ``closed``.
        address: its static random address; made from the body's own addresses when not given.
        bonds_path: where bonds are kept over restarts.
        ok_after_s: how long after a request OK is pressed in mode auto, in camera time.
        options: the rest.
        faults: what stands in front of its services and its link.
        scenario: what is wrong with this body; may be changed at any time.
    """

    def __init__(
        self,
        body: BodyPort,
        air: Air,
        *,
        pairing: str = PairingMode.AUTO,
        address: str | None = None,
        bonds_path: Path | None = None,
        ok_after_s: float = 0.3,
        options: PeripheralOptions | None = None,
        faults: BleFaults | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        self._faults = faults
        self.scenario = scenario or Scenario()
        self.air = air
        self.address = address or static_address(body.bssid)
        self._body = body
        self._options = options or PeripheralOptions()
        self._remote_enabled = self._options.remote_enabled
        self._bonds = BondStore(bonds_path, body.clock, self._bonds_changed)
        self._screen = PairingScreen(
            body.clock,
            PairingMode(pairing),
            ok_after_s=ok_after_s,
            closes_after_s=self._options.pairing_closes_after_s,
            changed=self._advertise,
        )
        self._radio: Radio | None = None
        self._generic: Generic | None = None
        self._remote: RemoteControl | None = None
        self._services: tuple[GattService, ...] = ()
        self._unsubscribe: Callable[[], None] | None = None
        self._limits: dict[Connection, Handle] = {}
        self._lasts: Handle | None = None
        self._carried_off = (0.0, 0.0)
        """From what distance it was carried off, and when it is back there."""

    @property
    def name(self) -> str:
        """The local name that hosts see."""
        return self._body.profile.model

    @property
    def bonded(self) -> bool:
        """At least one host is bonded."""
        return bool(self._bonds.peers)

    @property
    def connected(self) -> bool:
        """A host is connected."""
        return self._radio is not None and self._radio.connected

    @property
    def pairing_open(self) -> bool:
        """The pairing screen is open."""
        return self._screen.is_open

    @property
    def pairing_asked(self) -> bool:
        """A host waits for OK or Cancel on the pairing screen."""
        return self._screen.is_asking

    @property
    def remote_enabled(self) -> bool:
        """Remote control is on in the menu."""
        return self._remote_enabled

    @property
    def advert(self) -> bytes | None:
        """The advertising data of the present state, None where the camera is silent."""
        if self._radio is None or self._radio.connected:
            return None
        return self._advert()

    def open_pairing(self) -> None:
        """Open the pairing screen.

        Raises:
            NotAvailableNow: it is kept closed.
        """
        self._screen.open()

    def close_pairing(self) -> None:
        """Close the pairing screen; a host that waits is refused."""
        self._screen.close()

    def accept(self, accept: bool = True) -> None:
        """Press OK or Cancel on the pairing screen."""
        self._screen.answer(accept)

    def enable_remote(self, on: bool) -> None:
        """Switch remote control on or off in the menu."""
        self._remote_enabled = on
        if self._remote is not None:
            self._remote.enable(on)
        self._advertise()

    def lose_link(self) -> None:
        """Lose radio contact: both ends see a supervision time-out."""
        self.air.drop(self.address)

    def carry_off(self, seconds: float) -> None:
        """Be out of range of everybody for so long, then where it was before."""
        space, now_s = self.air.space, self.air.space.clock.monotonic()
        home_m, back_s = self._carried_off
        if now_s >= back_s:
            home_m = space.distance_m(self.address)
        self._carried_off = home_m, now_s + seconds
        away = (Step(0.0, OUT_OF_RANGE_M), Step(seconds, OUT_OF_RANGE_M), Step(0.0, home_m))
        space.walk(self.address, away)

    async def forget_bonds(self) -> None:
        """Delete every bond, as the camera's menu does."""
        await self._bonds.delete_all()

    async def start(self) -> None:
        """Come onto the air.

        Raises:
            ConfigError: the file of bonds cannot be understood.
        """
        if self._radio is not None:
            return
        await self._bonds.load()
        station = self.air.attach(self.name, of_camera=True)
        if self._faults is not None:
            station.controller.toll = self._faults.toll
        radio = Radio(
            station,
            name=self.name,
            address=self.address,
            bonds=self._bonds,
            ask=self._ask,
            linked=self._linked,
            unlinked=self._unlinked,
            advertising_interval_ms=self._options.advertising_interval_ms,
        )
        try:
            self._fill(radio)
            await radio.start()
        except BaseException:
            await radio.close()
            raise
        self._radio = radio
        self._unsubscribe = self._body.subscribe(self._changed)
        self._screen.bonds_changed(len(self._bonds.peers))
        self._advertise()

    async def close(self) -> None:
        """Leave the air; a connected host is told that the camera powers off."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._screen.close()
        radio = self._radio
        if radio is not None:
            await radio.close()
            await self._bonds.flush()
            self._radio = self._generic = self._remote = None
            self._services = ()

    def _fill(self, radio: Radio) -> None:
        """Put the services into the database, in the order in which bodies have them."""
        options, faults = self._options, self._faults
        tell: Tell = radio.outbox.tell
        if faults is not None:
            tell = faults.tell(tell)
        tell = self.scenario.tell(tell)
        self._generic = Generic(radio.device, self.name)
        self._remote = RemoteControl(self._body, tell, enabled=self._remote_enabled)
        control = CameraControl(
            self._body, tell, radio.spawn, wake_allowed=options.wake_allowed, older=options.older
        )
        registration = Registration(
            tell, partial(radio.outbox.drop_links, USER_TERMINATED), answers=options.registration_answers
        )
        location = (Location(self._body, tell, older=options.older),) if options.location else ()
        self._services = (self._remote, control, *location, registration)
        server, guard = radio.device.gatt_server, Guard(options.unbonded_code)
        for service in self._services:
            spoilt = self.scenario.service(service)
            if faults is not None:
                spoilt = faults.service(spoilt)
            radio.device.add_service(build(spoilt, server, radio.outbox, guard, self._observe))

    def _changed(self, what: str) -> None:
        """Pass on what has changed in the body."""
        for service in self._services:
            service.changed(what)
        if what == "power":
            if self._radio is not None and self._advert() is None:
                self._radio.outbox.drop_links(POWERED_OFF)
            self._advertise()

    def _advert(self) -> bytes | None:
        return advertising_data(
            AdvertState(
                self._body.power,
                pairing_open=self._screen.is_open,
                wake_allowed=self._options.wake_allowed,
                remote_enabled=self._remote_enabled,
                location_link=self._options.location_link,
                older=self._options.older,
            )
        )

    def _advertise(self) -> None:
        if self._radio is not None:
            self._radio.advertise(self._advert(), scan_response(self.name))

    async def _ask(self) -> bool:
        self._note("pairing asked")
        accepted = await self._screen.ask()
        self._note("pairing accepted" if accepted else "pairing refused")
        return accepted

    def _linked(self, connection: Connection) -> None:
        radio = self._radio
        if radio is None:
            return
        self._note("connected", host=str(connection.peer_address))
        connection.on(
            Connection.EVENT_CONNECTION_ENCRYPTION_CHANGE, lambda: self._encryption_changed(connection)
        )
        self._limits[connection] = self._body.clock.call_later(
            self._options.unencrypted_limit_s, radio.outbox.drop_links
        )
        if self.scenario.link_lasts_s is not None:
            self._lasts = self._body.clock.call_later(self.scenario.link_lasts_s, self.lose_link)
        radio.spawn(self._read_host_name(connection))

    def _unlinked(self, connection: Connection, reason: int) -> None:
        self._end_limit(connection)
        if self._lasts is not None:
            self._lasts.cancel()
            self._lasts = None
        for service in self._services:
            service.link_ended()
        self._note("disconnected", reason=reason)

    def _bonds_changed(self) -> None:
        self._screen.bonds_changed(len(self._bonds.peers))
        self._note("bonds", hosts=list(self._bonds.peers))

    def _encryption_changed(self, connection: Connection) -> None:
        if not connection.is_encrypted:
            return
        self._end_limit(connection)
        self._note("encrypted")
        if self._options.services_changed and self._generic is not None and self._radio is not None:
            self._radio.spawn(self._generic.services_changed())

    def _end_limit(self, connection: Connection) -> None:
        limit = self._limits.pop(connection, None)
        if limit is not None:
            limit.cancel()

    async def _read_host_name(self, connection: Connection) -> None:
        """Read the host's Device Name once, as cameras do right after the connection."""
        try:
            names = await connection.gatt_client.read_characteristics_by_uuid(_DEVICE_NAME, None)
        except (BaseBumbleError, TimeoutError, asyncio.InvalidStateError):
            return
        self._note("host name", name=names[0].decode("utf-8", "replace") if names else None)

    def _observe(self, what: str, characteristic: str, value: bytes) -> None:
        if what == "refuse":
            self._note("refused", method=characteristic, code=value[0])
        else:
            self._note("request", method=f"{what} {characteristic}", value=value.hex(" "))

    def _note(self, kind: str, **data: object) -> None:
        self.air.note(kind, camera=self._body.camera_id, **data)
