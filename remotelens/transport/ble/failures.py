"""Other people's Bluetooth exceptions as ours; the one place that knows them.

Source: ble-stack.md 3 and 4; protocol/ble.md 9.1; Bluetooth Core, volume 3, part F, 3.4.1.1 for ATT codes.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Final

from remotelens.errors import (
    CameraNotFound,
    ConfigError,
    ConnectFailed,
    LinkError,
    LinkLost,
    LinkTimeout,
    MissingComponent,
    NotSupported,
    PairingRejected,
    RefusedError,
    RemoteLensError,
)

PAIR_AGAIN: Final = "put the camera into pairing mode and pair again"
COME_CLOSER: Final = "see that the camera is on, near, and not connected to another host; then try again"
CHECK_CONTROLLER: Final = "see that the controller is plugged in, or that what emulates it is running"
CHECK_BLUETOOTH: Final = "see that Bluetooth is on and allowed for this program, or name another adapter"

_NEEDS_BOND: Final = frozenset({0x05, 0x08, 0x0C, 0x0F})
_NOT_THERE: Final = frozenset({0x01, 0x02, 0x03, 0x06, 0x0A})
_BLUEZ: Final = "org.bluez.Error."
_DBUS: Final = "org.freedesktop.DBus.Error."
_DBUS_PAIRING: Final = frozenset(
    _BLUEZ + name
    for name in (
        "AuthenticationFailed",
        "AuthenticationCanceled",
        "AuthenticationRejected",
        "AuthenticationTimeout",
        "NotAuthorized",
        "NotPermitted",
    )
)
_DBUS_LOST: Final = frozenset(
    (_BLUEZ + "NotConnected", _DBUS + "UnknownObject", _DBUS + "NoReply", _DBUS + "Disconnected")
)
_DBUS_ABSENT: Final = frozenset(
    (_BLUEZ + "NotReady", _DBUS + "ServiceUnknown", _DBUS + "AccessDenied", _DBUS + "NameHasNoOwner")
)
_BLUEZ_GAVE_UP: Final = "operation failed"
"""What BlueZ says, with no ATT error behind it, of an operation whose link ended under it."""
_LOST_WORDS: Final = ("not connected", "disconnected", "service discovery has not been performed")


@contextlib.contextmanager
def connecting(camera: str) -> Iterator[None]:
    """Raise what goes wrong while a connection is made as an error of ours.

    Raises:
        CameraNotFound: the camera does not answer.
        ConnectFailed: there is no connection for another reason.
        PairingRejected: the camera refused to pair, or has forgotten this host.
        MissingComponent: this host has no Bluetooth that can be used.
    """
    try:
        yield
    except RemoteLensError:
        raise
    except foreign() as error:
        ours = translate(error, "connecting", camera)
        if isinstance(ours, LinkTimeout):
            raise ConnectFailed(
                "no connection within the time limit", camera=camera, remedy=COME_CLOSER
            ) from error
        if type(ours) in (LinkLost, LinkError):
            raise ConnectFailed(ours.message, camera=camera, remedy=COME_CLOSER) from error
        raise ours from error


@contextlib.contextmanager
def talking(doing: str, camera: str) -> Iterator[None]:
    """Raise what goes wrong on a connection as an error of ours.

    Args:
        doing: what is being done, for the message: ``reading the battery``.
        camera: which camera, for the message.

    Raises:
        LinkLost: the connection ended; `LinkTimeout` when the camera did not answer.
        PairingRejected: this needs a bond that is not there.
        RefusedError: the camera said no, with the ATT error as `code`.
        NotSupported: the camera has no such characteristic.
    """
    try:
        yield
    except RemoteLensError:
        raise
    except foreign() as error:
        raise translate(error, doing, camera) from error


def foreign() -> tuple[type[Exception], ...]:
    """Return what bleak and its backends raise."""
    from bleak.exc import BleakError

    return BleakError, TimeoutError, EOFError, OSError


def translate(error: Exception, doing: str, camera: str) -> RemoteLensError:
    """Return the error of ours that says what a foreign one means."""
    from bleak.exc import (
        BleakBluetoothNotAvailableError,
        BleakCharacteristicNotFoundError,
        BleakDBusError,
        BleakDeviceNotFoundError,
        BleakError,
        BleakGATTProtocolError,
    )

    from remotelens.transport.ble.bumble_backend import errors

    error = _of_the_last_attempt(error)
    if isinstance(error, RemoteLensError):
        return error
    if isinstance(error, errors.BleakKeyFileError):
        cause = error.__cause__
        return cause if isinstance(cause, RemoteLensError) else ConfigError(str(error), camera=camera)
    if isinstance(error, errors.BleakBondLostError):
        return PairingRejected(
            "the camera no longer knows this host's bond", camera=camera, remedy=PAIR_AGAIN, code=error.reason
        )
    if isinstance(error, errors.BleakPairingRefusedError):
        return PairingRejected(
            f"pairing failed: {error}", camera=camera, remedy=PAIR_AGAIN, code=error.reason
        )
    if isinstance(error, BleakGATTProtocolError):
        return of_att(int(error.code), doing, camera)
    if isinstance(error, BleakCharacteristicNotFoundError):
        return NotSupported(f"{doing}: the camera has no characteristic for it", camera=camera)
    if isinstance(error, errors.BleakNoControllerError):
        return ConnectFailed(str(error), remedy=CHECK_CONTROLLER)
    if isinstance(error, BleakBluetoothNotAvailableError):
        return MissingComponent(f"no Bluetooth to use: {error.args[0]}", remedy=CHECK_BLUETOOTH)
    if isinstance(error, BleakDeviceNotFoundError):
        return CameraNotFound("not found by Bluetooth", camera=camera, remedy=COME_CLOSER)
    if isinstance(error, BleakDBusError):
        return _of_dbus(error.dbus_error, str(error.dbus_error_details or ""), doing, camera)
    if isinstance(error, TimeoutError):
        return LinkTimeout(f"{doing}: no answer in time", camera=camera, remedy=COME_CLOSER)
    if isinstance(error, BleakError) and not _says_lost(error):
        return LinkError(f"{doing}: {error}", camera=camera)
    return LinkLost(f"{doing}: the Bluetooth connection was lost", camera=camera, remedy=COME_CLOSER)


def of_att(code: int, doing: str, camera: str) -> RemoteLensError:
    """Return what an ATT error code means; codes from 0x80 on are the camera's own."""
    if code in _NEEDS_BOND:
        return PairingRejected(
            f"{doing}: the camera wants a bond first", camera=camera, remedy=PAIR_AGAIN, code=code
        )
    kind = NotSupported if code in _NOT_THERE else RefusedError
    return kind(f"{doing}: the camera refuses (ATT error {code:#04x})", camera=camera, code=code)


def _of_dbus(name: str, details: str, doing: str, camera: str) -> RemoteLensError:
    if name in _DBUS_PAIRING:
        return PairingRejected(
            f"{doing}: the system's Bluetooth says {name.rpartition('.')[2]}",
            camera=camera,
            remedy=PAIR_AGAIN,
        )
    if code := re.search(r"ATT error: 0x([0-9a-f]+)", details, re.IGNORECASE):
        return of_att(int(code[1], 16), doing, camera)
    if name in _DBUS_ABSENT:
        return MissingComponent(f"the system's Bluetooth is not there: {name}", remedy=CHECK_BLUETOOTH)
    words = details.lower()
    if name in _DBUS_LOST or "not connected" in words or words == _BLUEZ_GAVE_UP:
        return LinkLost(f"{doing}: the Bluetooth connection was lost", camera=camera, remedy=COME_CLOSER)
    return LinkError(f"{doing}: the system's Bluetooth says {name} {details}".rstrip(), camera=camera)


def _of_the_last_attempt(error: Exception) -> Exception:
    """Return what bleak-retry-connector gave up on: its own errors only say how often it tried."""
    cause = error.__cause__
    if type(error).__module__.startswith("bleak_retry_connector") and isinstance(cause, Exception):
        return cause
    return error


def _says_lost(error: Exception) -> bool:
    """Tell whether a plain `BleakError` means a lost connection; it has no type of its own for that."""
    from remotelens.transport.ble.bumble_backend.errors import BleakLinkLostError

    text = str(error).lower()
    return isinstance(error, BleakLinkLostError) or any(words in text for words in _LOST_WORDS)
