"""Many cameras in one world, and everything that is made once for all of them.

async with Emulator(models=["DSC-QX10"]) as emulator:
    print(emulator.cameras[0].description_url)
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from emulator.body.camera import Body
from emulator.clock import Clock, RealClock, ScaledClock, VirtualClock, off_loop
from emulator.device import Device, Rack
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import Rule, parse_rule
from emulator.journal import Journal
from emulator.profiles import Profile, ProfileError, load
from emulator.wifi.ssdp import SsdpResponder
from emulator.world import SCENES, Scene, load_scene
from remotelens.errors import InvalidValue, RemoteLensError

if TYPE_CHECKING:
    from emulator.ble.air import Air
    from emulator.ble.peripheral import Peripheral
    from emulator.control import ControlServer

DEFAULT_MODEL = "DSC-QX10"
DEFAULT_SCENE = "bench"
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
        pairing: who works the pairing screens: ``auto``, ``manual`` or ``closed``.
        control: serve the control API.
        control_port: its port.
        seed: what their names, keys, noise and chances come from.
        clock: ``real``, ``scaled:N``, ``virtual``, or a clock.
        scene: what they look at.
        still_scale: divides the sides of their pictures.
        faults: rules, as on the command line.
        ssdp: answer searches on the shared multicast group, too.
        state_dir: where bonds are kept over restarts.
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
        host: str = "127.0.0.1",
        port: int = 0,
        ble: bool = False,
        ble_port: int = 0,
        pairing: str = "auto",
        control: bool = True,
        control_port: int = 0,
        seed: int = 0,
        clock: str | Clock = "real",
        scene: str = DEFAULT_SCENE,
        still_scale: int = 1,
        faults: Sequence[str | Rule] = (),
        ssdp: bool = False,
        state_dir: Path | None = None,
        ready_file: Path | None = None,
    ) -> None:
        self.clock = parse_clock(clock) if isinstance(clock, str) else clock
        self.journal = Journal(self.clock)
        self.faults = FaultEngine(self.clock, self.journal, seed)
        self.cameras: list[Device] = []
        self.control: ControlServer | None = None
        self.air: Air | None = None
        self._rules = [rule if isinstance(rule, Rule) else parse_rule(rule) for rule in faults]
        self._profiles = [_profile(model) for model in models for _ in range(count)]
        self._host, self._port = _address(host), port
        self._ble, self._ble_port, self._pairing = ble, ble_port, pairing
        self._with_control, self._control_port = control, control_port
        self._seed, self._scene_name, self._still_scale = seed, scene, still_scale
        self._ssdp = ssdp
        self._state_dir, self._ready_file = state_dir, ready_file
        self._exit = contextlib.AsyncExitStack()
        if scene not in SCENES:
            raise InvalidValue(f"there is no scene {scene!r}", remedy=f"there are {', '.join(SCENES)}")

    async def __aenter__(self) -> Self:
        """Start everything, or nothing."""
        async with contextlib.AsyncExitStack() as stack:
            self._scene: Scene = load_scene(self._scene_name, self._seed)
            self._scene_start_s = self.clock.monotonic()
            self._responder = SsdpResponder(self._host, self.journal)
            stack.push_async_callback(self._responder.close)
            with _told(self._host, 0, "the emulator"):
                await self._responder.start(multicast=self._ssdp)
            self._rack = Rack(self.journal, self._responder, self.faults)
            self._apply_rules()
            if self._ble:
                await self._start_air(stack)
            for index in range(len(self._profiles)):
                self.cameras.append(await self._start_camera(index, self._port if index == 0 else 0))
                stack.push_async_callback(self._close_camera, index)
            if self._with_control:
                await self._start_control(stack)
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

    @property
    def ready(self) -> dict[str, Any]:
        """Where everything is: the content of the ready file."""
        control = self.control
        return {
            "schema": SCHEMA,
            "pid": os.getpid(),
            "control": None if control is None else {"url": control.url, "token": control.token},
            "air": None if self.air is None else {"adapter": self.air.adapter, "dbus": None},
            "ssdp": {
                "unicast": self._responder.unicast,
                "multicast": self._responder.multicast,
                "why": self._responder.why,
            },
            "cameras": [camera.ready for camera in self.cameras],
        }

    async def reset(self) -> None:
        """Bring cameras, faults and journal back to the start; addresses, ports and bonds stay."""
        for index, camera in enumerate(self.cameras):
            port = camera.port
            await camera.close()
            self.cameras[index] = await self._start_camera(index, port)
        self.faults.clear()
        self._apply_rules()
        self.journal.clear()

    def _apply_rules(self) -> None:
        for rule in self._rules:
            self.faults.add(rule)

    async def _start_air(self, stack: contextlib.AsyncExitStack) -> None:
        from emulator.ble.air import Air

        self.air = Air(self.journal)
        with _told(self._host, self._ble_port, "the virtual air"):
            await self.air.start(self._host, self._ble_port)
        stack.push_async_callback(self.air.close)

    async def _start_camera(self, index: int, port: int) -> Device:
        body = Body(
            self._profiles[index],
            self._scene,
            self.clock,
            self._seed,
            index,
            self.journal,
            pairing_ble=self._ble,
            still_scale=self._still_scale,
            scene_start_s=self._scene_start_s,
        )
        camera = Device(body, index, self._rack, peripheral=self._peripheral(body))
        with _told(self._host, port, "a camera"):
            await camera.start(self._host, port)
        return camera

    async def _close_camera(self, index: int) -> None:
        await self.cameras[index].close()

    def _peripheral(self, body: Body) -> Peripheral | None:
        if self.air is None:
            return None
        from emulator.ble.peripheral import Peripheral

        bonds = None if self._state_dir is None else self._state_dir / f"bonds-{body.camera_id}.json"
        return Peripheral(body, self.air, pairing=self._pairing, bonds_path=bonds)

    async def _start_control(self, stack: contextlib.AsyncExitStack) -> None:
        from emulator.control import ControlServer

        control = ControlServer(self)
        with _told("127.0.0.1", self._control_port, "the control API"):
            await control.start(self._control_port)
        stack.push_async_callback(control.close)
        self.control = control


def parse_clock(text: str) -> Clock:
    """Return the clock of ``--clock``.

    Raises:
        InvalidValue: there is no such clock.
    """
    kind, colon, factor = text.partition(":")
    if text == "real":
        return RealClock()
    if text == "virtual":
        return VirtualClock()
    if kind == "scaled" and colon:
        with contextlib.suppress(ValueError):
            return ScaledClock(float(factor))
    raise InvalidValue(f"there is no clock {text!r}", remedy="there are real, scaled:N and virtual")


def write_ready(path: Path, ready: dict[str, Any]) -> None:
    """Write the ready file in one go; nobody else may read it, since it holds keys.

    Raises:
        RemoteLensError: it cannot be written there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(ready, file)
            file.write("\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RemoteLensError(f"the ready file {path} cannot be written: {error.strerror}") from error


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


@contextlib.contextmanager
def _told(host: str, port: int, what: str) -> Iterator[None]:
    """Turn the host's refusal of an address into words."""
    try:
        yield
    except OSError as error:
        where = f"{host}:{port}" if port else host
        raise RemoteLensError(
            f"{what} cannot listen on {where}: {error.strerror or error}",
            remedy="stop what listens there, or choose another port" if port else "choose another --host",
        ) from error
