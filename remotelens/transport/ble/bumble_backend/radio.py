"""One Bumble host on one HCI transport, shared by every scanner and client of an event loop.

Source: ble-stack.md 3 for the traps this works around; each is named where it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Final

from bleak.exc import BleakDeviceNotFoundError, BleakError
from bumble import core, hci
from bumble.device import Connection, ConnectionParametersPreferences, Device, DeviceConfiguration
from bumble.host import Host
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport
from bumble.transport.common import Transport, TransportLostError

from remotelens.transport.ble.bumble_backend.errors import BleakLinkLostError, BleakNoControllerError
from remotelens.transport.ble.bumble_backend.keyring import Keyring, same_address
from remotelens.transport.ble.bumble_backend.port import HciPort
from remotelens.transport.ble.bumble_backend.tasks import TaskKeeper

HOST_NAME: Final = "remotelens"
"""What a camera reads from us and shows on its pairing screen."""
CLOSE_LIMIT_S: Final = 1.0
_LINK: Final = ConnectionParametersPreferences(
    connection_interval_min=15.0,
    connection_interval_max=30.0,
    # Bumble's own 720 ms does not survive the moments in which a combined chip serves Wi-Fi.
    supervision_timeout=4000,
)


class _Central(Device):
    """Bumble's device, without its own search for peers that have given us their resolving key."""

    async def find_peer_by_identity_address(self, identity_address: hci.Address) -> hci.Address:
        """Return the address as it is: the scanner that found the peer knows what it is called on the air.

        Bumble would scan by itself here, without a time limit and behind the back of the running scanners.
        """
        return identity_address


class Radio:
    """The host and the controller it talks to. Made by `open`, ended by `close`.

    Args:
        port: where it is.
        transport: the open HCI transport.
        device: the host, powered on.
        keyring: identity and bonds.
    """

    def __init__(self, port: HciPort, transport: Transport, device: Device, keyring: Keyring) -> None:
        self.port = port
        self.device = device
        self.keyring = keyring
        self.tasks = TaskKeeper(port.clock)
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done, with the reason, as soon as the transport has ended without being asked to."""
        self._transport = transport
        self._closing = False
        self._connect_lock = asyncio.Lock()
        self._calling: hci.Address | None = None
        self._scan_lock = asyncio.Lock()
        self._scanners: dict[object, bool] = {}
        self._scanning: bool | None = None
        transport.source.terminated.add_done_callback(self._on_terminated)

    @classmethod
    async def open(cls, port: HciPort) -> Radio:
        """Open the transport and power the host on.

        Raises:
            BleakNoControllerError: nothing there, or nothing that answers as a controller does.
            BleakKeyFileError: identity and bonds cannot be read.
        """
        keyring = await Keyring.open(port.keys_path, port.memory)
        try:
            async with port.clock.timeout(port.open_limit_s):
                transport = await open_transport(port.transport)
                try:
                    device = await _power_on(transport, keyring)
                except BaseException:
                    await transport.close()
                    raise
        except TimeoutError as error:
            raise BleakNoControllerError(f"nothing at {port} answers as an HCI controller does") from error
        except _no_controller() as error:
            raise BleakNoControllerError(f"no HCI controller at {port}: {error}") from error
        return cls(port, transport, device, keyring)

    @property
    def is_gone(self) -> bool:
        """The transport has ended, or is about to."""
        return self._closing or self.lost.done()

    async def start_scanning(self, scanner: object, *, active: bool) -> None:
        """Have the controller scan for as long as any scanner wants it to."""
        self._scanners[scanner] = active
        try:
            await self.tasks.run(self._retune())
        except BaseException:
            await self.stop_scanning(scanner)
            raise

    async def stop_scanning(self, scanner: object) -> None:
        """Take a scanner off; the controller stops with the last one. A dead transport raises nothing."""
        self._scanners.pop(scanner, None)
        with contextlib.suppress(BleakError):
            await self.tasks.run(self._retune())

    async def _retune(self) -> None:
        """Bring the controller to what the scanners want together."""
        async with self._scan_lock:
            wanted = any(self._scanners.values()) if self._scanners else None
            if wanted == self._scanning or self.is_gone:
                return
            try:
                # Not Bumble's legacy=True: a controller that knows the extended commands refuses to mix both
                # kinds, and Bumble connects with the extended ones where they exist.
                if self._scanning is not None:
                    self._scanning = None
                    await self.device.stop_scanning()
                if wanted is not None:
                    await self.device.start_scanning(active=wanted, scanning_phys=(hci.HCI_LE_1M_PHY,))
                    self._scanning = wanted
            except core.BaseBumbleError as error:
                kind = BleakLinkLostError if isinstance(error, TransportLostError) else BleakError
                raise kind(f"the controller does not scan: {error}") from error

    async def connect(self, address: hci.Address, limit_s: float) -> Connection:
        """Connect to a peer.

        Raises:
            BleakDeviceNotFoundError: it did not answer within the limit.
            BleakError: the controller did not do it, or is gone.
        """
        text = address.to_string(False)
        try:
            async with self.port.clock.timeout(limit_s):
                # One attempt at a time: any new connection would satisfy whoever waits in connect_le.
                await self._connect_lock.acquire()
                self._calling = address
                # No limit of Bumble's own: two of them would race to cancel the same attempt.
                attempt = self.tasks.start(
                    self.device.connect_le(address, {hci.Phy.LE_1M: _LINK}, timeout=None)
                )
                try:
                    connection = await self.tasks.outcome(attempt, unless=self.lost)
                except asyncio.CancelledError:
                    # The controller would go on initiating, and refuse every later connection.
                    await self.tasks.run(self._abandon(attempt), done=self._called)
                    raise
                except BaseException:
                    self._called()
                    raise
        except TimeoutError as error:
            raise BleakDeviceNotFoundError(text, f"{text} did not answer within {limit_s:g} s") from error
        except core.BaseBumbleError as error:
            raise BleakError(f"{text} could not be connected to: {error}") from error
        self._called()
        return connection

    def _called(self) -> None:
        self._calling = None
        self._connect_lock.release()

    def hindrance(self, address: str) -> str | None:
        """Return why a peer cannot be called now, None where nothing is known against it."""
        if any(same_address(str(item.peer_address), address) for item in self.device.connections.values()):
            return "this program is connected to it already"
        if self._calling is not None and not same_address(str(self._calling), address):
            return f"the controller is still calling {self._calling.to_string(False)}"
        return None

    async def _abandon(self, attempt: asyncio.Task[Connection]) -> None:
        if not attempt.done() and not self.is_gone:
            with contextlib.suppress(core.BaseBumbleError):
                await self.device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
            with contextlib.suppress(TimeoutError):
                async with self.port.clock.timeout(CLOSE_LIMIT_S):
                    await asyncio.wait({attempt})
        if not attempt.done():
            self.tasks.end(attempt)
        elif not attempt.cancelled() and attempt.exception() is None:
            with contextlib.suppress(core.BaseBumbleError):
                await attempt.result().disconnect()

    async def close(self) -> None:
        """End links, scanning and the transport; nothing of this radio runs afterwards."""
        if not self.is_gone:
            self._closing = True
            with contextlib.suppress(TimeoutError, core.BaseBumbleError):
                async with self.port.clock.timeout(CLOSE_LIMIT_S):
                    await self._say_goodbye()
        self._closing = True
        self._end_links()
        await self.tasks.settle(CLOSE_LIMIT_S)
        await self._transport.close()
        # A stream tells that it is closed one turn of the loop later; USB has joined its thread by now.
        with contextlib.suppress(TimeoutError):
            async with self.port.clock.timeout(CLOSE_LIMIT_S):
                await asyncio.wait({self._transport.source.terminated})

    async def _say_goodbye(self) -> None:
        """Tell peers that we go, which closing a transport does not: they would wait for a time-out."""
        for connection in list(self.device.connections.values()):
            await connection.disconnect()
        if self._scanning is not None:
            await self.device.stop_scanning()
        await self.device.power_off()

    def _on_terminated(self, terminated: asyncio.Future[None]) -> None:
        error = None if terminated.cancelled() else terminated.exception()
        if self.is_gone:
            return
        self.lost.set_result(f"{self.port} has ended" + (f": {error}" if error else ""))
        self._end_links()

    def _end_links(self) -> None:
        """Report links as ended that Bumble still thinks open; not every transport makes it look again."""
        if self.device.connections:
            self.device.on_flush()


def _no_controller() -> tuple[type[Exception], ...]:
    """Return what opening a transport raises when there is no controller."""
    errors: tuple[type[Exception], ...] = (OSError, ImportError, core.BaseBumbleError)
    # libusb's errors are nobody's children; its module is there only where Bumble has looked for USB.
    usb = sys.modules.get("usb1")
    return errors if usb is None else (*errors, usb.USBError)


async def _power_on(transport: Transport, keyring: Keyring) -> Device:
    identity = keyring.identity
    config = DeviceConfiguration(name=HOST_NAME, address=hci.Address(identity.address), irk=identity.irk)
    device = _Central(config=config, host=Host(transport.source, transport.sink))
    device.keystore = keyring
    device.pairing_config_factory = _pairing_config
    await device.power_on()
    return device


def _pairing_config(connection: Connection) -> PairingConfig:
    del connection
    return PairingConfig(
        sc=True,
        mitm=False,
        bonding=True,
        # Else Bumble hands out a public identity address of zeros, under which no peer finds our keys again.
        identity_address_type=PairingConfig.AddressType.RANDOM,
        delegate=PairingDelegate(PairingDelegate.IoCapability.NO_OUTPUT_NO_INPUT),
    )
