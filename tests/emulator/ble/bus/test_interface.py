"""An interface: its properties are its state, and what is None is not there."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from dbus_fast import Variant

from emulator.ble.bus.interface import Interface, Method, Property


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str, str, list[Any]]] = []

    def emit(self, *signal: Any) -> None:
        self.heard.append(signal)


def thing() -> Interface:
    return Interface(
        "org.example.Thing",
        {"Name": Property("s"), "Size": Property("u", 3, lambda value: None)},
        (Method("Grow", lambda call: None, takes="ua{sv}", gives="b"),),
        {"Grown": "u"},
    )


def test_what_is_none_is_not_there() -> None:
    item = thing()
    assert item.variants() == {"Size": Variant("u", 3)}
    item.update(Name="x")
    assert item.variants() == {"Name": Variant("s", "x"), "Size": Variant("u", 3)}


def test_changes_are_told_also_where_nothing_changes() -> None:
    item, ear = thing(), Ear()
    item.attach("/thing", ear)
    item.update(Size=3, Name="x")
    item.update(Name=None)
    first, second = (signal[4] for signal in ear.heard)
    assert first == ["org.example.Thing", {"Size": Variant("u", 3), "Name": Variant("s", "x")}, []]
    assert second == ["org.example.Thing", {}, ["Name"]]


def test_nothing_is_told_where_it_is_not_exported() -> None:
    item, ear = thing(), Ear()
    item.attach("/thing", ear)
    item.attach("", None)
    item.update(Size=4)
    item.signal("Grown", 4)
    assert ear.heard == []
    assert item["Size"] == 4


def test_a_signal_carries_its_signature() -> None:
    item, ear = thing(), Ear()
    item.attach("/thing", ear)
    item.signal("Grown", 7)
    assert ear.heard == [("/thing", "org.example.Thing", "Grown", "u", [7])]


def test_it_describes_itself() -> None:
    described = ET.fromstring(thing().introspection())
    assert described.attrib == {"name": "org.example.Thing"}
    arguments = [(item.get("type"), item.get("direction")) for item in described.findall("method/arg")]
    assert arguments == [("u", "in"), ("a{sv}", "in"), ("b", "out")]
    properties = {item.get("name"): item.get("access") for item in described.findall("property")}
    assert properties == {"Name": "read", "Size": "readwrite"}
