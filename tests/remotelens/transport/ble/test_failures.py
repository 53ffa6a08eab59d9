"""Foreign exceptions as ours."""

from __future__ import annotations

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bleak_retry_connector import BleakConnectionError

from remotelens.errors import (
    CameraNotFound,
    ConfigError,
    ConnectFailed,
    DiskFull,
    LinkError,
    LinkLost,
    LinkTimeout,
    MissingComponent,
    NotSupported,
    PairingRejected,
    RefusedError,
    RemoteLensError,
)
from remotelens.transport.ble.bumble_backend.errors import (
    BleakBondLostError,
    BleakKeyFileError,
    BleakLinkLostError,
    BleakNoControllerError,
    BleakPairingRefusedError,
)
from remotelens.transport.ble.failures import connecting, talking, translate

NO_BLUETOOTH = BleakBluetoothNotAvailableError("powered off", BleakBluetoothNotAvailableReason.POWERED_OFF)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (BleakBondLostError("gone", 6), PairingRejected, 6),
        (BleakPairingRefusedError("no", 5), PairingRejected, 5),
        (BleakGATTProtocolError(0x05), PairingRejected, 0x05),
        (BleakGATTProtocolError(0x0F), PairingRejected, 0x0F),
        (BleakGATTProtocolError(0x02), NotSupported, 0x02),
        (BleakGATTProtocolError(0x9D), RefusedError, 0x9D),
        (BleakGATTProtocolError(0x85), RefusedError, 0x85),
        (BleakCharacteristicNotFoundError("cc09"), NotSupported, None),
        (BleakDeviceNotFoundError("C4", "text"), CameraNotFound, None),
        (NO_BLUETOOTH, MissingComponent, None),
        (BleakNoControllerError("none at usb:0"), ConnectFailed, None),
        (BleakLinkLostError("the connection was lost"), LinkLost, None),
        (BleakError("Not connected"), LinkLost, None),
        (BleakError("Service Discovery has not been performed yet"), LinkLost, None),
        (BleakError("something else"), LinkError, None),
        (TimeoutError(), LinkTimeout, None),
        (EOFError(), LinkLost, None),
        (BrokenPipeError(), LinkLost, None),
        (BleakDBusError("org.bluez.Error.AuthenticationFailed", []), PairingRejected, None),
        (BleakDBusError("org.bluez.Error.NotPermitted", ["Not paired"]), PairingRejected, None),
        (BleakDBusError("org.bluez.Error.NotConnected", ["Not Connected"]), LinkLost, None),
        (BleakDBusError("org.bluez.Error.Failed", ["Not connected"]), LinkLost, None),
        (BleakDBusError("org.bluez.Error.Failed", ["Operation failed"]), LinkLost, None),
        (
            BleakDBusError("org.bluez.Error.Failed", ["Operation failed with ATT error: 0x9d"]),
            RefusedError,
            0x9D,
        ),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), LinkError, None),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["x"]), MissingComponent, None),
        (BleakKeyFileError("broken"), ConfigError, None),
    ],
)
def test_each_foreign_error_has_its_meaning(
    error: Exception, kind: type[RemoteLensError], code: int | None
) -> None:
    ours = translate(error, "reading the battery", "qx")
    assert type(ours) is kind
    assert ours.code == code
    assert ours.message


def test_the_message_says_what_was_done_on_which_camera_and_what_helps() -> None:
    with pytest.raises(PairingRejected) as caught, talking("reading the battery", "qx"):
        raise BleakGATTProtocolError(0x0F)
    assert str(caught.value) == (
        "qx: reading the battery: the camera wants a bond first "
        "(put the camera into pairing mode and pair again)"
    )
    assert isinstance(caught.value.__cause__, BleakGATTProtocolError)


def test_a_full_disk_behind_a_bond_is_told_as_such() -> None:
    error = BleakKeyFileError("keys cannot be kept")
    error.__cause__ = DiskFull("no room")
    assert translate(error, "pairing", "qx") is error.__cause__


def test_what_the_retry_connector_gave_up_on_is_what_counts() -> None:
    error = BleakConnectionError("Failed to connect after 3 attempt(s)")
    error.__cause__ = BleakBondLostError("gone", 6)
    assert isinstance(translate(error, "connecting", "qx"), PairingRejected)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError(), ConnectFailed),
        (BleakLinkLostError("lost"), ConnectFailed),
        (BleakError("le-connection-abort"), ConnectFailed),
        (BleakDeviceNotFoundError("C4", "text"), CameraNotFound),
        (BleakBondLostError("gone"), PairingRejected),
        (NO_BLUETOOTH, MissingComponent),
    ],
)
def test_while_connecting_a_lost_link_is_no_connection(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught, connecting("qx"):
        raise error
    assert type(caught.value) is kind


def test_errors_of_ours_and_programming_mistakes_pass() -> None:
    with pytest.raises(NotSupported), talking("reading", "qx"):
        raise NotSupported("no")
    with pytest.raises(LinkTimeout, match="as it came") as caught, connecting("qx"):
        raise LinkTimeout("as it came")
    assert caught.value.__cause__ is None
    with pytest.raises(ZeroDivisionError), connecting("qx"):
        raise ZeroDivisionError
