"""One camera, wired: its body, its Wi-Fi server, its radio, and the gate in front of its network.

The gate is the air between a camera and its network. It stands open while the access point is up and, for a
camera behind Bluetooth, a host has joined with the right name and key.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emulator.body.camera import Body
from emulator.body.work import Work
from emulator.faults.calls import CallFaults, FaultyCaller
from emulator.faults.discovery import FaultyAdvertiser
from emulator.faults.engine import FaultEngine
from emulator.faults.freeze import Freeze
from emulator.faults.mishaps import Mishaps
from emulator.faults.network import NetworkFaults
from emulator.journal import Journal
from emulator.network.ground import Spot
from emulator.wifi.advertisement import Advertisement, Datagram
from emulator.wifi.dispatch import Reply
from emulator.wifi.place import Place, Ports
from emulator.wifi.server import Caller, WifiServer
from emulator.wifi.ssdp import SsdpResponder
from emulator.wifi.urls import CameraUrls
from remotelens.errors import NotAvailableNow, WifiJoinFailed
from remotelens.protocol.wifi.auth import Credentials
from remotelens.protocol.wifi.rpc import Request, RpcFailure

if TYPE_CHECKING:
    from emulator.ble.peripheral import Peripheral

_HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class Rack:
    """What the cameras of one rack share."""

    journal: Journal
    responder: SsdpResponder
    faults: FaultEngine


class Device:
    """One emulated camera.

    Args:
        body: its mind.
        index: its place in the rack, from 0.
        rack: what it shares with the others.
        peripheral: its Bluetooth side; with one, its network is closed until it has been joined.
        registrations: those of developers that unlock methods; None: any that is well formed.
    """

    def __init__(
        self,
        body: Body,
        index: int,
        rack: Rack,
        *,
        peripheral: Peripheral | None = None,
        registrations: Sequence[Credentials] | None = None,
    ) -> None:
        self.body = body
        self.index = index
        self.peripheral = peripheral
        self.joined = False
        self._rack = rack
        self.freeze = Freeze(body.clock)
        self._network_faults = NetworkFaults(rack.faults, body.camera_id, body.clock, self.freeze)
        self._call_faults = CallFaults(body.clock, self.freeze, self._befall)
        self._server = WifiServer(
            body,
            rack.journal,
            registrations=registrations,
            wrap_caller=self._wrap_caller,
            wrap_outlet=self._network_faults.wrap,
        )
        self._gate_changed = asyncio.Event()
        self._gate_lock = asyncio.Lock()
        self._work = Work()
        self._exit = contextlib.AsyncExitStack()

    async def start(self, place: Place, spot: Spot | None = None) -> None:
        """Take the address and bring the camera to its first state.

        Args:
            place: its address and ports.
            spot: the network of its own that it stands in, if any.

        Raises:
            OSError: a port is taken, or the address is not this host's.
        """
        async with contextlib.AsyncExitStack() as stack:
            self._take(place)
            self.spot = spot
            stack.push_async_callback(self._server.close)
            stack.callback(lambda: self._rack.responder.remove(self._advertiser))
            stack.callback(self.body.subscribe(self._changed))
            stack.push_async_callback(self.body.close)
            mishaps = self.mishaps = Mishaps(self._rack.faults, self.body, self, self.freeze)
            stack.push_async_callback(mishaps.close)
            stack.callback(self._call_faults.late.cancel)
            await self.body.start()
            if self.peripheral is not None:
                stack.push_async_callback(self.peripheral.close)
                await self.peripheral.start()
            await self.mind_gate()
            self._work.start(self._keep_gate(), f"gate of {self.id}")
            stack.push_async_callback(self._work.close)
            self._exit = stack.pop_all()

    def _take(self, place: Place) -> None:
        """Take an address, and be the one to be found there."""
        self.urls: CameraUrls = self._server.bind(place)
        self._place, self.host, self._port = place, place.host, self._server.port
        self._advertiser = FaultyAdvertiser(
            Advertisement(self.body.camera_id, self.urls, self.body.uuid), self._rack.faults, Datagram
        )

    async def close(self) -> None:
        """Take the camera off the network and the air, and end all it does."""
        await self._exit.aclose()

    @property
    def id(self) -> str:
        """Its name in the rack."""
        return self.body.camera_id

    @property
    def port(self) -> int:
        """Its one port, or that of its description where it has several; once closed, what it was."""
        return self._port

    @property
    def description_url(self) -> str:
        """Where its device description is."""
        return self.urls.description

    @property
    def ssid(self) -> str:
        """The name of its network."""
        return self.body.ssid

    @property
    def key(self) -> str:
        """The key of its network."""
        return self.body.key

    @property
    def reachable(self) -> bool:
        """True while a client gets through to it."""
        return self._server.is_open

    @property
    def ready(self) -> dict[str, Any]:
        """Its entry in the ready file."""
        profile = self.body.profile
        ble = self.peripheral and {"address": self.peripheral.address, "name": self.peripheral.name}
        return {
            "id": self.id,
            "index": self.index,
            "model": profile.model,
            "firmware": profile.firmware,
            "host": self.host,
            "port": self.port,
            "description_url": self.description_url,
            "endpoints": {name: self.urls.endpoint(name) for name in profile.services},
            "liveview_url": self.urls.liveview,
            "usn": f"uuid:{self.body.uuid}",
            "ssid": self.ssid,
            "key": self.key,
            "ble": ble or None,
            "netns": self.spot and self.spot.ready,
        }

    @property
    def state(self) -> dict[str, Any]:
        """What a person who looks at the camera can tell, and what only its makers know."""
        body = self.body
        return {
            **self.ready,
            "power": body.power,
            "wifi": body.wifi,
            "joined": self.joined,
            "reachable": self.reachable,
            "status": body.status,
            "battery_ratio": body.battery_ratio,
            "plugged": body.battery.external_power,
            "card": {
                "in": body.card.present,
                "full": body.card.full,
                "protected": body.card.protected,
                "bytes": body.card.capacity_bytes,
            },
            "stills_on_card": sum(file.kind == "still" for file in body.card.files),
            "focus": body.focus_status,
            "recording": body.recording,
            "bonded": None if self.peripheral is None else self.peripheral.bonded,
            "frozen": self.freeze.on,
            "settings": dict(body.settings.snapshot()),
            "lens": {
                "name": body.lens.facts.name,
                "zoom": body.lens.position,
                "focus_m": body.lens.focus_m,
                "f_number": body.lens.ring,
                "shake": body.lens.shake,
            },
            "ambient_c": body.ambient_c,
            "sensor_c": round(body.sensor_c, 2),
            "camera_time": body.camera_time.isoformat(timespec="milliseconds"),
        }

    async def join(self, ssid: str, key: str) -> None:
        """Let a host onto the camera's network, as its access point would.

        Raises:
            WifiJoinFailed: there is no network of that name here, or the key is wrong.
        """
        if self.body.wifi != "launched" or ssid != self.ssid:
            raise WifiJoinFailed(f"no network {ssid!r} is on the air", camera=self.id)
        if not hmac.compare_digest(key.encode(), self.key.encode()):
            self._rack.journal.add(self.id, "wifi", "join refused", ssid=ssid)
            raise WifiJoinFailed(f"the network {ssid!r} does not accept this key", camera=self.id)
        self._rack.journal.add(self.id, "wifi", "joined", ssid=ssid)
        self.joined = True
        await self.mind_gate()

    async def leave(self) -> None:
        """Take note that the host has left the camera's network."""
        if self.joined:
            self._rack.journal.add(self.id, "wifi", "left", ssid=self.ssid)
            self.joined = False
            await self.mind_gate()

    async def move(self) -> None:
        """Be at another port from now on, as a camera is at another address after a new lease.

        A camera that owns its address keeps it.
        """
        if self.spot is not None:
            return
        async with self._gate_lock:
            self._rack.responder.remove(self._advertiser)
            await self._server.close()
            self._take(replace(self._place, ports=Ports()))
        self._rack.journal.add(self.id, "wifi", "moved", url=self.description_url)
        await self.mind_gate()

    async def expel(self) -> None:
        """Throw out whoever has joined its network: its key is another."""
        await self._server.shut()
        self._rack.journal.add(self.id, "wifi", "new key")
        self.joined = False
        await self.mind_gate()

    async def forget_bonds(self) -> None:
        """Forget every host it has bonded with; nothing happens without Bluetooth."""
        if self.peripheral is not None:
            await self.peripheral.forget_bonds()

    def lose_link(self) -> None:
        """Lose the radio link, as when the host walks away; nothing happens without Bluetooth."""
        if self.peripheral is not None:
            self.peripheral.lose_link()

    def carry_off(self, seconds: float) -> None:
        """Be out of every host's range for so long; nothing happens without Bluetooth."""
        if self.peripheral is not None:
            self.peripheral.carry_off(seconds)

    def radio(self) -> Peripheral:
        """Return the Bluetooth side.

        Raises:
            NotAvailableNow: this camera has none.
        """
        if self.peripheral is None:
            raise NotAvailableNow(
                "the camera has no Bluetooth", camera=self.id, remedy="start the emulator with --ble"
            )
        return self.peripheral

    def _wrap_caller(self, caller: Caller, gone: asyncio.Event) -> Caller:
        def refuse(failure: RpcFailure) -> Reply:
            return Reply(_HTTP_OK, failure)

        def readdress(reply: Reply, request: Request) -> Reply:
            return replace(reply, answer=replace(reply.answer, id=request.id))

        return FaultyCaller(caller, self._rack.faults, self.id, refuse, gone, self._call_faults, readdress)

    async def _befall(self, wanted: str) -> None:
        await self.mishaps.on_call(wanted)

    def _changed(self, what: str) -> None:
        if what in ("power", "wifi"):
            if not self.on_air:
                self.joined = False
                self._rack.responder.remove(self._advertiser)
            self._gate_changed.set()

    @property
    def on_air(self) -> bool:
        """Its network can be seen."""
        return self.body.power == "on" and self.body.wifi == "launched"

    async def _keep_gate(self) -> None:
        while True:
            await self._gate_changed.wait()
            self._gate_changed.clear()
            try:
                await self.mind_gate()
            except OSError as error:  # another program has its port; the next change tries again
                self._rack.journal.add(self.id, "wifi", "port lost", port=self._port, why=str(error))

    async def mind_gate(self) -> None:
        """Open or shut the network side as the camera's state wants it."""
        async with self._gate_lock:
            wanted = self.on_air and (self.joined or self.peripheral is None)
            if wanted and not self._server.is_open:
                await self._server.open()
                self._rack.responder.add(self._advertiser)
            elif not wanted and self._server.is_open:
                self._rack.responder.remove(self._advertiser)
                await self._server.shut()
