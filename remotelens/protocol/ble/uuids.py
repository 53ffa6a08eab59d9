"""Names of the GATT services and characteristics of Sony cameras, as lower-case 128-bit text.

Sony's services have UUIDs of their own; its characteristics sit on the 16-bit base of the Bluetooth SIG.

Source: protocol/ble.md 2.
"""

from __future__ import annotations

from typing import Final


def sig(code: int) -> str:
    """Return the 128-bit text of a 16-bit UUID."""
    return f"0000{code:04x}-0000-1000-8000-00805f9b34fb"


def vendor_service(code: int) -> str:
    """Return the 128-bit text of a Sony service; 0xFF is the service that documents call FF00."""
    return f"8000{code:02x}00-{code:02x}00-ffff-ffff-ffffffffffff"


# Bluetooth SIG
GENERIC_ACCESS: Final = sig(0x1800)
GENERIC_ATTRIBUTE: Final = sig(0x1801)
DEVICE_NAME: Final = sig(0x2A00)
SERVICE_CHANGED: Final = sig(0x2A05)
CLIENT_CONFIGURATION: Final = sig(0x2902)

# Remote control
REMOTE_SERVICE: Final = vendor_service(0xFF)
REMOTE_COMMAND: Final = sig(0xFF01)
REMOTE_STATUS: Final = sig(0xFF02)

# Camera control
CONTROL_SERVICE: Final = vendor_service(0xCC)
PUSH_TRANSFER: Final = sig(0xCC03)
WIFI_STATUS_OLD: Final = sig(0xCC05)
SSID: Final = sig(0xCC06)
KEY: Final = sig(0xCC07)
WIFI_SWITCH: Final = sig(0xCC08)
CAMERA_STATUS: Final = sig(0xCC09)
FIRMWARE: Final = sig(0xCC0A)
MODEL: Final = sig(0xCC0B)
BSSID: Final = sig(0xCC0C)
CAPABILITIES: Final = sig(0xCC0D)
SETTING_RESULT: Final = sig(0xCC0E)
MEDIA: Final = sig(0xCC0F)
BATTERY: Final = sig(0xCC10)
FRIENDLY_NAME: Final = sig(0xCC11)
DATE_FORMAT: Final = sig(0xCC12)
CLOCK: Final = sig(0xCC13)
SMARTPHONE_CONTROL: Final = sig(0xCCA3)

# Location
LOCATION_SERVICE: Final = vendor_service(0xDD)
LOCATION_STATUS: Final = sig(0xDD01)
LOCATION_DATA: Final = sig(0xDD11)
LOCATION_FEATURE: Final = sig(0xDD21)
LOCATION_LOCK: Final = sig(0xDD30)
LOCATION_ENABLE: Final = sig(0xDD31)
TIME_CORRECTION: Final = sig(0xDD32)
AREA_ADJUSTMENT: Final = sig(0xDD33)

# Pairing and registration
PAIRING_SERVICE: Final = vendor_service(0xEE)
REGISTRATION: Final = sig(0xEE01)
REGISTRATION_FIELD: Final = sig(0xEE02)
REGISTRATION_RESULT: Final = sig(0xEE03)
REGISTRATION_RESULT_FIELD: Final = sig(0xEE04)
