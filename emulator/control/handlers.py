"""What each operation of the control API does: it asks the hands, and tells how things stand then."""

from __future__ import annotations

import contextlib

import msgspec

from emulator.clock import off_loop, timeout
from emulator.control import answers, orders
from emulator.control.asking import Asked
from emulator.control.cameras import CameraDesk, camera_now
from emulator.control.desk import HOST_CLOCK, Controlled, NoSuchThing, Told, fields
from emulator.control.records import JournalDesk
from emulator.control.rules import FaultDesk, all_faults
from emulator.control.world import WorldDesk, clock_now, scene_now
from emulator.journal.entry import iso
from emulator.snapshot import RackSnapshot
from emulator.snapshot_file import pack, unpack
from remotelens.version import __version__


class Handlers(CameraDesk, WorldDesk, FaultDesk, JournalDesk):
    """All operations, by their names; here those about everything at once."""

    async def health(self, _asked: Asked) -> Told:
        """Whether the emulator is well."""
        cameras = len(self._rack.cameras)
        return answers.Health(ok=True, version=__version__, cameras=cameras, clock=clock_now(self._rack))

    async def state(self, _asked: Asked) -> Told:
        """Everything at once."""
        return state_of(self._rack)

    async def changes(self, asked: Asked) -> Told:
        """What has changed since."""
        changes, since = self._rack.changes, asked.number("since")
        if asked.wait_s:
            with contextlib.suppress(TimeoutError):
                async with timeout(HOST_CLOCK, asked.wait_s):
                    await changes.wait(since)
        items = [msgspec.convert(one.as_json(), answers.ChangeNow) for one in changes.since(since)]
        return answers.ChangesSince(items=items, last=changes.number)

    async def reset(self, asked: Asked) -> Told:
        """Bring everything back to the start."""
        await self._rack.reset()
        return await self.cameras(asked)

    async def snapshots(self, _asked: Asked) -> Told:
        """What is remembered."""
        return answers.Snapshots(items=all_snapshots(self._rack))

    async def snapshot(self, asked: Asked) -> Told:
        """Remember how everything stands."""
        name = asked.order(orders.SnapshotOrder).name
        return answers.Snapshot(**fields(_snapshot(name, self._rack.snapshot(name))))

    async def restore(self, asked: Asked) -> Told:
        """Bring everything back to how it stood then."""
        await self._rack.restore(asked.order(orders.SnapshotOrder).name)
        return state_of(self._rack)

    async def save_snapshot(self, asked: Asked) -> Told:
        """A snapshot as a file."""
        kept = self._snapshot(asked)
        return await off_loop(self._rack.clock, pack, kept)

    async def load_snapshot(self, asked: Asked) -> Told:
        """Remember what a file holds."""
        name, kept = asked.variables["name"], await off_loop(self._rack.clock, unpack, asked.data)
        self._rack.remember(name, kept)
        return answers.Snapshot(**fields(_snapshot(name, kept)))

    async def forget_snapshot(self, asked: Asked) -> Told:
        """Remember it no longer."""
        self._snapshot(asked)
        self._rack.forget_snapshot(asked.variables["name"])
        return await self.snapshots(asked)

    def _snapshot(self, asked: Asked) -> RackSnapshot:
        name, known = asked.variables["name"], self._rack.snapshots
        if name not in known:
            there = ", ".join(known) or "none"
            raise NoSuchThing(f"there is no snapshot {name!r}", remedy=f"there are: {there}")
        return known[name]


def state_of(rack: Controlled) -> answers.State:
    """Tell everything at once."""
    return answers.State(
        clock=clock_now(rack),
        scene=scene_now(rack.stage),
        cameras=[camera_now(camera) for camera in rack.cameras],
        faults=all_faults(rack.faults),
        snapshots=all_snapshots(rack),
        journal=rack.journal.number,
        changes=rack.changes.number,
    )


def all_snapshots(rack: Controlled) -> list[answers.SnapshotNow]:
    """Tell what is remembered."""
    return [_snapshot(name, kept) for name, kept in rack.snapshots.items()]


def _snapshot(name: str, kept: RackSnapshot) -> answers.SnapshotNow:
    cameras = [camera.camera_id for camera in kept.cameras]
    return answers.SnapshotNow(name, iso(kept.at), cameras, kept.scene, len(kept.rules))
