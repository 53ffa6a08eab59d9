"""BlueZ's errors, with its own words: programs read them.

Source: bluez `src/error.c`, `src/error.h`, `create_gatt_dbus_error` in `src/gatt-client.c` and
`new_authentication_return` in `src/device.c`.
"""

from __future__ import annotations

from emulator.ble.bus.interface import BusError

PREFIX = "org.bluez.Error."

CONNECT_CANCELLED = "br-connection-canceled"
CONNECT_ABORTED = "le-connection-abort-by-local"
"""What BlueZ says of every LE connection that did not come about, whoever was the reason."""

_NOT_PAIRED = frozenset({0x05, 0x0C, 0x0F})
_OF_ATT = {
    0x02: ("NotPermitted", "Read not permitted"),
    0x03: ("NotPermitted", "Write not permitted"),
    0x06: ("NotSupported", "Operation is not supported"),
    0x07: ("InvalidArguments", "Invalid offset"),
    0x08: ("NotAuthorized", "Operation Not Authorized"),
    0x0D: ("InvalidArguments", "Invalid Length"),
    **dict.fromkeys(_NOT_PAIRED, ("NotPermitted", "Not paired")),
}


def refused(name: str, text: str) -> BusError:
    """Return one of BlueZ's errors."""
    return BusError(PREFIX + name, text)


def of_att(code: int) -> BusError:
    """Return what BlueZ makes of an ATT error."""
    name, text = _OF_ATT.get(code, ("Failed", f"Operation failed with ATT error: 0x{code:02x}"))
    return refused(name, text)


def failed(text: str) -> BusError:
    """Return the error for everything that has none of its own."""
    return refused("Failed", text)


def link_lost() -> BusError:
    """Return what an operation on a link ends with that is no longer there."""
    return failed("Operation failed")


def not_connected() -> BusError:
    """Return what an operation on a device without a link is answered with."""
    return failed("Not connected")


def not_supported() -> BusError:
    """Return the error for what this object cannot do."""
    return refused("NotSupported", "Operation is not supported")


def in_progress() -> BusError:
    """Return the error for what is being done already."""
    return refused("InProgress", "In Progress")


def busy() -> BusError:
    """Return the error for a second discovery of one program."""
    return refused("InProgress", "Operation already in progress")


def invalid_arguments() -> BusError:
    """Return the error for arguments that mean nothing."""
    return refused("InvalidArguments", "Invalid arguments in method call")


def does_not_exist() -> BusError:
    """Return the error for what is not known."""
    return refused("DoesNotExist", "Does Not Exist")


def already_exists() -> BusError:
    """Return the error for what there is already."""
    return refused("AlreadyExists", "Already Exists")


def not_ready() -> BusError:
    """Return the error for an adapter that is switched off."""
    return refused("NotReady", "Resource Not Ready")


def authentication_failed() -> BusError:
    """Return how most pairings that fail end."""
    return refused("AuthenticationFailed", "Authentication Failed")


def authentication_cancelled() -> BusError:
    """Return how a pairing ends that the link, or the caller, did not live to see."""
    return refused("AuthenticationCanceled", "Authentication Canceled")
