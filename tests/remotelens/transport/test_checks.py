"""What `doctor` tells of this host's own services, whatever they answer."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pytest

from remotelens.clock import Clock
from remotelens.config.checks import Check
from remotelens.errors import LinkTimeout, MissingComponent, RemoteLensError
from remotelens.transport.checks import checks
from remotelens.transport.join.system_bus import CallRefused, SystemBus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these services")

ADAPTER = "org.bluez.Adapter1"
WITHOUT_BUS = MissingComponent("the system D-Bus cannot be reached: none")


@dataclass
class Answering:
    """A bus whose services give this answer, or fail so."""

    answer: Any

    async def call(self, *_: str) -> list[Any]:
        return [await self.get()]

    async def get(self, *_: str) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def close(self) -> None:
        pass


async def told(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> dict[str, Check]:
    """Return the checks by name where `bluez` and `NetworkManager` answer so."""

    async def connect(service: str, clock: Clock) -> Answering:
        answer = answers[service.rpartition(".")[2]]
        if answer is WITHOUT_BUS:
            raise answer
        return Answering(answer)

    monkeypatch.setattr(SystemBus, "connect", connect)
    return {check.name: check async for check in checks()}


@pytest.mark.parametrize(
    ("objects", "ok", "detail"),
    [
        ({"/org/bluez/hci0": {ADAPTER: {"Powered": True}}}, True, "1 adapter ready"),
        ({"/org/bluez/hci0": {ADAPTER: {"Powered": False}}}, None, "the adapter is switched off"),
        ({"/org/bluez": {}}, None, "BlueZ runs, but there is no adapter"),
    ],
)
async def test_the_adapters_of_bluez_are_told(
    monkeypatch: pytest.MonkeyPatch, objects: dict[str, Any], ok: bool | None, detail: str
) -> None:
    found = await told(monkeypatch, bluez=objects, NetworkManager="1.42.4")
    assert (found["Bluetooth"].ok, found["Bluetooth"].detail) == (ok, detail)
    assert (found["Wi-Fi service"].ok, found["Wi-Fi service"].detail) == (True, "NetworkManager 1.42.4")


@pytest.mark.parametrize(
    "failure",
    [
        CallRefused("org.freedesktop.DBus.Error.ServiceUnknown", "not provided"),
        LinkTimeout("org.bluez does not answer"),
        MissingComponent("the system D-Bus went away"),
    ],
)
async def test_services_that_do_not_answer_are_told_and_end_nothing(
    monkeypatch: pytest.MonkeyPatch, failure: RemoteLensError
) -> None:
    found = await told(monkeypatch, bluez=failure, NetworkManager=failure)
    for name in ("Bluetooth", "Wi-Fi service"):
        assert found[name].ok is None
        assert failure.message in str(found[name].detail)
    assert "own Bluetooth controllers" in found


async def test_a_bus_that_goes_between_two_questions_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await told(monkeypatch, bluez={}, NetworkManager=WITHOUT_BUS)
    assert WITHOUT_BUS.message in str(found["Wi-Fi service"].detail)


async def test_a_host_without_a_bus_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await told(monkeypatch, bluez=WITHOUT_BUS)
    assert found["system D-Bus"].detail == WITHOUT_BUS.message
