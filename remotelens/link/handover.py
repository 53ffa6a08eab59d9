"""Having the camera start its Wi-Fi, and reading over Bluetooth how to join it.

A camera in standby that allows it is woken by the same request. Newer bodies tell how it goes by CC09, older
ones by CC05.

Source: protocol/ble.md 5.1, 5.2 and 10.3.
"""

from __future__ import annotations

import logging
import re
from typing import Final

from remotelens.clock import REAL_CLOCK, Clock
from remotelens.errors import (
    BatteryLow,
    CardFull,
    LinkTimeout,
    NotAvailableNow,
    NotSupported,
    ProtocolError,
    RefusedError,
    RemoteLensError,
    RemoteProtocolError,
)
from remotelens.link.ble_stages import WifiNotUp
from remotelens.link.pair import BleLink
from remotelens.link.wifi_state import Wifi, WifiWatch, status_of, watching, wifi_now
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.control import (
    SMARTPHONE_CONTROL_ON,
    Capability,
    decode_bare_text,
    decode_capabilities,
    decode_text,
)
from remotelens.protocol.ble.supply import MediaState, decode_battery, decode_media
from remotelens.transport.join.joiner import WifiCredentials

LOG = logging.getLogger(__name__)

TIMEOUT_S: Final = 30.0
READ_AGAIN_S: Final = 0.3
CONTROL_LIMIT_S: Final = 5.0
_NOT_YET: Final = frozenset({AttCode.REFUSED, AttCode.NOT_AVAILABLE_NOW})
_BATTERY_ENDING: Final = 1
_BSSID: Final = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")


async def hand_over(
    link: BleLink, *, timeout_s: float = TIMEOUT_S, clock: Clock = REAL_CLOCK
) -> WifiCredentials:
    """Start the camera's access point, wait until it is up, and return how to join it.

    It stays up. Where this fails or is cancelled, what it has started is switched off again.

    Raises:
        CardFull: the camera wants a memory card first.
        BatteryLow: the battery does not last for it.
        NotAvailableNow: the camera could not start it for another reason; `code` is the camera's.
        NotSupported: the camera hands over no Wi-Fi.
        RemoteProtocolError: what it says cannot be used.
        LinkLost: the connection ended; `LinkTimeout` when the camera did not answer, `WifiNotUp` when it did,
            and the access point did not come up in time.
    """
    run = _HandOver(link, clock)
    try:
        async with clock.timeout(timeout_s):
            return await run.run()
    except TimeoutError as error:
        if isinstance(error, RemoteLensError):
            raise
        raise WifiNotUp(
            f"{run.missing} within {timeout_s:g} s",
            camera=link.camera.label,
            remedy="switch the camera off and on, and try again",
        ) from error


async def network_now(link: BleLink, *, clock: Clock = REAL_CLOCK) -> WifiCredentials | None:
    """Return how to join the access point that the camera has up now, None when it has none.

    Raises:
        NotSupported: the camera hands over no Wi-Fi.
        RefusedError, RemoteProtocolError: what it says cannot be used.
        LinkLost: the connection ended; `LinkTimeout` when it did not answer.
    """
    return await _HandOver(link, clock).look()


class _HandOver:
    """One run of `hand_over`."""

    def __init__(self, link: BleLink, clock: Clock) -> None:
        self._gatt = link.gatt
        self._wifi = link.wifi
        self._camera = link.camera.label
        self._clock = clock
        self.missing = "the camera's Wi-Fi did not come up"
        """What has not happened so far."""

    async def look(self) -> WifiCredentials | None:
        state = await wifi_now(self._gatt, self._status())
        if state is None or not state.launched:
            return None
        try:
            return await self._credentials(patient=False)
        except RefusedError as error:
            if error.code in _NOT_YET:
                return None  # it has gone off since
            raise

    def _status(self) -> str:
        """Return where this camera tells the state of its Wi-Fi."""
        uuid = status_of(self._gatt)
        if uuid is None or not self._gatt.offers(uuids.WIFI_SWITCH):
            raise NotSupported(
                "this camera does not hand over its Wi-Fi by Bluetooth",
                camera=self._camera,
                remedy="set it up with the network's name and key: 'remotelens setup --ssid … --key-file …'",
            )
        return uuid

    async def run(self) -> WifiCredentials:
        async with watching(self._gatt, self._status(), self._clock) as states, self._wifi.wanted():
            before = await states.now()
            if before is None or not before.launched:
                await self._ask_for_control()
                await self._switch_on()
                await self._launched(states, before)
            self.missing = "the camera's Wi-Fi is up, but its name and key were not told"
            credentials = await self._credentials(patient=True)
            self._wifi.leave_on()
        return credentials

    async def _switch_on(self) -> None:
        try:
            await self._wifi.on()
        except RefusedError as error:
            raise NotAvailableNow(
                "the camera does not start its Wi-Fi now",
                camera=self._camera,
                remedy="switch the camera on, or allow 'Cnct. while Power OFF' in its Bluetooth menu",
                code=error.code,
            ) from error

    async def _launched(self, states: WifiWatch, before: Wifi | None) -> None:
        """Wait until the access point is up.

        An error that was there before our request, and is only read again, is not about our request.
        """
        stale = before.error if before is not None else 0
        while True:
            state, told = await states.next()
            if state is None:
                continue
            if state.launched:
                return
            if state.starting or state.ending:
                stale = 0
            elif state.error and (told or state.error != stale):
                raise await self._failure(state.error)

    async def _failure(self, reason: int) -> RemoteLensError:
        """Say why the access point did not start; the reason's number is not published, so look around."""
        if await self._lacks_card():
            return CardFull(
                "the camera does not start its Wi-Fi without a memory card",
                camera=self._camera,
                remedy="put a memory card in",
                code=reason,
            )
        if await self._lacks_power():
            return BatteryLow(
                "the camera does not start its Wi-Fi: its battery is about to end",
                camera=self._camera,
                remedy="charge the battery",
                code=reason,
            )
        return NotAvailableNow(
            f"the camera could not start its Wi-Fi (its reason {reason})",
            camera=self._camera,
            remedy="switch the camera off and on, and try again",
            code=reason,
        )

    async def _lacks_card(self) -> bool:
        try:
            media = decode_media(await self._gatt.read(uuids.MEDIA, "the memory card"))
        except (RefusedError, ProtocolError):
            return False
        return all(slot.state == MediaState.NONE for slot in media.slots)

    async def _lacks_power(self) -> bool:
        try:
            battery = decode_battery(await self._gatt.read(uuids.BATTERY, "the battery"))
        except (RefusedError, ProtocolError):
            return False
        packs = [pack for pack in battery.packs if pack.in_use]
        return bool(packs) and all(pack.state <= _BATTERY_ENDING for pack in packs)

    async def _ask_for_control(self) -> None:
        """Tell bodies that have a menu for it that a phone takes control; the result decides nothing.

        A recorded body answered "failed" and started its access point all the same.
        """
        try:
            if not self._gatt.offers(uuids.SMARTPHONE_CONTROL):
                return
            capabilities = decode_capabilities(await self._gatt.read(uuids.CAPABILITIES, "the capabilities"))
            if not capabilities.get(Capability.SMARTPHONE_CONNECTION):
                return
            async with self._gatt.notifications(uuids.SETTING_RESULT, "the setting") as results:
                await self._gatt.write(uuids.SMARTPHONE_CONTROL, SMARTPHONE_CONTROL_ON, "phone control")
                async with self._clock.timeout(CONTROL_LIMIT_S):
                    await results.next()
        except (RefusedError, ProtocolError, TimeoutError) as error:
            if isinstance(error, LinkTimeout):
                raise
            LOG.debug("phone control: %s", error)

    async def _credentials(self, *, patient: bool) -> WifiCredentials:
        ssid = await self._text(uuids.SSID, "the network's name", patient=patient)
        key = await self._text(uuids.KEY, "the network's key", patient=patient)
        if not 1 <= len(ssid) <= 32 or not 8 <= len(key) <= 63:
            raise RemoteProtocolError(
                f"a network name of {len(ssid)} and a key of {len(key)} characters cannot be used",
                camera=self._camera,
                remedy="switch the camera off and on, and try again",
            )
        if not (ssid.isprintable() and key.isprintable()):
            raise RemoteProtocolError(
                "a network name or a key with characters that nobody can type cannot be used",
                camera=self._camera,
                remedy="give the camera's Wi-Fi another name or key in its menu, and try again",
            )
        return WifiCredentials(ssid, key, await self._bssid())

    async def _text(self, uuid: str, what: str, *, patient: bool) -> str:
        """Read a text, which may come a moment after the state that promises it."""
        while True:
            try:
                return decode_text(await self._gatt.read(uuid, what))
            except RefusedError as error:
                if not patient or error.code not in _NOT_YET:
                    raise
            await self._clock.sleep(READ_AGAIN_S)

    async def _bssid(self) -> str | None:
        """Read the access point's address; a camera need not tell."""
        try:
            text = decode_bare_text(await self._gatt.read(uuids.BSSID, "the access point's address"))
        except (RefusedError, ProtocolError):
            return None
        return text if _BSSID.fullmatch(text) else None
