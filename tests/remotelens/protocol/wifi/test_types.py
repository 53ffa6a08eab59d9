from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import RemoteProtocolError
from remotelens.protocol.wifi.rpc import RpcResult, decode_answer
from remotelens.protocol.wifi.types import (
    MAX_METHODS,
    MethodType,
    Type,
    decode_method_types,
    encode_method_type,
    parse_type,
)
from tests.remotelens.protocol.wifi.fuzz import json_values, quick
from tests.remotelens.protocol.wifi.recorded import dumped_method_types, recording

QX100 = "qx100_getMethodTypes_camera_1.0.tsar.json.txt"


def test_the_method_types_of_a_qx100_are_read_and_written_as_recorded() -> None:
    recorded = json.loads(recording(QX100))["results"]
    methods = decode_method_types(recorded)

    assert len(methods) == 62
    assert [method.name for method in methods] == sorted(method.name for method in methods)
    assert [encode_method_type(method) for method in methods] == recorded
    assert all(kind.known for method in methods for kind in (*method.params, *method.results))


def test_single_methods_of_the_qx100_have_the_recorded_types() -> None:
    methods = {method.name: method for method in decode_method_types(json.loads(recording(QX100))["results"])}

    assert methods["actZoom"] == MethodType(
        "actZoom", (Type("string"), Type("string")), (Type("int"),), "1.0"
    )
    assert methods["getAvailableSelfTimer"].results == (Type("int"), Type("int", array=True))
    assert methods["setTouchAFPosition"].results[1].fields == (
        ("AFResult", Type("bool")),
        ("AFType", Type("string")),
    )
    assert len(methods["getEvent"].results) == 35
    assert methods["getEvent"].results[10].array
    assert "setShutterSpeed" not in methods


@pytest.mark.parametrize("name", ["a5000_dump_methods.bloodevil.txt", "as100_methods.bloodevil.txt"])
def test_the_dumped_method_types_of_other_cameras_are_read(name: str) -> None:
    for body in dumped_method_types(name):
        answer = decode_answer(body)
        assert isinstance(answer, RpcResult)
        assert answer.plural
        methods = decode_method_types(answer.values)
        assert [encode_method_type(method) for method in methods] == answer.values


def test_names_that_the_notation_does_not_define_are_kept() -> None:
    kind = parse_type('{"type":"string", "batteryInfo":"BatteryInfoParams[]"}')

    assert kind.fields == (("type", Type("string")), ("batteryInfo", Type("BatteryInfoParams[]")))
    assert not kind.known
    assert str(kind) == '{"type":"string", "batteryInfo":"BatteryInfoParams[]"}'
    assert parse_type("TimeCodePresetCurrentParams") == Type("TimeCodePresetCurrentParams")


@pytest.mark.parametrize(
    "text", ["{", "{}{", '{"a":1}', '{"a":{"b":"int"}}', "{" + "x" * 5000, '{"\\ud800":"int"}']
)
def test_what_is_no_type_is_a_typed_error(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_type(text)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        ["a"],
        ["a", [], [], 1],
        ["a", [1], [], "1.0"],
        ["a", {}, [], "1.0"],
        [1, [], [], "1.0"],
        ["a"] * 4,
    ],
)
def test_an_entry_of_another_shape_is_a_typed_error(entry: Any) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_method_types([entry])


def test_a_list_without_end_is_a_typed_error() -> None:
    with pytest.raises(RemoteProtocolError):
        decode_method_types([["a", [], [], "1.0"]] * (MAX_METHODS + 1))


@quick
@given(st.lists(json_values, max_size=5))
def test_no_answer_does_more_than_raise_a_typed_error(values: list[Any]) -> None:
    try:
        decode_method_types(values)
    except RemoteProtocolError:
        return


@quick
@given(st.text(max_size=60))
def test_no_text_does_more_than_raise_a_typed_error(text: str) -> None:
    try:
        parse_type(text)
    except RemoteProtocolError:
        return
