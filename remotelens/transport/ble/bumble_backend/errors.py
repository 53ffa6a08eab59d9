"""What this backend raises beyond bleak's own types; all of them are `BleakError`.

Importing this module does not import Bumble.
"""

from __future__ import annotations

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError


class BleakNoControllerError(BleakBluetoothNotAvailableError):
    """There is no HCI controller at the other end of the transport.

    Args:
        message: what happened.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, BleakBluetoothNotAvailableReason.NO_BLUETOOTH)

    def __str__(self) -> str:
        return str(self.args[0])


class BleakLinkLostError(BleakError):
    """The link, or the controller under it, went away while something was under way."""


class BleakPairingRefusedError(BleakError):
    """The peer did not accept the pairing.

    Args:
        message: what happened.
        reason: the reason of the Security Manager Protocol, where one was given.
    """

    def __init__(self, message: str, reason: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class BleakBondLostError(BleakError):
    """We have keys for this peer, but it does not know them (any more).

    Args:
        message: what happened.
        reason: the HCI error code, where one was given.
    """

    def __init__(self, message: str, reason: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class BleakKeyFileError(BleakError):
    """The file with identity and bonds cannot be read or written."""
