from __future__ import annotations

import json
from typing import Any

import pytest

from remotelens.protocol.wifi.auth_names import RUBBER_DUCK_METHODS
from remotelens.protocol.wifi.events import BY_TYPE
from remotelens.protocol.wifi.methods import METHODS, SERVICES, Method, find
from remotelens.protocol.wifi.rpc import RpcResult, decode_answer
from remotelens.protocol.wifi.types import MethodType, Type, decode_method_types
from tests.recordings import RECORDINGS
from tests.remotelens.protocol.wifi.recorded import (
    Dumped,
    dumped_answers,
    dumped_method_types,
    dumped_names,
    recording,
)

TYPE_RECORDINGS = (
    "qx100_getMethodTypes_camera_1.0.tsar.json.txt",
    "a5000_dump_methods.bloodevil.txt",
    "as100_methods.bloodevil.txt",
)


def recorded_types(name: str) -> list[MethodType]:
    bodies = [recording(name)] if ".json" in name else dumped_method_types(name)
    answers = [decode_answer(body) for body in bodies]
    assert all(isinstance(answer, RpcResult) for answer in answers)
    return [
        method
        for answer in answers
        if isinstance(answer, RpcResult)
        for method in decode_method_types(answer.values)
    ]


def fits(value: Any, kind: Type) -> bool:
    """Whether a value of an answer is of that type."""
    if kind.array:
        single = Type(kind.name, fields=kind.fields)
        return isinstance(value, list) and all(fits(each, single) for each in value)
    if kind.fields is not None:
        return isinstance(value, dict) and all(fits(value.get(key), member) for key, member in kind.fields)
    known = {"bool": bool, "int": int, "double": float, "string": str}
    return isinstance(value, known[kind.name]) and (kind.name == "bool") is isinstance(value, bool)


def dumps() -> list[str]:
    folder = RECORDINGS / "transcripts"
    other = (*TYPE_RECORDINGS, "auth_methods_set2.bloodevil.txt")
    return [path.name for path in sorted(folder.glob("*.bloodevil.txt")) if path.name not in other]


@pytest.mark.parametrize("name", TYPE_RECORDINGS)
def test_every_method_that_a_camera_types_is_in_the_table_with_those_types(name: str) -> None:
    for recorded in recorded_types(name):
        known = find("camera", recorded.name)
        assert known is not None, recorded.name
        assert recorded.version in known.versions
        assert known.typed(recorded.version) == recorded


@pytest.mark.parametrize("name", dumps() or ["qx10_program.bloodevil.txt"])
def test_every_method_that_a_camera_lists_is_in_the_table(name: str) -> None:
    assert dumped_names(name)
    for method in dumped_names(name):
        assert find("camera", method), method


@pytest.mark.parametrize("name", dumps() or ["qx10_program.bloodevil.txt"])
def test_every_dumped_answer_is_of_the_types_in_the_table(name: str) -> None:
    answers = dumped_answers(name)
    assert answers
    for dumped in answers:
        values = result_of(dumped)
        known = find("camera", dumped.method)
        assert known is not None
        assert len(values) == len(known.results), dumped
        for value, kind in zip(values, known.results, strict=True):
            assert fits(value, kind), (dumped, str(kind))


def result_of(dumped: Dumped) -> list[Any]:
    answer = decode_answer(dumped.answer)
    assert isinstance(answer, RpcResult)
    return answer.values


def test_every_method_of_the_qx1_is_in_the_table() -> None:
    for name in json.loads(recording("qx1_getAvailableApiList.node-sonycam.json")):
        assert find("camera", name), name


def test_every_method_of_the_published_registrations_is_in_the_table() -> None:
    missing = [name for name in RUBBER_DUCK_METHODS if find(*name.split("/")) is None]

    assert missing == ["camera/liveview"]  # a name in the registration, not a method
    exchange = json.loads(recording("qx10_actEnableMethods.erik-smit.json"))["exchanges"][1]
    for name in exchange["request"]["params"][0]["methods"].split(":"):
        assert find(*name.split("/")), name


@pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.service}.{method.name}")
def test_every_source_holds(method: Method) -> None:
    how, _, where = method.source.partition(" ")

    assert where
    match how:
        case "recorded":
            typed = {(each.name, each.version): each for each in recorded_types(where)}
            assert all(typed[method.name, version] == method.typed(version) for version in method.versions)
        case "listed":
            assert method.name in recording(where).decode()
        case "specified" | "reported":
            pass
        case _:
            raise AssertionError(method.source)


def test_no_method_stands_twice_and_each_in_a_known_service() -> None:
    assert len({(method.service, method.name) for method in METHODS}) == len(METHODS)
    assert {method.service for method in METHODS} == set(SERVICES)


def test_events_of_methods_exist() -> None:
    assert all(method.event is None or method.event in BY_TYPE for method in METHODS)


def test_reading_changes_nothing() -> None:
    reading = ("get", "await", "request")
    for method in METHODS:
        assert method.changes is not method.name.startswith(reading), method.name


def test_a_method_that_does_not_exist_is_not_found() -> None:
    assert find("camera", "setCurrentTime") is None
    assert find("system", "setCurrentTime") is not None
    assert find("nowhere", "getVersions") is None


def test_which_answers_are_plural() -> None:
    assert {method.name for method in METHODS if method.plural} == {"getMethodTypes", "getServiceProtocols"}


def test_get_event_has_as_many_slots_as_its_version() -> None:
    event = find("camera", "getEvent")

    assert event is not None
    assert [len(event.typed(version).results) for version in event.versions] == [35, 36, 60, 63, 66]
