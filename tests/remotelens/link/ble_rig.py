"""An emulated camera's Bluetooth side on a virtual air, for the tests of the Bluetooth stages of the link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emulator.ble.air import Air
from emulator.ble.peripheral import Peripheral, PeripheralOptions
from emulator.clock import ScaledClock
from emulator.journal import Journal
from remotelens.link.ble_find import BleCamera, find_one
from remotelens.transport.ble.adapter import Adapter, close_all
from remotelens.transport.ble.bonds import BondBook
from tests.emulator.ble.double import DoubleBody


@dataclass
class Cut:
    """A link that is dropped at a packet, and how many were sent by then and after."""

    number: int
    sent: int = 0

    @property
    def happened(self) -> bool:
        """Whether there was such a packet."""
        return self.sent >= self.number


@dataclass
class Rig:
    """Everything a test of these stages touches."""

    clock: ScaledClock
    journal: Journal
    air: Air
    body: DoubleBody
    folder: Path
    cameras: list[Peripheral] = field(default_factory=list)

    @property
    def adapter(self) -> Adapter:
        """The client's adapter, with keys in the test's folder."""
        return Adapter.parse(self.air.adapter, keys_path=self.folder / "hci.json")

    @property
    def store(self) -> BondBook:
        """What the client remembers of bonds."""
        return BondBook(self.folder / "cameras.json")

    @property
    def camera(self) -> Peripheral:
        """The camera."""
        return self.cameras[0]

    async def switch_on(
        self, pairing: str = "auto", body: DoubleBody | None = None, **options: object
    ) -> Peripheral:
        """Put a camera on the air."""
        camera = Peripheral(
            body or self.body,
            self.air,
            pairing=pairing,
            options=PeripheralOptions(**{"advertising_interval_ms": 5, **options}),  # type: ignore[arg-type]
        )
        await camera.start()
        self.cameras.append(camera)
        return camera

    async def find(self) -> BleCamera:
        """Hear the camera as it is now."""
        return await find_one(self.adapter, self.camera.address, timeout_s=5)

    @contextmanager
    def cut_at(self, number: int) -> Iterator[Cut]:
        """Drop the link at that packet of all that are sent while the block runs."""
        cut, send = Cut(number), self.air.ether.send_acl_data

        def pass_on(*packet: Any) -> None:
            cut.sent += 1
            if cut.sent == number:
                self.air.drop(self.camera.address)
            else:
                send(*packet)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.air.ether, "send_acl_data", pass_on)
            yield cut

    def requests(self) -> list[str]:
        """What the camera was asked, in order: ``write EE01 …``."""
        return [str(entry.data["method"]) for entry in self.journal.entries() if entry.kind == "request"]

    def noted(self, kind: str) -> int:
        """How often the camera noted something."""
        return sum(entry.kind == kind for entry in self.journal.entries())


@asynccontextmanager
async def rigged(folder: Path, factor: float = 50.0) -> AsyncIterator[Rig]:
    """An air with a camera's mind beside it; at the end nothing of either side may be left running."""
    before = asyncio.all_tasks()
    clock = ScaledClock(factor)
    journal = Journal(clock)
    air = Air(journal)
    await air.start()
    rig = Rig(clock, journal, air, DoubleBody(clock), folder)
    try:
        yield rig
    finally:
        await close_all()
        for camera in rig.cameras:
            await camera.close()
        await air.close()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, left
