"""The remote control service: buttons written to FF01, events heard from FF02.

A command is ``LEN CODE [STEP]``; bit 0 of CODE is 1 for a press and 0 for a release. Buttons have length 1,
jogs length 2 with a step. Zoom has the codes 44 to 47 and focus 6A to 6D; lists on the web that swap the two
were found wrong on a power-zoom lens.

Source: protocol/ble.md 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from remotelens.errors import LocalProtocolError, RemoteProtocolError


class Button(StrEnum):
    """What a command presses or releases."""

    HALF = "half"
    FULL = "full"
    RECORD = "record"
    AF_ON = "af_on"
    C1 = "c1"
    ZOOM_TELE = "zoom_tele"
    ZOOM_WIDE = "zoom_wide"
    FOCUS_NEAR = "focus_near"
    FOCUS_FAR = "focus_far"


@dataclass(frozen=True, slots=True)
class ButtonFacts:
    """How one button is written.

    Args:
        code: the release code; the press has bit 0 set.
        slowest: smallest step of a jog, None for a plain button.
        fastest: largest step of a jog.
    """

    code: int
    slowest: int | None = None
    fastest: int | None = None

    @property
    def is_jog(self) -> bool:
        """Its commands carry a step."""
        return self.slowest is not None


BUTTONS: Final[dict[Button, ButtonFacts]] = {
    Button.HALF: ButtonFacts(0x06),
    Button.FULL: ButtonFacts(0x08),
    Button.RECORD: ButtonFacts(0x0E),
    Button.AF_ON: ButtonFacts(0x14),
    Button.C1: ButtonFacts(0x20),
    Button.ZOOM_TELE: ButtonFacts(0x44, 0x10, 0x8F),
    Button.ZOOM_WIDE: ButtonFacts(0x46, 0x10, 0x8F),
    Button.FOCUS_NEAR: ButtonFacts(0x6A, 0x00, 0x7F),
    Button.FOCUS_FAR: ButtonFacts(0x6C, 0x00, 0x7F),
}
_BY_CODE: Final = {facts.code: button for button, facts in BUTTONS.items()}
_LAST_RELEASE_STEP = 0x0F


@dataclass(frozen=True, slots=True)
class Command:
    """One write to FF01.

    Args:
        button: which button.
        pressed: pressed, or released.
        step: speed of a jog, 0 for a plain button and for a release.
    """

    button: Button
    pressed: bool
    step: int = 0

    def encode(self) -> bytes:
        """Return the bytes on the air.

        Raises:
            LocalProtocolError: a step that the button does not have.
        """
        facts = BUTTONS[self.button]
        code = facts.code | self.pressed
        if facts.slowest is None or facts.fastest is None:
            if self.step:
                raise LocalProtocolError(f"button {self.button} has no speed")
            return bytes([1, code])
        first, last = (facts.slowest, facts.fastest) if self.pressed else (0, _LAST_RELEASE_STEP)
        if not first <= self.step <= last:
            raise LocalProtocolError(f"step {self.step:#x} of {self.button} is not {first:#x} to {last:#x}")
        return bytes([2, code, self.step])


def press(button: Button, step: int | None = None) -> Command:
    """Return the press of a button; a jog without a step goes at its middle speed."""
    facts = BUTTONS[button]
    if step is None:
        step = 0 if facts.slowest is None or facts.fastest is None else (facts.slowest + facts.fastest) // 2
    return Command(button, True, step)


def release(button: Button) -> Command:
    """Return the release of a button."""
    return Command(button, False)


def decode_command(value: bytes) -> Command:
    """Return the command that was written to FF01.

    Raises:
        RemoteProtocolError: no such code, length or step.
    """
    if not 2 <= len(value) <= 3 or value[0] != len(value) - 1:
        raise RemoteProtocolError(f"{value.hex(' ')} is no command of the remote control: wrong length")
    button = _BY_CODE.get(value[1] & 0xFE)
    if button is None or BUTTONS[button].is_jog != (len(value) == 3):
        raise RemoteProtocolError(f"{value.hex(' ')} is no command of the remote control: unknown code")
    command = Command(button, bool(value[1] & 1), value[2] if len(value) == 3 else 0)
    try:
        command.encode()
    except LocalProtocolError as error:
        raise RemoteProtocolError(error.message) from error
    return command


class Category(IntEnum):
    """What an event of FF02 is about."""

    FOCUS = 0x3F
    SHUTTER = 0xA0
    RECORDING = 0xD5
    INACTIVE = 0xC3
    """The remote function is off on the camera; any other event means that it is on."""


ACTIVE: Final = 0x20
"""In focus, exposing, recording."""
BUSY: Final = 0x40
"""The focus is being looked for."""


@dataclass(frozen=True, slots=True)
class RemoteStatus:
    """One event of FF02, ``02 CATEGORY VALUE``; categories that are not known are kept as numbers."""

    category: int
    value: int

    @property
    def active(self) -> bool:
        """In focus, exposing, recording, by category."""
        return bool(self.value & ACTIVE)

    @property
    def busy(self) -> bool:
        """The focus is being looked for."""
        return self.category == Category.FOCUS and bool(self.value & BUSY)

    def encode(self) -> bytes:
        """Return the bytes on the air."""
        return bytes([2, self.category, self.value])


def decode_status(value: bytes) -> RemoteStatus:
    """Return the event that FF02 notified.

    Raises:
        RemoteProtocolError: wrong length.
    """
    if len(value) != 3 or value[0] != 2:
        raise RemoteProtocolError(f"{value.hex(' ')} is no event of the remote control")
    return RemoteStatus(value[1], value[2])
