"""The camera control service, from recordings of the ILCE-7CM2, the FX3A and an older body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.ble.control import (
    SMARTPHONE_CONTROL_ON,
    WIFI_OFF,
    WIFI_ON,
    Capability,
    OldWifiStatus,
    SettingResult,
    StatusTag,
    WifiState,
    decode_bare_text,
    decode_camera_status,
    decode_capabilities,
    decode_old_wifi_status,
    decode_setting_result,
    decode_text,
    encode_capabilities,
    encode_text,
    wifi_frame,
)
from remotelens.protocol.ble.frame import encode_frames
from tests.remotelens.protocol.ble.dumps import recorded_reads, rows


def notified(uuid: str) -> list[bytes]:
    return [bytes.fromhex(row["bytes"]) for row in rows("notifications.tsv") if row["uuid"] == uuid]


def test_the_recorded_idle_status_is_read_and_written_back() -> None:
    (value,) = recorded_reads("CC09")

    status = decode_camera_status(value)

    assert (status.wifi, status.wifi_error) == (WifiState.TERMINATED, 0)
    assert status.flag(StatusTag.IMAGE_TRANSFER) is True
    assert status.flag(StatusTag.REMOTE_CONTROL) is True
    assert status.flag(StatusTag.CLOCK_SET) is True
    assert status.flag(StatusTag.MOVIE_RECORDING) is False
    assert encode_frames(status.frames) == value


def test_the_recorded_hand_over_tells_launching_and_then_launched() -> None:
    statuses = [decode_camera_status(value) for value in notified("CC09")]

    assert [status.wifi for status in statuses] == [WifiState.LAUNCHING, WifiState.LAUNCHED]
    assert [wifi_frame(WifiState.LAUNCHING).encode(), wifi_frame(WifiState.LAUNCHED).encode()] == notified(
        "CC09"
    )


def test_a_notification_of_one_frame_says_nothing_of_the_others() -> None:
    status = decode_camera_status(bytes.fromhex("03000801"))

    assert status.wifi is None
    assert status.wifi_error is None
    assert status.flag(StatusTag.MOVIE_RECORDING) is True
    assert status.flag(StatusTag.CLOCK_SET) is None


def test_state_and_error_are_two_numbers() -> None:
    status = decode_camera_status(bytes.fromhex("0400010001"))

    assert (status.wifi, status.wifi_error) == (WifiState.TERMINATED, 1)
    assert decode_camera_status(bytes.fromhex("0400010900")).wifi == 9
    assert decode_camera_status(bytes.fromhex("03000102")).wifi_error == 0
    assert decode_camera_status(bytes.fromhex("020001")).wifi is None


def test_the_recorded_old_style_status_is_read_and_written_back() -> None:
    on, off = notified("CC05")

    assert decode_old_wifi_status(on) == OldWifiStatus(0, 0)
    assert decode_old_wifi_status(off) == OldWifiStatus(2, 4)
    assert [OldWifiStatus(0, 0).encode(), OldWifiStatus(2, 4).encode()] == [on, off]
    assert decode_old_wifi_status(bytes.fromhex("0400000100")).launched


def test_the_recorded_names_are_read_and_written_back() -> None:
    assert [decode_text(value) for value in recorded_reads("CC11")] == ["ILCE-7CM2"]
    assert [encode_text("ILCE-7CM2")] == recorded_reads("CC11")
    assert [decode_bare_text(value) for value in recorded_reads("CC0A")] == ["2.01"]
    assert [decode_bare_text(value) for value in recorded_reads("CC0B")] == ["ILCE-7CM2"]


def test_network_name_and_key_have_the_documented_form() -> None:
    ssid = bytes.fromhex("160000") + b"DIRECT-abQ0:DSC-QX10"

    assert decode_text(ssid) == "DIRECT-abQ0:DSC-QX10"
    assert encode_text("DIRECT-abQ0:DSC-QX10") == ssid
    assert encode_text("12345678")[:3] == bytes.fromhex("0a0000")


def test_an_error_about_a_key_does_not_repeat_it() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_text(b"\x0a\x00\x00secret\xff\xff")

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_text_that_is_not_ascii_or_too_long_is_not_sent() -> None:
    for text in ("größe", "x" * 254):
        with pytest.raises(LocalProtocolError):
            encode_text(text)


def test_capabilities_have_the_documented_form() -> None:
    value = bytes.fromhex("06000001000101")

    assert decode_capabilities(value) == {Capability.MEDIA_INFO: True, Capability.BATTERY_INFO: True}
    assert encode_capabilities([(Capability.MEDIA_INFO, 1), (Capability.BATTERY_INFO, 1)]) == value
    assert decode_capabilities(bytes.fromhex("ff000b00"))[Capability.SMARTPHONE_CONNECTION] is False
    for wrong in (b"", b"\x06\x00", bytes(3)):
        with pytest.raises(RemoteProtocolError):
            decode_capabilities(wrong)


def test_the_recorded_setting_result_is_a_status_error() -> None:
    (value,) = notified("CC0E")

    assert decode_setting_result(value) == SettingResult(0x000B, ok=False, reason=1)
    assert SettingResult(0x000B, ok=False, reason=1).encode() == value
    assert decode_setting_result(bytes.fromhex("07000101 00000000")).ok
    with pytest.raises(RemoteProtocolError):
        decode_setting_result(bytes.fromhex("03000101"))


def test_what_the_recorded_host_wrote_is_what_we_write() -> None:
    assert notified("CCA3") == [SMARTPHONE_CONTROL_ON]
    assert notified("CC08") == [WIFI_ON]
    assert WIFI_OFF == b"\x00"


@given(st.binary(max_size=80))
def test_any_bytes_are_a_value_or_a_protocol_error(value: bytes) -> None:
    for decode in (
        decode_camera_status,
        decode_old_wifi_status,
        decode_text,
        decode_bare_text,
        decode_capabilities,
        decode_setting_result,
    ):
        try:
            result = decode(value)
        except RemoteProtocolError:
            continue
        assert result is not None


@given(st.binary(max_size=80))
def test_any_status_that_is_read_can_be_asked(value: bytes) -> None:
    try:
        status = decode_camera_status(value)
    except RemoteProtocolError:
        return
    assert (status.wifi is None) == (status.wifi_error is None)
    for tag in StatusTag:
        assert status.flag(tag) in (None, True, False)
