"""org.bluez.Adapter1: looking for devices, and the list of those that are known.

A program looks as long as it wants to or lives; the radio scans while any program looks. What is heard is
told when it passes the filter of any of them, to all of them.

Source: bluez `src/adapter.c`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bumble import hci
from bumble.device import Advertisement

from emulator.ble.bus.bluez import errors
from emulator.ble.bus.bluez.agents import ROOT, Agents
from emulator.ble.bus.bluez.central import NAME, Central
from emulator.ble.bus.bluez.device import RemoteDevice, Surroundings
from emulator.ble.bus.bluez.heard import Filter, Heard
from emulator.ble.bus.interface import Call, Interface, Method, Property
from emulator.ble.bus.server import Server

PATH = f"{ROOT}/hci0"
_LE_1M_MANUFACTURER = 0x05F1  # The Linux Foundation, which virtual controllers of Linux name, too
_BLUETOOTH_5_0 = 9


@dataclass(frozen=True, slots=True)
class _Program:
    """A program that looks, or has said what it will look for."""

    filter: Filter
    looking: bool
    forget: Callable[[], None]


class Adapter:
    """The adapter.

    Args:
        server: the service that exports it.
        central: the stack.
        agents: who is asked when a device is paired.
    """

    def __init__(self, server: Server, central: Central, agents: Agents) -> None:
        self._server = server
        self._central = central
        self._around = Surroundings(server, central, agents, PATH, self._forget, self._check_power)
        self._devices: dict[str, RemoteDevice] = {}
        self._programs: dict[str, _Program] = {}
        self._retuning = asyncio.Lock()
        self.interface = Interface(
            "org.bluez.Adapter1",
            {
                "Address": Property("s", central.address),
                "AddressType": Property("s", "public"),
                "Name": Property("s", NAME),
                "Alias": Property("s", NAME, lambda alias: self.interface.update(Alias=alias or NAME)),
                "Class": Property("u", 0),
                "Powered": Property("b", True, self._set_power),
                "Discoverable": Property("b", False),
                "DiscoverableTimeout": Property("u", 180),
                "Pairable": Property("b", True, lambda value: self.interface.update(Pairable=value)),
                "PairableTimeout": Property("u", 0),
                "Discovering": Property("b", False),
                "UUIDs": Property("as", []),
                "Roles": Property("as", ["central"]),
                "ExperimentalFeatures": Property("as", []),
                "Manufacturer": Property("q", _LE_1M_MANUFACTURER),
                "Version": Property("y", _BLUETOOTH_5_0),
            },
            (
                Method("SetDiscoveryFilter", self._set_filter, takes="a{sv}"),
                Method("GetDiscoveryFilters", lambda _: (list(_FILTERS),), gives="as"),
                Method("StartDiscovery", self._start_discovery),
                Method("StopDiscovery", self._stop_discovery),
                Method("RemoveDevice", self._remove_device, takes="o"),
            ),
        )

    async def load(self) -> None:
        """Export the devices that there is a bond with."""
        for name, _ in await self._central.bonds.get_all():
            self._add(hci.Address(name), bonded=True)

    async def close(self) -> None:
        """End what is under way with any device."""
        for device in tuple(self._devices.values()):
            await device.close()

    def heard(self, advertisement: Advertisement) -> None:
        """Take an advertisement in."""
        heard = Heard.of(advertisement)
        address = advertisement.address.to_string(with_type_qualifier=False)
        looking = [program.filter for program in self._programs.values() if program.looking]
        if not any(wanted.wants(address, heard) for wanted in looking):
            return
        device = self._devices.get(address)
        if device is None:
            # Its first properties are told together with the object itself.
            device = self._make(advertisement.address, bonded=False)
            device.heard(heard)
            self._export(device)
        else:
            device.heard(heard)

    def _set_power(self, on: bool) -> None:
        if on != self.interface["Powered"]:
            self.interface.update(Powered=on)
            if not on:
                self._server.start(self._power_off())

    async def _power_off(self) -> None:
        for program in self._programs.values():
            program.forget()
        self._programs.clear()
        await self._retune()
        await self.close()

    def _check_power(self) -> None:
        if not self.interface["Powered"]:
            raise errors.not_ready()

    # devices

    def _add(self, address: hci.Address, *, bonded: bool) -> None:
        self._export(self._make(address, bonded=bonded))

    def _make(self, address: hci.Address, *, bonded: bool) -> RemoteDevice:
        device = RemoteDevice(self._around, address, bonded=bonded)
        self._devices[address.to_string(with_type_qualifier=False)] = device
        return device

    def _export(self, device: RemoteDevice) -> None:
        self._server.export(device.path, [device.interface])

    def _forget(self, device: RemoteDevice) -> None:
        self._devices.pop(device.address.to_string(with_type_qualifier=False), None)
        self._server.remove(device.path)

    async def _remove_device(self, call: Call) -> None:
        path = call.arguments[0]
        device = next((item for item in self._devices.values() if item.path == path), None)
        if device is None:
            raise errors.does_not_exist()
        await device.remove()

    # looking for them

    def _set_filter(self, call: Call) -> None:
        self._check_power()
        options = call.arguments[0]
        wanted = Filter.parse(options)
        program = self._programs.get(call.sender)
        if program is not None and not options and not program.looking:
            program.forget()
            del self._programs[call.sender]
        elif program is not None:
            self._programs[call.sender] = replace(program, filter=wanted)
        elif options:
            self._programs[call.sender] = self._program(call.sender, wanted, looking=False)

    async def _start_discovery(self, call: Call) -> None:
        self._check_power()
        program = self._programs.get(call.sender)
        if program is not None and program.looking:
            raise errors.busy()
        self._programs[call.sender] = (
            replace(program, looking=True)
            if program is not None
            else self._program(call.sender, Filter(), looking=True)
        )
        await self._retune()

    async def _stop_discovery(self, call: Call) -> None:
        self._check_power()
        program = self._programs.get(call.sender)
        if program is None or not program.looking:
            raise errors.failed("No discovery started")
        if program.filter == Filter():
            program.forget()
            del self._programs[call.sender]
        else:
            self._programs[call.sender] = replace(program, looking=False)
        await self._retune()

    def _program(self, sender: str, wanted: Filter, *, looking: bool) -> _Program:
        def gone() -> None:
            self._programs.pop(sender, None)
            self._server.start(self._retune())

        return _Program(wanted, looking, self._server.watch(sender, gone))

    async def _retune(self) -> None:
        """Scan exactly while somebody looks."""
        async with self._retuning:
            wanted = any(program.looking for program in self._programs.values())
            if wanted == self.interface["Discovering"]:
                return
            await self._central.scan(wanted)
            self.interface.update(Discovering=wanted)
            if not wanted:
                for device in tuple(self._devices.values()):
                    device.unheard()


_FILTERS = ("UUIDs", "RSSI", "Pathloss", "Transport", "DuplicateData", "Discoverable", "Pattern")
