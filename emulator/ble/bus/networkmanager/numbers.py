"""NetworkManager's numbers and names, as far as they occur here.

Source: NetworkManager's D-Bus reference, `nm-dbus-types`; ble-stack.md 6 for the sequences.
"""

from __future__ import annotations

from enum import IntEnum

from emulator.ble.bus.interface import BusError

SERVICE = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
MANAGER_ROOT = "/org/freedesktop"
NOTHING = "/"


class DeviceState(IntEnum):
    """How far a device has come."""

    DISCONNECTED = 30
    PREPARE = 40
    CONFIG = 50
    NEED_AUTH = 60
    IP_CONFIG = 70
    IP_CHECK = 80
    SECONDARIES = 90
    ACTIVATED = 100
    DEACTIVATING = 110
    FAILED = 120


class DeviceReason(IntEnum):
    """Why a device changed its state."""

    NONE = 0
    NO_SECRETS = 7
    SUPPLICANT_DISCONNECT = 8
    CONNECTION_REMOVED = 38
    USER_REQUESTED = 39
    SSID_NOT_FOUND = 53
    NEW_ACTIVATION = 60


class ActiveState(IntEnum):
    """How far a connection in use has come."""

    ACTIVATING = 1
    ACTIVATED = 2
    DEACTIVATING = 3
    DEACTIVATED = 4


class ActiveReason(IntEnum):
    """Why a connection in use changed its state; counted apart from a device's reasons."""

    NONE = 1
    USER_DISCONNECTED = 2
    DEVICE_DISCONNECTED = 3
    CONNECTION_REMOVED = 11


class DeviceType(IntEnum):
    """What a device is."""

    WIFI = 2
    WIFI_P2P = 30


def refused(name: str, text: str) -> BusError:
    """Return one of NetworkManager's errors."""
    return BusError(f"{SERVICE}.{name}", text)
