"""Registration: what the ILCE-7CM2 accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.ble.pairing import (
    REGISTER,
    REGISTER_THEN_DISCONNECT,
    RegistrationCommand,
    RegistrationResult,
    decode_registration,
    decode_registration_result,
)
from tests.remotelens.protocol.ble.dumps import rows


def test_we_write_what_the_recorded_camera_accepted() -> None:
    (accepted,) = (row["value"].split()[1] for row in rows("ilce-7cm2_reads.tsv") if row["uuid"] == "EE01")

    assert bytes.fromhex(accepted) == REGISTER
    assert REGISTER_THEN_DISCONNECT.hex() == "06080200000000"


def test_a_registration_is_read_with_and_without_its_last_byte() -> None:
    assert decode_registration(REGISTER) is RegistrationCommand.REGISTER
    assert decode_registration(REGISTER[:-1]) is RegistrationCommand.REGISTER
    assert decode_registration(REGISTER_THEN_DISCONNECT) is RegistrationCommand.REGISTER_THEN_DISCONNECT


@pytest.mark.parametrize(
    "value", ["", "030813", "04081300", "06080100000001", "060801000000000000", "020801"]
)
def test_other_writes_are_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_registration(bytes.fromhex(value))


def test_the_result_has_the_documented_form() -> None:
    assert decode_registration_result(bytes.fromhex("03080101")) == RegistrationResult(ok=True)
    assert decode_registration_result(bytes.fromhex("03080100")) == RegistrationResult(ok=False)
    assert RegistrationResult(ok=True).encode() == bytes.fromhex("03080101")


@given(st.binary(max_size=12))
def test_any_bytes_are_a_registration_or_a_protocol_error(value: bytes) -> None:
    for decode in (decode_registration, decode_registration_result):
        try:
            assert decode(value) is not None
        except RemoteProtocolError:
            continue
