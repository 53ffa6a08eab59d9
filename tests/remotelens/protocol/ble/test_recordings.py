"""How many recorded values are understood: every row is decoded, and written back where that is meant."""

from __future__ import annotations

from collections.abc import Callable

from remotelens.protocol.ble import control, location, pairing, remote, supply
from remotelens.protocol.ble.advert import Advert
from remotelens.protocol.ble.frame import decode_frame, decode_frames, encode_frames
from tests.remotelens.protocol.ble.dumps import rows

Back = Callable[[bytes], bytes]


def bare_text(value: bytes) -> bytes:
    return control.decode_bare_text(value).encode("ascii")


def flag(value: bytes) -> bytes:
    return {location.TAKE: location.TAKE, location.RELEASE: location.RELEASE}[value]


def feature(value: bytes) -> bytes:
    assert location.zone_needed(value)
    return value


def registration(value: bytes) -> bytes:
    assert pairing.decode_registration(value) is pairing.RegistrationCommand.REGISTER
    return pairing.REGISTER


BACK: dict[str, Back] = {
    "CC03": lambda value: decode_frame(value).encode(),
    "CC05": lambda value: control.decode_old_wifi_status(value).encode(),
    "CC08": lambda value: {control.WIFI_ON: control.WIFI_ON}[value],
    "CC09": lambda value: encode_frames(control.decode_camera_status(value).frames),
    "CC0A": bare_text,
    "CC0B": bare_text,
    "CC0E": lambda value: control.decode_setting_result(value).encode(),
    "CC0F": lambda value: supply.decode_media(value).encode(),
    "CC10": lambda value: supply.decode_battery(value).encode(),
    "CC11": lambda value: control.encode_text(control.decode_text(value)),
    "CC17": lambda value: encode_frames(decode_frames(value)),
    "CC63": lambda value: decode_frame(value).encode(),
    "CCA3": lambda value: {control.SMARTPHONE_CONTROL_ON: control.SMARTPHONE_CONTROL_ON}[value],
    "DD11": lambda value: location.decode_position(value).encode(),
    "DD21": feature,
    "DD30": flag,
    "DD31": flag,
    "DD32": flag,
    "DD33": flag,
    "EE01": registration,
    "EE02": lambda value: decode_frame(value).encode(),
    "FF02": lambda value: remote.decode_status(value).encode(),
}


def is_hex(text: str) -> bool:
    return bool(text) and set(text) <= set("0123456789abcdef")


def test_every_recorded_read_is_understood_and_written_back() -> None:
    recorded = rows("ilce-7cm2_reads.tsv")
    values = [
        (row["uuid"], row["value"].removeprefix("write ").removesuffix(" accepted")) for row in recorded
    ]
    understood = [(uuid, bytes.fromhex(value)) for uuid, value in values if is_hex(value)]

    for uuid, value in understood:
        assert BACK[uuid](value) == value, uuid
    # An ATT error and a remark about two writes are no bytes.
    assert (len(understood), len(recorded)) == (16, 18)


def test_every_recorded_notification_and_write_is_understood_and_written_back() -> None:
    recorded = rows("notifications.tsv")

    for row in recorded:
        value = bytes.fromhex(row["bytes"])
        assert BACK[row["uuid"]](value) == value, row
    assert len(recorded) == 17


def test_every_recorded_advert_is_understood_and_written_back() -> None:
    recorded = [bytes.fromhex(row["payload"]) for row in rows("adverts.tsv")]

    assert [Advert.parse(payload).encode(len(payload)) for payload in recorded] == recorded
    assert len(recorded) == 8
