"""Making or reusing the bond with a camera, and telling the camera of this host once.

A camera takes a new bond only while its pairing screen is open, and shows the host's name with OK and Cancel.
The bond is of use for everything else: no vendor value is read or written without it.

Source: protocol/ble.md 2.2 and 3.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import ConnectFailed, PairingRejected, RefusedError, RemoteLensError
from remotelens.link.ble_find import FIND_LIMIT_S, NOT_HEARD, BleCamera, find_one
from remotelens.link.wifi_switch import WifiSwitch
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.advert import Advert, Tag
from remotelens.protocol.ble.pairing import REGISTER
from remotelens.transport.ble.adapter import Adapter
from remotelens.transport.ble.bonds import BondBook, BondRecord
from remotelens.transport.ble.connecting import CONNECT_LIMIT_S, connect, unpair
from remotelens.transport.ble.gatt import PAIR_LIMIT_S, GattLink

LOG = logging.getLogger(__name__)

TIMEOUT_S: Final = 90.0
REGISTRATION_LIMIT_S: Final = 5.0
RECONNECT_ATTEMPTS: Final = 3
BOND_CHECKS: Final = 4
BOND_PAUSE_S: Final = 3.0
"""Where the system bonds by itself at the first protected access, this gives its dialog time."""

OPEN_SCREEN: Final = (
    "on the camera choose MENU, Network, Bluetooth, Pairing; while that screen is open run "
    "'remotelens setup --ble' and press OK on the camera"
)
BOND_ANEW: Final = (
    "on the camera choose MENU, Network, Bluetooth, Pairing; while that screen is open run "
    "'remotelens setup --ble --again' and press OK on the camera"
)

_PROTECTED: Final = (
    uuids.CAMERA_STATUS,
    uuids.WIFI_STATUS_OLD,
    uuids.FIRMWARE,
    uuids.LOCATION_FEATURE,
    uuids.REGISTRATION_FIELD,
)
"""Values that every bonded host may read, the first that a body has is asked for."""


class PairStep(StrEnum):
    """How far `pair` has come; the value is what to show."""

    FINDING = "looking for the camera"
    FORGETTING = "forgetting the old bond"
    CONNECTING = "connecting"
    BONDING = "press OK on the camera"
    REGISTERING = "registering with the camera"
    READY = "bonded"


@dataclass(frozen=True, slots=True)
class BleLink:
    """An encrypted connection to a camera; close it, or use it as an async context manager.

    Args:
        camera: the camera.
        gatt: the connection.
        bonded_now: the bond was made on this occasion, and not reused.
        registered_now: the camera was told of this host on this occasion.
        wifi: the camera's Wi-Fi switch, which nobody writes but by this.
    """

    camera: BleCamera
    gatt: GattLink
    bonded_now: bool
    registered_now: bool
    wifi: WifiSwitch

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connection; raises nothing."""
        await self.gatt.close()


async def pair(
    camera: BleCamera | str,
    adapter: Adapter,
    store: BondBook,
    *,
    timeout_s: float = TIMEOUT_S,
    clock: Clock = REAL_CLOCK,
    again: bool = False,
    on_step: Callable[[PairStep], None] | None = None,
) -> BleLink:
    """Connect to a camera with a bond: the one there is, or a new one.

    Args:
        camera: a camera that was found, or its address or name.
        adapter: the Bluetooth to use.
        store: where it is remembered that a bond was made, and registered.
        timeout_s: time limit of the whole.
        clock: measures it.
        again: forget the bond there is and make a new one.
        on_step: told of each step when it begins.

    Raises:
        CameraNotFound: it was not heard.
        PairingRejected: there is no bond and the camera takes none, or it has forgotten the one there is.
        ConnectFailed: it does not let us connect, or takes too long.
        LinkLost: the connection was lost on the way.
    """
    step = on_step or (lambda _: None)
    deadline = clock.monotonic() + timeout_s
    # One controller for all of it, also where that is one of our own.
    async with adapter.held():
        if isinstance(camera, str):
            step(PairStep.FINDING)
            camera = await find_one(adapter, camera, timeout_s=min(timeout_s, FIND_LIMIT_S), clock=clock)
        try:
            async with clock.timeout(deadline - clock.monotonic()):
                return await _Pairing(camera, adapter, store, clock, step).run(again=again)
        except TimeoutError as error:
            if isinstance(error, RemoteLensError):
                raise
            raise ConnectFailed(
                f"no bond within {timeout_s:g} s", camera=camera.label, remedy=NOT_HEARD
            ) from error


class _Pairing:
    """One run of `pair`, with what all its steps need."""

    def __init__(
        self,
        camera: BleCamera,
        adapter: Adapter,
        store: BondBook,
        clock: Clock,
        step: Callable[[PairStep], None],
    ) -> None:
        self._camera = camera
        self._adapter = adapter
        self._store = store
        self._clock = clock
        self._step = step

    async def run(self, *, again: bool) -> BleLink:
        if again:
            await self._forget()
        record = await self._store.get(self._camera.address)
        bonded = await self._adapter.is_bonded(self._camera.address)
        if bonded is False:
            check_pairing_open(self._camera)
        fresh = record is None if bonded is None else not bonded
        try:
            gatt = await self._connect(fresh=fresh)
        except PairingRejected:
            if fresh or record is not None or not self._camera.advert.pairing_open:
                raise
            # These keys have never been of use: the bond was cut off while it was made.
            await self._forget()
            fresh = True
            gatt = await self._connect(fresh=fresh)
        try:
            await self._check_bond(gatt, fresh=fresh)
            known = not fresh and record is not None and record.registered
            registered = False if known else await self._register(gatt)
        except BaseException:
            await gatt.close()
            raise
        self._step(PairStep.READY)
        switch = WifiSwitch(gatt, clock=self._clock)
        return BleLink(self._camera, gatt, bonded_now=fresh, registered_now=registered, wifi=switch)

    async def _forget(self) -> None:
        self._step(PairStep.FORGETTING)
        await self._store.forget(self._camera.address)
        if await self._adapter.is_bonded(self._camera.address) is False:
            return
        await unpair(self._adapter, self._camera.device, camera=self._camera.label, clock=self._clock)
        if self._adapter.is_system:
            # With the bond the system has forgotten the device itself, and wants to hear it again.
            self._camera = await find_one(self._adapter, self._camera.address, clock=self._clock)

    async def _connect(self, *, fresh: bool) -> GattLink:
        """Connect; a new bond is made before anything else, since some bodies hang up without one."""
        asks = fresh and self._camera.advert.pairing_open
        self._step(PairStep.BONDING if asks else PairStep.CONNECTING)
        try:
            return await connect(
                self._adapter,
                self._camera.device,
                camera=self._camera.label,
                # The system skips this where it has a bond; it does not tell us whether it has.
                pair=fresh or self._adapter.is_system,
                bonded=not fresh,
                attempts=1 if fresh else RECONNECT_ATTEMPTS,
                limit_s=CONNECT_LIMIT_S + PAIR_LIMIT_S if fresh else CONNECT_LIMIT_S,
                clock=self._clock,
            )
        except PairingRejected as error:
            raise self._explained(error, fresh=fresh) from error

    async def _check_bond(self, gatt: GattLink, *, fresh: bool) -> None:
        """Read a protected value: only that proves the bond, whatever the stack says."""
        uuid = next((item for item in _PROTECTED if gatt.offers(item)), None)
        checks = BOND_CHECKS if self._adapter.is_system else 1
        while uuid is not None and checks:
            checks -= 1
            try:
                await gatt.read(uuid, "a protected value")
                return
            except PairingRejected as error:
                if not checks:
                    raise self._explained(error, fresh=fresh) from error
                await self._clock.sleep(BOND_PAUSE_S)
            except RefusedError:
                return  # a refusal for another reason comes after the check of the bond

    async def _register(self, gatt: GattLink) -> bool:
        """Tell the camera's application of this host; once a bond, because more disturbs later sessions."""
        self._step(PairStep.REGISTERING)
        done = await register(gatt, self._clock)
        await self._store.put(BondRecord(self._camera.address, self._camera.name, registered=done))
        return done

    def _explained(self, error: PairingRejected, *, fresh: bool) -> PairingRejected:
        if fresh and not self._camera.advert.pairing_open:
            message, remedy = f"{_why_closed(self._camera.advert)}, so it takes no new bond", OPEN_SCREEN
        elif fresh:
            message = (
                f"the camera did not take the bond: Cancel was pressed there, or nothing ({error.message})"
            )
            remedy = OPEN_SCREEN
        else:
            message = "the camera no longer knows this computer: the bond was deleted on one side or replaced"
            if self._adapter.is_system:
                message += ", or another Bluetooth adapter has it"
            remedy = BOND_ANEW
        return PairingRejected(message, camera=self._camera.label, remedy=remedy, code=error.code)


def check_pairing_open(camera: BleCamera) -> None:
    """See that a camera would take a new bond now.

    Raises:
        PairingRejected: it would not; says what to press.
    """
    if camera.advert.pairing_open:
        return
    raise PairingRejected(
        f"{_why_closed(camera.advert)}, and this computer has no bond with the camera",
        camera=camera.label,
        remedy=OPEN_SCREEN,
    )


def _why_closed(advert: Advert) -> str:
    if advert.flags_of(Tag.FUNCTIONS) is None and not advert.on:
        return "the camera is switched off"
    return "the camera's pairing screen is not open"


async def register(gatt: GattLink, clock: Clock) -> bool:
    """Tell the camera's application of this host; tell whether it took that.

    What the camera notifies afterwards is not published, so its coming is taken for an answer, whatever it
    says; bodies that send none are taken at the word of their write response.
    """
    if not gatt.offers(uuids.REGISTRATION):
        return False
    try:
        if not gatt.offers(uuids.REGISTRATION_RESULT):
            await gatt.write(uuids.REGISTRATION, REGISTER, "the registration")
            return True
        async with gatt.notifications(uuids.REGISTRATION_RESULT, "the registration") as results:
            await gatt.write(uuids.REGISTRATION, REGISTER, "the registration")
            try:
                async with clock.timeout(REGISTRATION_LIMIT_S):
                    value = await results.next()
                    LOG.debug("registration answered with %s", value.hex(" "))
            except TimeoutError:
                LOG.debug("registration was written, no answer within %s s", REGISTRATION_LIMIT_S)
    except RefusedError as error:
        # Remote control, hand-over and location work without it, so the bond is not given up.
        LOG.warning("%s", error)
        return False
    return True
