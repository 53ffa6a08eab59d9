"""Faults of the radio side: requests that fail, wrong values, lost or doubled notifications, delay."""

from __future__ import annotations

from emulator.ble.fronted import Fronted
from emulator.ble.gatt import short_name
from emulator.ble.values import GattService, Read, Refusal, Tell, Write
from emulator.faults.engine import FaultEngine, Strike, damaged
from remotelens.protocol.ble.att import AttCode

CHANNEL = "ble"
_REQUESTS = frozenset({"refuse"})
_READ = frozenset({"corrupt"})
_TOLD = frozenset({"mute", "repeat", "corrupt"})
_ACL = frozenset({"delay"})


class BleFaults:
    """Puts the rules of one camera in front of its GATT services.

    Args:
        engine: the rules.
        camera: the camera's id.
    """

    def __init__(self, engine: FaultEngine, camera: str) -> None:
        self._engine = engine
        self._camera = camera

    def service(self, inner: GattService) -> GattService:
        """Return the service with the rules in front of it."""
        return _Faulty(inner, self)

    def tell(self, inner: Tell) -> Tell:
        """Return the way out for notifications with the rules in front of it."""

        def tell(uuid: str, value: bytes) -> None:
            times = 1
            for strike in self.strikes(f"notify {short_name(uuid)}", _TOLD):
                if strike.rule.kind == "mute":
                    return
                if strike.rule.kind == "repeat":
                    times += 1
                else:
                    value = damaged(value, strike)
            for _ in range(times):
                inner(uuid, value)

        return tell

    def toll(self) -> float:
        """Return by how many seconds a packet of the link is late."""
        return sum(strike.rule.value for strike in self.strikes("link", _ACL))

    def strikes(self, wanted: str, kinds: frozenset[str]) -> list[Strike]:
        """Return what is to happen to this occasion."""
        return self._engine.strikes(CHANNEL, self._camera, wanted, kinds)


class _Faulty(Fronted):
    """A GATT service whose values meet faults."""

    def __init__(self, inner: GattService, faults: BleFaults) -> None:
        super().__init__(inner)
        self._faults = faults

    def read(self, uuid: str, inner: Read) -> Read:
        """Meet faults, then give a value that may be damaged."""
        name = short_name(uuid)

        def read() -> bytes:
            self._refuse(f"read {name}")
            data = inner()
            for strike in self._faults.strikes(f"read {name}", _READ):
                data = damaged(data, strike)
            return data

        return read

    def write(self, uuid: str, inner: Write) -> Write:
        """Meet faults, then take the value."""
        name = short_name(uuid)

        def write(data: bytes) -> None:
            self._refuse(f"write {name}")
            inner(data)

        return write

    def _refuse(self, wanted: str) -> None:
        for strike in self._faults.strikes(wanted, _REQUESTS):
            raise Refusal(_code(int(strike.rule.value)))


def _code(number: int) -> AttCode:
    """Return an ATT error that cameras give; any other number is the plain refusal."""
    return AttCode(number) if number in set(AttCode) else AttCode.REFUSED
