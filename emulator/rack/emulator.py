"""The rack: its cameras come and go, are reset, remembered and put back.

async with Emulator(models=["DSC-QX10"]) as emulator:
    print(emulator.cameras[0].description_url)
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import itertools
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from emulator.access_points import AccessPoints
from emulator.body.identity import Identity
from emulator.body.warmth import AMBIENT_C
from emulator.changes import Changes
from emulator.clock import Clock, off_loop, parse_clock
from emulator.device import Device
from emulator.faults.chaos import parse_rules
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import Rule
from emulator.hands import Hands
from emulator.journal import Journal
from emulator.profiles import Profile, ProfileError, load
from emulator.rack.beside import open_air, open_bus, serve_control
from emulator.rack.workshop import Workshop
from emulator.ready import write_ready
from emulator.sites import OwnAddresses, SharedHost, Sites
from emulator.snapshot import RackSnapshot
from emulator.stage import Stage, known_scene
from emulator.wifi.access_control import registrations
from remotelens.errors import CameraNotFound, InvalidValue, NotAvailableNow

if TYPE_CHECKING:
    from emulator.ble.air import Air
    from emulator.control import ControlServer

DEFAULT_MODEL = "DSC-QX10"
DEFAULT_SCENE = "bench"
LOOPBACK = "127.0.0.1"
SCHEMA = 1


class Emulator:
    """A rack of emulated cameras; use it with ``async with``.

    Args:
        models: a camera each, as MODEL or MODEL@FIRMWARE.
        count: how many of each.
        host: the address they are on.
        port: the first camera's port; 0 leaves it to the host.
        ble: put Bluetooth in front of them, on a virtual air that hosts attach to.
        ble_port: the air's port.
        dbus: serve the host's Bluetooth and network manager on a private D-Bus, too.
        pairing: who works the pairing screens: ``auto``, ``manual`` or ``closed``.
        control: serve the control API.
        control_port: its port.
        control_host: its address; loopback unless it is to be reached from elsewhere.
        seed: what their names, keys, noise and chances come from.
        clock: ``real``, ``scaled:N``, ``virtual``, or a clock.
        scene: what they look at.
        still_scale: divides the sides of their pictures.
        faults: rules, as on the command line.
        ssdp: answer searches on the shared multicast group, too.
        as_is: the network namespace in which the first camera owns its real address and ports; the others
            get one each beside it. Only as root on Linux.
        state_dir: where bonds are kept over restarts.
        auth_file: a developer's registration; with one, methods are unlocked by it and the published one
            only, without one by any that is well formed.
        ready_file: where `ready` is written.

    Raises:
        InvalidValue: an argument is none of those; nothing was started.
        RemoteLensError: on entering, when a port is taken or an address is not this host's.
    """

    def __init__(
        self,
        models: Sequence[str] = (DEFAULT_MODEL,),
        *,
        count: int = 1,
        host: str = LOOPBACK,
        port: int = 0,
        ble: bool = False,
        ble_port: int = 0,
        dbus: bool = False,
        pairing: str = "auto",
        control: bool = True,
        control_port: int = 0,
        control_host: str = LOOPBACK,
        seed: int = 0,
        clock: str | Clock = "real",
        scene: str = DEFAULT_SCENE,
        still_scale: int = 1,
        faults: Sequence[str | Rule] = (),
        ssdp: bool = False,
        as_is: str | None = None,
        state_dir: Path | None = None,
        auth_file: Path | None = None,
        ready_file: Path | None = None,
    ) -> None:
        self.clock = parse_clock(clock) if isinstance(clock, str) else clock
        self.journal = Journal(self.clock)
        self.faults = FaultEngine(self.clock, self.journal, seed)
        self.changes = Changes(self.clock)
        self.faults.subscribe(lambda: self.changed("faults"))
        self.cameras: list[Device] = []
        self.hands = Hands(self)
        self.control: ControlServer | None = None
        self.air: Air | None = None
        self.dbus: str | None = None
        self._rules = [
            one for rule in faults for one in ([rule] if isinstance(rule, Rule) else parse_rules(rule))
        ]
        self._profiles = dict(enumerate(_profile(model) for model in models for _ in range(count)))
        self._indexes = itertools.count(len(self._profiles))
        self._host = _address(host)
        self._ble, self._ble_port = ble, ble_port
        self._with_dbus = dbus
        self._access_points = AccessPoints(lambda: self.cameras)
        self._with_control, self._control_port, self._control_host = control, control_port, control_host
        self._seed = seed
        self._scene_name = known_scene(scene)
        self._snapshots: dict[str, RackSnapshot] = {}
        if as_is is not None and (ble or host != LOOPBACK or port):
            raise InvalidValue(
                "with --as-is a camera has its own address and ports, and no Bluetooth in front of it",
                remedy="leave --host, --port and --ble out",
            )
        self._sites: Sites = (
            SharedHost(self._host, port, ssdp, self.journal, seed)
            if as_is is None
            else OwnAddresses(as_is, multicast=ssdp, journal=self.journal, seed=seed)
        )
        self._workshop = Workshop(
            journal=self.journal,
            clock=self.clock,
            faults=self.faults,
            sites=self._sites,
            seed=seed,
            still_scale=still_scale,
            with_ble=ble,
            pairing=pairing,
            state_dir=state_dir,
            registrations=None if auth_file is None else registrations(auth_file),
        )
        self._state_dir, self._ready_file = state_dir, ready_file
        self._rebuilding = asyncio.Lock()
        """Held while cameras come or go: who else wants that waits for their turn."""
        self._exit = contextlib.AsyncExitStack()
        if dbus and not ble:
            raise InvalidValue("a D-Bus without Bluetooth has nothing to offer", remedy="say --ble, too")

    async def __aenter__(self) -> Self:
        """Start everything, or nothing."""
        async with contextlib.AsyncExitStack() as stack:
            self.stage = Stage(self._scene_name, self._seed, self.clock)
            await stack.enter_async_context(self._sites)
            self._apply_rules()
            if self._ble:
                opened = open_air(self.journal, self.clock, self._seed, self._host, self._ble_port)
                self.air = self._workshop.air = await stack.enter_async_context(opened)
            stack.push_async_callback(self._close_cameras)
            stack.push_async_callback(self.hands.close)
            for index, profile in self._profiles.items():
                self.cameras.append(await self._start_camera(profile, index))
            if self._with_dbus and self.air is not None:
                bus = open_bus(self.air, self._access_points, self._host, self.clock, self._state_dir)
                self.dbus = await stack.enter_async_context(bus)
            if self._with_control:
                served = serve_control(self, self._control_host, self._control_port)
                self.control = await stack.enter_async_context(served)
            if self._ready_file is not None:
                await off_loop(self.clock, write_ready, self._ready_file, self.ready)
                stack.callback(self._ready_file.unlink, missing_ok=True)
            self._exit = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything; nothing is left behind."""
        await self._exit.aclose()

    def changed(self, what: str) -> None:
        """Take note that something about the whole rack has changed."""
        self.changes.add("", what)

    @property
    def ready(self) -> dict[str, Any]:
        """Where everything is: the content of the ready file."""
        control, responder = self.control, self._sites.responder
        return {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "control": None if control is None else {"url": control.url, "token": control.token},
            "air": None if self.air is None else {"adapter": self.air.adapter, "dbus": self.dbus},
            "ssdp": {
                "unicast": responder.unicast,
                "multicast": responder.multicast,
                "why": responder.why,
            },
            "cameras": [camera.ready for camera in self.cameras],
        }

    async def reset(self) -> None:
        """Bring cameras, faults and journal back to the start; addresses, ports and bonds stay."""
        async with self._rebuilding:
            self.stage.begin()
            await self.hands.let_go_of_radios()
            await self._restart_cameras()
            self._apply_rules()
            self.journal.clear()
            for camera in self.cameras:
                self._workshop.tell_scale(camera)
            self.changed("rack")

    async def add_camera(self, model: str) -> Device:
        """Put one more camera into the rack.

        Raises:
            InvalidValue: there is no such model.
        """
        profile = _profile(model)
        async with self._rebuilding:
            index = next(index for index in self._indexes if index not in self._profiles)
            camera = await self._start_camera(profile, index)
            self._profiles[index] = profile
            self.cameras.append(camera)
            self._add_rules(index)
            self.journal.add(camera.id, "control", "added", model=profile.name)
            self.changed("rack")
            return camera

    async def remove_camera(self, camera: Device) -> None:
        """Take a camera out of the rack, and all that it had with it.

        Raises:
            CameraNotFound: it is no longer there.
        """
        async with self._rebuilding:
            now = next((one for one in self.cameras if one.id == camera.id), None)
            if now is None:
                raise CameraNotFound(f"the camera {camera.id!r} is no longer in the rack")
            self.cameras.remove(now)
            del self._profiles[now.index]
            await self.hands.let_go_of_radios(now)
            await now.close()
            self.journal.add(now.id, "control", "removed")
            self.changed("rack")

    def look_at_stage(self) -> None:
        """Let every camera see what the stage shows now."""
        for camera in self.cameras:
            camera.body.eye.look_at(self.stage.scene, self.stage.start_s)
            celsius = self.stage.weather.temperature_c
            camera.body.ambient_c = AMBIENT_C if celsius is None else celsius
        self.changed("scene")

    def snapshot(self, name: str) -> RackSnapshot:
        """Remember how everything stands now, under a name.

        Raises:
            NotAvailableNow: a camera is in the middle of something, or the rack is.
        """
        if self._rebuilding.locked():
            raise NotAvailableNow(
                "cameras are being added, removed or put back", remedy="wait until that has been answered"
            )
        taken = RackSnapshot.of(self)
        self.remember(name, taken)
        return taken

    def remember(self, name: str, snapshot: RackSnapshot) -> None:
        """Have a snapshot under a name, as one that was kept in a file."""
        self._snapshots[name] = snapshot

    @property
    def snapshots(self) -> Mapping[str, RackSnapshot]:
        """What is remembered, by name."""
        return self._snapshots

    async def restore(self, name: str) -> None:
        """Bring everything back to how it stood then; the journal goes on.

        Raises:
            InvalidValue: nothing is remembered under that name.
        """
        if name not in self._snapshots:
            known = ", ".join(self._snapshots) or "none"
            raise InvalidValue(f"there is no snapshot {name!r}", remedy=f"there are: {known}")
        snapshot = self._snapshots[name]
        async with self._rebuilding:
            await snapshot.put_back(self)
            self.changed("rack")

    def forget_snapshot(self, name: str) -> bool:
        """Remember it no longer; False when there is none of that name."""
        return self._snapshots.pop(name, None) is not None

    async def rebuild(self, profiles: Mapping[int, Profile]) -> None:
        """Have exactly these cameras, all fresh; those that were there keep their ports.

        For a snapshot that is put back: `restore` keeps everybody else off meanwhile.
        """
        await self.hands.let_go_of_radios()
        for camera in [camera for camera in self.cameras if camera.index not in profiles]:
            self.cameras.remove(camera)
            await camera.close()
        self._profiles = dict(profiles)
        await self._restart_cameras()
        for index in sorted(set(profiles) - {camera.index for camera in self.cameras}):
            self.cameras.append(await self._start_camera(profiles[index], index))

    async def _restart_cameras(self) -> None:
        for place, camera in enumerate(self.cameras):
            port = camera.port if camera.spot is None else None
            await camera.close()
            self.cameras[place] = await self._start_camera(self._profiles[camera.index], camera.index, port)

    def _apply_rules(self) -> None:
        self.faults.restart()
        for rule in self._rules:
            self.faults.add(rule)
        for index in self._profiles:
            self._add_rules(index)

    def _add_rules(self, index: int) -> None:
        """Put the rules to work that a profile brings with it."""
        profile = self._profiles[index]
        camera_id = Identity.of(profile, self._seed, index).camera_id
        for spec in profile.faults:
            for rule in parse_rules(spec):
                self.faults.add(replace(rule, camera=camera_id))

    async def _start_camera(self, profile: Profile, index: int, port: int | None = None) -> Device:
        camera = await self._workshop.camera(profile, index, self.stage, port)
        body = camera.body
        body.subscribe(lambda topic: self.changes.add(body.camera_id, topic))
        self._access_points.watch(camera)
        return camera

    async def _close_cameras(self) -> None:
        for camera in reversed(self.cameras):
            await camera.close()


def _address(host: str) -> str:
    """Return the address if cameras can be on it: their URLs name it, so it must be one of this host's."""
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError as error:
        raise InvalidValue(f"{host!r} is no IPv4 address", remedy="give one of this host's own") from error
    if address.is_unspecified or address.is_multicast:
        raise InvalidValue(f"cameras cannot be on {host}", remedy="give one of this host's own addresses")
    return host


def _profile(name: str) -> Profile:
    try:
        return load(name)
    except ProfileError as error:
        raise InvalidValue(str(error)) from error
