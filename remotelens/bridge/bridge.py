"""The bridge: each camera is held, and has a connection of its own to the broker, since each has a will."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from remotelens.bridge.broker import Broker
from remotelens.bridge.camera_bridge import CameraBridge
from remotelens.bridge.keeper import Held, Keeper
from remotelens.bridge.mqtt import Connection, check
from remotelens.bridge.outbox import Outbox
from remotelens.bridge.topics import DISCOVERY_PREFIX, PREFIX, Topics, id_of_description, id_of_name
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.config.cameras import KnownCamera
from remotelens.errors import InvalidValue
from remotelens.link.stages import Route
from remotelens.link.status import BackOff, LinkStatus
from remotelens.link.target import KnownTarget, Target, parse_target


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How cameras are bridged.

    Args:
        broker: where to.
        prefix: what the topics begin with.
        discovery_prefix: what Home Assistant's topics begin with.
        folder: where pictures are kept; None leaves them on the cameras.
        ble_adapter: which Bluetooth, for cameras that are reached over it.
        back_off: the pauses between attempts to reach a camera or the broker.
    """

    broker: Broker
    prefix: str = PREFIX
    discovery_prefix: str = DISCOVERY_PREFIX
    folder: Path | None = None
    ble_adapter: str = "system"
    back_off: BackOff = field(default_factory=BackOff)


class Bridge:
    """Some cameras on one broker.

    Args:
        targets: the cameras.
        options: how they are bridged.
        clock: measures everything.
        say: told what a person may want to know.

    Attributes:
        cameras: those that have a place on the broker; one that is not configured has it once it was found.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        options: Options,
        *,
        clock: Clock = REAL_CLOCK,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._targets = tuple(targets)
        self._options = options
        self._clock = clock
        self._say = say or (lambda _: None)
        self.cameras: list[CameraBridge] = []

    async def run(self) -> NoReturn:
        """Bridge until cancelled.

        Raises:
            BrokerUnreachable, BrokerRefused: it cannot be begun.
            InputError, MissingComponent: a camera can never be reached.
        """
        await check(self._options.broker, clock=self._clock)
        async with asyncio.TaskGroup() as tasks:
            for target in self._targets:
                tasks.create_task(_Seat(self, target).run())
        raise AssertionError("a bridge ends only by being cancelled or by an error")

    def join(self, camera_id: str, name: str, tasks: asyncio.TaskGroup) -> CameraBridge:
        """Give a camera its place on the broker."""
        options = self._options
        topics = Topics(camera_id, options.prefix, options.discovery_prefix)
        outbox = Outbox()
        camera = CameraBridge(topics, name, outbox=outbox, clock=self._clock, folder=options.folder)
        connection = Connection(
            options.broker,
            identifier=topics.base,
            will=camera.will,
            subscriptions=camera.subscriptions,
            outbox=outbox,
            on_message=camera.receive,
            clock=self._clock,
            back_off=options.back_off,
        )
        tasks.create_task(connection.run())
        self.cameras.append(camera)
        self._say(f"{name} is {topics.base} at {options.broker.place}")
        return camera

    def keeper(self, target: Target, seat: _Seat) -> Keeper:
        """Return what holds a camera."""
        options = self._options
        return Keeper(
            Route(target=target, ble_adapter=options.ble_adapter),
            serve=seat.serve,
            tell=seat.tell,
            clock=self._clock,
            back_off=options.back_off,
        )


class _Seat:
    """One camera's place in the bridge; one without a name here gets it when the camera says what it is."""

    def __init__(self, bridge: Bridge, target: Target) -> None:
        self._bridge = bridge
        self._target = target
        self._camera: CameraBridge | None = None
        self._tasks = asyncio.TaskGroup()

    async def run(self) -> None:
        async with self._tasks:
            if isinstance(self._target, KnownTarget):
                name = self._target.camera.name
                self._camera = self._bridge.join(id_of_name(name), name, self._tasks)
            await self._bridge.keeper(self._target, self).run()

    async def serve(self, held: Held) -> None:
        if self._camera is None:
            description = held.reached.description
            camera_id = id_of_description(description.friendly_name, description.udn)
            self._camera = self._bridge.join(camera_id, held.camera.name, self._tasks)
        await self._camera.serve(held.camera)

    def tell(self, status: LinkStatus) -> None:
        if self._camera is not None:
            self._camera.tell_link(status)


def targets_of(names: Sequence[str], known: Mapping[str, KnownCamera]) -> list[Target]:
    """Return the cameras that are meant: those named, else all that are configured, else the one there is.

    Raises:
        InvalidValue: a name means nothing, or two of them would have one id.
    """
    targets = [parse_target(name, known) for name in names or known or (None,)]
    seen: dict[str, str] = {}
    for target in dict.fromkeys(targets):
        if isinstance(target, KnownTarget):
            name = target.camera.name
            other = seen.setdefault(id_of_name(name), name)
            if other != name:
                raise InvalidValue(
                    f"{other} and {name} would have one id on the broker, {id_of_name(name)}",
                    remedy="give one of them another name with 'remotelens setup --name'",
                )
    return list(dict.fromkeys(targets))
