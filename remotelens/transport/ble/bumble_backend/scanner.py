"""The scanner half of the backend.

Source: ble-stack.md 3; bleak 3.1 ``backends/scanner.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bleak.backends.scanner import AdvertisementDataCallback, BaseBleakScanner
from bumble.device import Advertisement, Device

from remotelens.transport.ble.bumble_backend.advertisement import to_bleak
from remotelens.transport.ble.bumble_backend.pool import Lease, acquire
from remotelens.transport.ble.bumble_backend.port import HciPort


@dataclass(frozen=True, slots=True)
class PeerDetails:
    """The `details` of a `BLEDevice` of this backend.

    Not a dict: bleak-retry-connector takes a dict with a ``path`` for a device of BlueZ.

    Args:
        on_air: the address it was heard under, in Bumble's text form: a final ``/P`` marks a public one.
    """

    on_air: str


class BumbleScanner(BaseBleakScanner):
    """Scans with the radio of `port`, which scanners and clients share; see `backend.bind`."""

    port: ClassVar[HciPort]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: Literal["active", "passive"] = "active",
        **kwargs: Any,
    ) -> None:
        del kwargs
        super().__init__(detection_callback, service_uuids)
        self._active = scanning_mode != "passive"
        self._lease: Lease | None = None
        self._names: dict[str, str] = {}

    async def start(self) -> None:
        """Begin to scan; what earlier scans saw is forgotten.

        Raises:
            BleakNoControllerError: there is no controller.
        """
        if self._lease is not None:
            return
        self.seen_devices = {}
        self._names = {}
        lease = await acquire(self.port)
        lease.radio.device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        self._lease = lease
        try:
            await lease.radio.start_scanning(self, active=self._active)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the scan; nothing happens when it is over already, or the transport is."""
        lease, self._lease = self._lease, None
        if lease is None:
            return
        lease.radio.device.remove_listener(Device.EVENT_ADVERTISEMENT, self._on_advertisement)
        try:
            await lease.radio.stop_scanning(self)
        finally:
            await lease.aclose()

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        lease = self._lease
        if lease is None:
            return
        adv = to_bleak(advertisement)
        if not self.is_allowed_uuid(adv.service_uuids):
            return
        heard = advertisement.address
        resolver = lease.radio.device.address_resolver
        identity = resolver.resolve(heard) if resolver is not None and heard.is_resolvable else None
        address = (identity or heard).to_string(False)
        # The name comes with the scan response only: a device keeps the last one heard.
        if adv.local_name is not None:
            self._names[address] = adv.local_name
        device = self.create_or_update_device(
            address, address, self._names.get(address), PeerDetails(str(heard)), adv
        )
        device.details = PeerDetails(str(heard))
        self.call_detection_callbacks(device, adv)
