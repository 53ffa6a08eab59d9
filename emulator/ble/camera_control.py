"""The camera control service CC00: Wi-Fi hand-over, status, names, battery, media, date and time.

Newer bodies tell the state of their access point by CC09, older ones by CC05. A hand-over wakes the camera
where it is in standby, and then starts the access point; the credentials can be read while that is up.

Source: protocol/ble.md 2.1, 5, 6.3, 10.1 and 10.3.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from emulator.ble.body_port import BodyPort
from emulator.ble.supply_values import battery_value, media_value
from emulator.ble.values import Read, Refusal, Tell, Value
from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.control import decode_text
from remotelens.protocol.ble.wallclock import DateFormat, decode_clock, decode_date_format

_WIFI_STATES = {"off": 0, "launching": 1, "launched": 2, "terminating": 3}
_UP = ("launching", "launched")

_PUSH_TRANSFER_IDLE = bytes.fromhex("03 00 00 01")
_STATUS_BEFORE_RECORDING = bytes.fromhex(
    "03 00 02 01 03 00 03 01 05 00 04 00 00 00 03 00 05 01 03 00 06 01 03 00 07 00"
)
_STATUS_AFTER_RECORDING = bytes.fromhex("03 00 09 00 03 00 0A 01")
_OLD_POWERED_DOWN = bytes.fromhex("04 00 00 02 04")
_CAPABILITIES = bytes.fromhex("06 00 00 01 00 01 01")
_SETTING_OK = bytes.fromhex("07 00 01 01 00 00 00 00")
_SETTING_BAD_PARAMETER = bytes.fromhex("07 00 01 00 00 00 00 02")
_WIFI_ON, _WIFI_OFF = b"\x01", b"\x00"


@dataclass(slots=True)
class _Watched:
    """A value, or one frame of it, that subscribers are told of when one of its causes changes it."""

    uuid: str
    causes: tuple[str, ...]
    read: Read
    told: bytes


Spawn = Callable[[Coroutine[None, None, None]], object]


class CameraControl:
    """Hand-over and status.

    Args:
        body: the camera.
        tell: notifies subscribers.
        spawn: runs a coroutine for as long as the camera lives.
        wake_allowed: a hand-over may wake the camera.
        older: the form of older bodies: CC05 in place of CC09, no battery and no media.
    """

    uuid = uuids.CONTROL_SERVICE

    def __init__(
        self, body: BodyPort, tell: Tell, spawn: Spawn, *, wake_allowed: bool = True, older: bool = False
    ) -> None:
        self._body = body
        self._tell = tell
        self._spawn = spawn
        self._wake_allowed = wake_allowed
        self._older = older
        self._handing_over = False
        self._wifi_wanted = False
        self._friendly_name = body.profile.friendly_name
        self._date_format = DateFormat.YEAR_MONTH_DAY
        self._watched = self._what_to_tell()

    def values(self) -> Sequence[Value]:
        """Return the characteristics in the order of their numbers."""
        credentials = (
            Value(uuids.SSID, read=lambda: self._while_launched(_framed(self._body.ssid))),
            Value(uuids.KEY, read=lambda: self._while_launched(_framed(self._body.key))),
            Value(uuids.WIFI_SWITCH, write=self._switch_wifi),
        )
        push = Value(uuids.PUSH_TRANSFER, read=lambda: _PUSH_TRANSFER_IDLE, tells=True)
        names = (
            Value(uuids.FIRMWARE, read=lambda: self._body.profile.firmware.encode("ascii")),
            Value(uuids.MODEL, read=lambda: self._body.profile.model.encode("ascii")),
            Value(uuids.BSSID, read=lambda: self._while_launched(self._body.bssid.encode("ascii"))),
        )
        settings = (
            Value(uuids.FRIENDLY_NAME, read=lambda: _framed(self._friendly_name), write=self._rename),
            Value(uuids.DATE_FORMAT, read=lambda: self._date_format.encode(), write=self._set_date_format),
            Value(uuids.CLOCK, write=self._set_clock),
        )
        if self._older:
            old_status = Value(uuids.WIFI_STATUS_OLD, read=self._old_wifi, tells=True)
            return (push, old_status, *credentials, *names)
        return (
            push,
            *credentials,
            Value(uuids.CAMERA_STATUS, read=self._status, tells=True),
            *names,
            Value(uuids.CAPABILITIES, read=lambda: _CAPABILITIES),
            Value(uuids.SETTING_RESULT, tells=True),
            Value(uuids.MEDIA, read=self._media, tells=True),
            Value(uuids.BATTERY, read=self._battery, tells=True),
            *settings,
        )

    def changed(self, what: str) -> None:
        """Tell what subscribers can see of a change, and only the frame that changed."""
        for item in self._watched:
            if what in item.causes and (value := item.read()) != item.told:
                item.told = value
                self._tell(item.uuid, value)

    def link_ended(self) -> None:
        """The state of the access point survives the link."""

    def _what_to_tell(self) -> tuple[_Watched, ...]:
        if self._older:
            return (_Watched(uuids.WIFI_STATUS_OLD, ("wifi", "power"), self._old_wifi, self._old_wifi()),)
        sources: tuple[tuple[str, tuple[str, ...], Read], ...] = (
            (uuids.CAMERA_STATUS, ("wifi",), self._wifi_frame),
            (uuids.CAMERA_STATUS, ("recording",), self._recording_frame),
            (uuids.MEDIA, ("card", "pictures", "settings"), self._media),
            (uuids.BATTERY, ("battery",), self._battery),
        )
        return tuple(_Watched(uuid, causes, read, read()) for uuid, causes, read in sources)

    def _status(self) -> bytes:
        return (
            self._wifi_frame() + _STATUS_BEFORE_RECORDING + self._recording_frame() + _STATUS_AFTER_RECORDING
        )

    def _wifi_frame(self) -> bytes:
        return bytes([0x04, 0x00, 0x01, _WIFI_STATES[self._body.wifi], self._body.wifi_error])

    def _recording_frame(self) -> bytes:
        return bytes([0x03, 0x00, 0x08, self._body.recording])

    def _old_wifi(self) -> bytes:
        if self._body.power != "on":
            return _OLD_POWERED_DOWN
        return bytes([0x04, 0x00, 0x00, self._body.wifi == "launched", self._body.wifi_error])

    def _media(self) -> bytes:
        card = self._body.card
        return media_value(present=card.present, shots=card.shots_left if card.present else 0)

    def _battery(self) -> bytes:
        return battery_value(self._body.battery_ratio)

    def _while_launched(self, value: bytes) -> bytes:
        if self._body.wifi != "launched":
            raise Refusal(AttCode.NOT_AVAILABLE_NOW)
        return value

    def _switch_wifi(self, value: bytes) -> None:
        if value == _WIFI_OFF:
            self._wifi_wanted = False
            self._spawn(self._stop_wifi())
        elif value == _WIFI_ON and (self._body.power == "on" or self._wake_allowed):
            self._wifi_wanted = True
            if not self._handing_over and self._body.wifi not in _UP:
                self._handing_over = True
                self._forget_wifi_told()
                self._spawn(self._hand_over())
        else:
            raise Refusal(AttCode.REFUSED)

    async def _stop_wifi(self) -> None:
        if self._body.wifi != "off":
            await self._body.wifi_off()

    async def _hand_over(self) -> None:
        """Wake the camera where it sleeps, and start its access point if that is still wanted then."""
        try:
            if self._body.power != "on":
                await self._body.power_on()
            if self._wifi_wanted:
                await self._body.wifi_on()
        finally:
            self._handing_over = False

    def _forget_wifi_told(self) -> None:
        """Tell the next state in any case: a second failure for the same reason is told again."""
        for item in self._watched:
            if "wifi" in item.causes:
                item.told = b""

    def _rename(self, value: bytes) -> None:
        try:
            self._friendly_name = decode_text(value)
        except (RemoteProtocolError, LocalProtocolError) as error:
            raise Refusal(AttCode.REFUSED) from error

    def _set_date_format(self, value: bytes) -> None:
        try:
            self._date_format = decode_date_format(value)
        except RemoteProtocolError:
            self._tell(uuids.SETTING_RESULT, _SETTING_BAD_PARAMETER)
        else:
            self._tell(uuids.SETTING_RESULT, _SETTING_OK)

    def _set_clock(self, value: bytes) -> None:
        try:
            setting = decode_clock(value)
            self._body.set_clock(setting.utc, setting.offset_min, setting.summer_time_min)
        except (RemoteProtocolError, ValueError):
            self._tell(uuids.SETTING_RESULT, _SETTING_BAD_PARAMETER)
        else:
            self._tell(uuids.SETTING_RESULT, _SETTING_OK)


def _framed(text: str) -> bytes:
    """Return ``LEN 00 00`` and the text, LEN counting what follows it."""
    data = text.encode("ascii")
    return bytes([len(data) + 2, 0x00, 0x00]) + data
