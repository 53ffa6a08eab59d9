"""A body that is not at its best: what a client must be able to live with, switched on and off at any time.

It stands in front of the services, which know nothing of it. Rules that strike by chance or count are
`faulty`'s business; these are states of one body.

Source: protocol/ble.md 10.3, last line.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from emulator.ble.fronted import Fronted
from emulator.ble.values import GattService, Read, Refusal, Tell
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode

_ALPHABET = string.digits + string.ascii_letters
_OTHER = str.maketrans(_ALPHABET, _ALPHABET[1:] + _ALPHABET[:1])
_WIFI_LAUNCHED = bytes.fromhex("04 00 01 02")
_WIFI_LAUNCHING = bytes.fromhex("04 00 01 01")
_IN_FOCUS = bytes.fromhex("02 3F 20")
_CREDENTIALS = frozenset({uuids.SSID, uuids.KEY, uuids.BSSID})


@dataclass(slots=True)
class Scenario:
    """What is wrong with one body.

    Attributes:
        silent_registration: EE03 tells nothing.
        no_bssid: CC0C cannot be read.
        launch_sticks: the access point is told to be launching for ever, and its credentials are kept back.
        wrong_key: CC07 holds a key that does not open the network.
        focus_never_locks: focus is never told to be found.
        link_lasts_s: every link is lost after so long, in camera time.
    """

    silent_registration: bool = False
    no_bssid: bool = False
    launch_sticks: bool = False
    wrong_key: bool = False
    focus_never_locks: bool = False
    link_lasts_s: float | None = None

    def service(self, inner: GattService) -> GattService:
        """Return the service as this body has it."""
        return _Troubled(inner, self)

    def tell(self, inner: Tell) -> Tell:
        """Return the way out for notifications as this body has it."""

        def tell(uuid: str, value: bytes) -> None:
            if self.silent_registration and uuid == uuids.REGISTRATION_RESULT:
                return
            if self.focus_never_locks and uuid == uuids.REMOTE_STATUS and value == _IN_FOCUS:
                return
            inner(uuid, self.seen(uuid, value))

        return tell

    def seen(self, uuid: str, value: bytes) -> bytes:
        """Return what a host gets to see of a value.

        Raises:
            Refusal: nothing.
        """
        if self.no_bssid and uuid == uuids.BSSID:
            raise Refusal(AttCode.REFUSED)
        if self.launch_sticks and uuid in _CREDENTIALS:
            raise Refusal(AttCode.NOT_AVAILABLE_NOW)
        if self.launch_sticks and uuid == uuids.CAMERA_STATUS:
            return value.replace(_WIFI_LAUNCHED, _WIFI_LAUNCHING)
        if self.wrong_key and uuid == uuids.KEY:
            return value[:3] + value[3:].decode("ascii").translate(_OTHER).encode("ascii")
        return value


class _Troubled(Fronted):
    """A GATT service in front of which a scenario stands."""

    def __init__(self, inner: GattService, scenario: Scenario) -> None:
        super().__init__(inner)
        self._scenario = scenario

    def read(self, uuid: str, inner: Read) -> Read:
        """Give what the scenario makes of the value."""
        return lambda: self._scenario.seen(uuid, inner())
