"""The remote control service: the command table of protocol/ble.md 4.1 and recorded events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.remote import (
    BUTTONS,
    Button,
    Category,
    Command,
    RemoteStatus,
    decode_command,
    decode_status,
    press,
    release,
)
from tests.remotelens.protocol.ble.dumps import rows

COMMANDS = {  # typed in from protocol/ble.md 4.1
    "0107": Command(Button.HALF, True),
    "0106": Command(Button.HALF, False),
    "0109": Command(Button.FULL, True),
    "0108": Command(Button.FULL, False),
    "010f": Command(Button.RECORD, True),
    "010e": Command(Button.RECORD, False),
    "0115": Command(Button.AF_ON, True),
    "0114": Command(Button.AF_ON, False),
    "0121": Command(Button.C1, True),
    "0120": Command(Button.C1, False),
    "024510": Command(Button.ZOOM_TELE, True, 0x10),
    "02458f": Command(Button.ZOOM_TELE, True, 0x8F),
    "024400": Command(Button.ZOOM_TELE, False),
    "024720": Command(Button.ZOOM_WIDE, True, 0x20),
    "024600": Command(Button.ZOOM_WIDE, False),
    "026b00": Command(Button.FOCUS_NEAR, True, 0x00),
    "026b7f": Command(Button.FOCUS_NEAR, True, 0x7F),
    "026a0f": Command(Button.FOCUS_NEAR, False, 0x0F),
    "026d40": Command(Button.FOCUS_FAR, True, 0x40),
    "026c00": Command(Button.FOCUS_FAR, False),
}


@pytest.mark.parametrize(("value", "command"), COMMANDS.items())
def test_each_command_of_the_table_is_read_and_written(value: str, command: Command) -> None:
    assert decode_command(bytes.fromhex(value)) == command
    assert command.encode() == bytes.fromhex(value)


def test_every_button_is_in_the_table() -> None:
    assert {command.button for command in COMMANDS.values()} == set(Button) == set(BUTTONS)


@pytest.mark.parametrize("button", Button)
def test_a_press_without_a_step_can_be_sent_and_released(button: Button) -> None:
    assert decode_command(press(button).encode()) == press(button)
    assert decode_command(release(button).encode()) == release(button)


@pytest.mark.parametrize(
    "value",
    ["", "01", "0105", "0104", "010701", "0245", "024500", "024590", "026b80", "026a10", "0207", "0701"],
)
def test_codes_lengths_and_steps_that_no_camera_knows_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_command(bytes.fromhex(value))


@pytest.mark.parametrize(
    "command",
    [
        Command(Button.HALF, True, 1),
        Command(Button.ZOOM_TELE, True, 0x0F),
        Command(Button.FOCUS_FAR, True, 0x80),
        Command(Button.FOCUS_FAR, False, 0x10),
    ],
)
def test_steps_that_a_button_does_not_have_are_not_sent(command: Command) -> None:
    with pytest.raises(LocalProtocolError):
        command.encode()


EVENTS = {
    "023f20": (Category.FOCUS, True),
    "023f00": (Category.FOCUS, False),
    "02a020": (Category.SHUTTER, True),
    "02a000": (Category.SHUTTER, False),
    "02d520": (Category.RECORDING, True),
    "02d500": (Category.RECORDING, False),
}


def test_every_recorded_event_is_read_and_written_back() -> None:
    recorded = [row["bytes"] for row in rows("notifications.tsv") if row["uuid"] == "FF02"]

    for value in recorded:
        status = decode_status(bytes.fromhex(value))
        assert (status.category, status.active) == EVENTS[value]
        assert status.encode() == bytes.fromhex(value)
    assert len(recorded) == 7


def test_busy_focus_and_an_inactive_remote_are_told_apart() -> None:
    assert decode_status(b"\x02\x3f\x40").busy
    assert not decode_status(b"\x02\x3f\x40").active
    assert not decode_status(b"\x02\xa0\x40").busy
    assert decode_status(b"\x02\xc3\x00").category == Category.INACTIVE


@pytest.mark.parametrize("value", ["", "02", "023f", "023f2000", "033f20"])
def test_events_of_another_length_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_status(bytes.fromhex(value))


@given(st.binary(max_size=5))
def test_any_bytes_are_a_command_or_a_protocol_error(value: bytes) -> None:
    try:
        command = decode_command(value)
    except RemoteProtocolError:
        return
    assert command.encode() == value


@given(st.binary(max_size=5))
def test_any_bytes_are_an_event_or_a_protocol_error(value: bytes) -> None:
    try:
        status = decode_status(value)
    except RemoteProtocolError:
        return
    assert status == RemoteStatus(value[1], value[2])
    assert status.encode() == value
