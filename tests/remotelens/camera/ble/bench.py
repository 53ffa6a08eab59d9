"""A camera's Bluetooth side and a `Remote` on it, connected over the virtual air."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from emulator.ble.peripheral import Peripheral
from remotelens.camera.remote import Remote, over
from remotelens.clock import REAL_CLOCK, Clock
from remotelens.link.pair import pair
from remotelens.protocol.ble import uuids
from tests.emulator.ble.double import DoubleBody
from tests.remotelens.link.ble_rig import Rig, rigged


@dataclass
class Bench:
    """Both ends, and what one does to them."""

    rig: Rig
    remote: Remote

    @property
    def body(self) -> DoubleBody:
        """The camera's mind."""
        return self.rig.body

    @property
    def camera(self) -> Peripheral:
        """The camera's radio."""
        return self.rig.camera

    def notify(self, *values: str, uuid: str = uuids.REMOTE_STATUS) -> None:
        """Have the camera notify these bytes, whatever it really does."""
        assert self.camera._radio is not None
        for value in values:
            self.camera._radio.outbox.tell(uuid, bytes.fromhex(value))

    async def heard(self, value: str) -> None:
        """Have the camera notify an event, and return once it has arrived."""
        mark = self.remote.events.mark
        self.notify(value)
        while self.remote.events.mark == mark:  # noqa: ASYNC110 - bounded by the test's own limit
            await asyncio.sleep(0)

    def commands(self) -> list[str]:
        """What was written to FF01 since the bond was made."""
        return [
            str(entry.data["value"])
            for entry in self.rig.journal.entries()
            if entry.data.get("method") == "write FF01"
        ]


@asynccontextmanager
async def bench_on(
    folder: Path, *, power: str = "on", clock: Clock = REAL_CLOCK, **options: object
) -> AsyncIterator[Bench]:
    """Put a camera on the air, bond with it, and use it.

    Args:
        folder: for keys and bonds.
        power: how the body stands.
        clock: the client's.
        options: what differs in the camera.
    """
    async with rigged(folder) as rig, asyncio.timeout(30):
        await rig.switch_on(**options)  # type: ignore[arg-type]  # by name
        async with await pair(await rig.find(), rig.adapter, rig.store):
            pass
        rig.body.power = power
        async with (
            await pair(await rig.find(), rig.adapter, rig.store) as link,
            over(link, clock=clock) as remote,
        ):
            yield Bench(rig, remote)
