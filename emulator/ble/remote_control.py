"""The remote control service FF00: buttons from FF01 to the body, events of the body to FF02.

Source: protocol/ble.md 4 and 10.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from emulator.ble.body_port import BodyPort
from emulator.ble.values import Refusal, Tell, Value
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode
from remotelens.protocol.ble.remote import decode_command

_FOCUS = 0x3F
_SHUTTER = 0xA0
_RECORDING = 0xD5
_INACTIVE = bytes([0x02, 0xC3, 0x00])
_ACTIVE = 0x20


class RemoteControl:
    """Shutter, AF-ON, C1, zoom, focus and record buttons.

    Args:
        body: what the buttons belong to.
        tell: notifies subscribers.
        enabled: "Bluetooth Rmt Ctrl" in the camera's menu.
    """

    uuid = uuids.REMOTE_SERVICE

    def __init__(self, body: BodyPort, tell: Tell, *, enabled: bool = True) -> None:
        self._body = body
        self._tell = tell
        self._enabled = enabled
        self._held: set[str] = set()
        self._told = {_FOCUS: False, _SHUTTER: False, _RECORDING: False}

    def values(self) -> Sequence[Value]:
        """Return FF01 and FF02."""
        return (
            Value(uuids.REMOTE_COMMAND, write=self._command),
            Value(uuids.REMOTE_STATUS, tells=True),
        )

    @property
    def enabled(self) -> bool:
        """Remote control is on in the camera's menu."""
        return self._enabled

    def enable(self, on: bool) -> None:
        """Switch remote control on or off in the camera's menu."""
        if self._enabled and not on:
            self._release_all()
            self._tell(uuids.REMOTE_STATUS, _INACTIVE)
        self._enabled = on

    def changed(self, what: str) -> None:
        """Tell focus acquired or lost, shutter open or closed, recording started or stopped."""
        if what == "focus":
            self._tell_once(_FOCUS, self._body.focus_status == "Focused")
        elif what == "shutter":
            self._tell_once(_SHUTTER, self._body.exposing)
        elif what == "recording":
            self._tell_once(_RECORDING, self._body.recording)

    def link_ended(self) -> None:
        """Release the buttons that the host held down."""
        self._release_all()

    def _command(self, value: bytes) -> None:
        if not self._enabled or self._body.power != "on":
            raise Refusal(AttCode.REFUSED)
        try:
            command = decode_command(value)
        except RemoteProtocolError as error:
            raise Refusal(AttCode.UNKNOWN_COMMAND, drop_link=True) from error
        button = command.button.value
        if command.pressed:
            self._held.add(button)
            self._body.press(button, command.step)
        else:
            self._held.discard(button)
            self._body.release(button)

    def _release_all(self) -> None:
        held, self._held = self._held, set()
        for button in sorted(held):
            self._body.release(button)

    def _tell_once(self, category: int, active: bool) -> None:
        if self._told[category] is not active:
            self._told[category] = active
            self._tell(uuids.REMOTE_STATUS, bytes([0x02, category, _ACTIVE if active else 0x00]))
