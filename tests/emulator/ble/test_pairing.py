"""Registration at the camera."""

from __future__ import annotations

import pytest

from emulator.ble.pairing import Registration
from emulator.ble.values import Refusal
from tests.emulator.ble.service import Told, read, write
from tests.remotelens.protocol.ble.dumps import recorded_reads


def test_a_registration_is_answered() -> None:
    told = Told()
    service = Registration(told.tell, told.drop)
    assert read(service, "EE04") == "03 08 01 00"

    write(service, "EE01", "06 08 01 00 00 00 00")

    assert told.values == [("EE03", "03 08 01 01")]
    assert read(service, "EE04") == "03 08 01 01"
    assert told.drops == 0
    service.link_ended()
    assert read(service, "EE04") == "03 08 01 00"


def test_a_registration_may_end_the_link() -> None:
    told = Told()

    write(Registration(told.tell, told.drop), "EE01", "06 08 02 00 00 00 00")

    assert (told.values, told.drops) == ([("EE03", "03 08 01 01")], 1)


def test_a_camera_may_keep_silent_about_it() -> None:
    told = Told()

    write(Registration(told.tell, told.drop, answers=False), "EE01", "06 08 01 00 00 00 00")

    assert told.values == []


def test_what_is_no_registration_is_refused() -> None:
    told = Told()
    service = Registration(told.tell, told.drop)

    for value in ("", "03 08 13 00", "01 02"):
        with pytest.raises(Refusal):
            write(service, "EE01", value)
    with pytest.raises(Refusal):
        write(service, "EE02", "0A 00")


def test_the_field_reads_as_recorded_and_can_be_written() -> None:
    told = Told()
    service = Registration(told.tell, told.drop)
    assert [bytes.fromhex(read(service, "EE02"))] == recorded_reads("EE02")

    write(service, "EE02", "0A 00 00 01 02 03 04 05 06 07 08")

    assert read(service, "EE02") == "0a 00 00 01 02 03 04 05 06 07 08"
