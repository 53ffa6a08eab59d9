"""How one camera of a rack is made: its body, its place on the network, its radio, and what befalls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emulator.body.camera import Body
from emulator.body.warmth import AMBIENT_C
from emulator.clock import Clock
from emulator.device import Device, Rack
from emulator.faults.engine import FaultEngine
from emulator.journal import Journal
from emulator.profiles import Profile
from emulator.sites import Sites, told
from emulator.stage import Stage
from emulator.wifi.place import Place
from remotelens.protocol.wifi.auth import Credentials

if TYPE_CHECKING:
    from emulator.ble.air import Air
    from emulator.ble.peripheral import Peripheral


@dataclass(slots=True)
class Workshop:
    """Makes the cameras of one rack.

    Attributes:
        journal: where they write.
        clock: their time.
        faults: the rules that strike them.
        sites: where they stand.
        seed: what their names, keys and noise come from.
        still_scale: divides the sides of their pictures.
        with_ble: Bluetooth stands in front of them.
        pairing: who works their pairing screens.
        state_dir: where their bonds are kept.
        registrations: those of developers that unlock methods; None: any that is well formed.
        air: what their radios are on, once there is one.
    """

    journal: Journal
    clock: Clock
    faults: FaultEngine
    sites: Sites
    seed: int
    still_scale: int
    with_ble: bool
    pairing: str
    state_dir: Path | None
    registrations: Sequence[Credentials] | None
    air: Air | None = None

    async def camera(self, profile: Profile, index: int, stage: Stage, port: int | None = None) -> Device:
        """Make a camera and start it.

        Args:
            profile: which camera.
            index: its place in the rack.
            stage: what is in front of it.
            port: where it was before; without, where its site has it.

        Raises:
            RemoteLensError: its port is taken, or its site cannot be had.
        """
        body = Body(
            profile,
            stage.scene,
            self.clock,
            self.seed,
            index,
            self.journal,
            pairing_ble=self.with_ble,
            still_scale=self.still_scale,
            scene_start_s=stage.start_s,
        )
        site = await self.sites.site(index, profile)
        rack = Rack(self.journal, site.responder, self.faults)
        camera = Device(
            body, index, rack, peripheral=self._peripheral(body), registrations=self.registrations
        )
        place = site.place if port is None else Place.on_one_port(site.place.host, port)
        with told(place.host, place.ports.description, "a camera"):
            await camera.start(place, site.spot)
        celsius = stage.weather.temperature_c
        body.ambient_c = AMBIENT_C if celsius is None else celsius
        self.tell_scale(camera)
        return camera

    def tell_scale(self, camera: Device) -> None:
        """Note that a camera's pictures are not as large as the real one's."""
        if self.still_scale > 1:
            self.journal.add(camera.id, "body", "scaled", still_scale=self.still_scale)

    def _peripheral(self, body: Body) -> Peripheral | None:
        if self.air is None:
            return None
        from emulator.ble.faulty import BleFaults
        from emulator.ble.peripheral import Peripheral

        bonds = None if self.state_dir is None else self.state_dir / f"bonds-{body.camera_id}.json"
        return Peripheral(
            body,
            self.air,
            pairing=self.pairing,
            bonds_path=bonds,
            faults=BleFaults(self.faults, body.camera_id),
        )
