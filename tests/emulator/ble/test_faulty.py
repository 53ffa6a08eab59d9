from collections.abc import Sequence

import pytest

from emulator.ble.faulty import BleFaults
from emulator.ble.values import Refusal, Value
from emulator.clock import VirtualClock
from emulator.faults.engine import FaultEngine
from emulator.faults.rules import parse_rule
from emulator.journal import Journal
from remotelens.protocol.ble import uuids
from remotelens.protocol.ble.att import AttCode

UUID = uuids.sig(0xCC08)


class Service:
    """A service with one value."""

    uuid = uuids.sig(0xCC00)

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def values(self) -> Sequence[Value]:
        return [Value(UUID, read=lambda: bytes(16), write=self.written.append)]

    def changed(self, what: str) -> None: ...

    def link_ended(self) -> None: ...


def faults(*specs: str) -> BleFaults:
    clock = VirtualClock()
    engine = FaultEngine(clock, Journal(clock))
    for spec in specs:
        engine.add(parse_rule(spec))
    return BleFaults(engine, "qx10-1")


def test_a_request_is_refused_and_not_carried_out() -> None:
    service = Service()
    (value,) = faults("ble:refuse=157,match=write CC08,count=1").service(service).values()
    assert value.write is not None
    with pytest.raises(Refusal) as caught:
        value.write(b"\1")
    assert caught.value.code is AttCode.NOT_AVAILABLE_NOW
    value.write(b"\2")
    assert service.written == [b"\2"]


def test_a_value_is_read_wrong() -> None:
    (value,) = faults("ble:corrupt=1").service(Service()).values()
    assert value.read is not None
    assert value.read() != bytes(16)


def test_notifications_are_lost_or_doubled() -> None:
    told: list[bytes] = []
    tell = faults("ble:mute,count=1", "ble:repeat,after=1,count=1").tell(
        lambda uuid, value: told.append(value)
    )
    for number in range(4):
        tell(UUID, bytes([number]))
    assert told in ([b"\1", b"\2", b"\2", b"\3"], [b"\1", b"\1", b"\2", b"\3"])


def test_the_link_is_late_by_the_sum_of_its_rules() -> None:
    assert faults("ble:delay=0.5", "ble:delay=0.25,count=1").toll() == 0.75
    assert faults().toll() == 0.0


def test_an_error_that_no_camera_gives_is_the_plain_refusal() -> None:
    (value,) = faults("ble:refuse=3").service(Service()).values()
    assert value.read is not None
    with pytest.raises(Refusal) as caught:
        value.read()
    assert caught.value.code is AttCode.REFUSED
