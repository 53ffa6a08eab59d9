from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import LocalProtocolError, RemoteProtocolError
from remotelens.protocol.wifi.rpc import (
    MAX_ANSWER_BYTES,
    MAX_DEPTH,
    MAX_REQUEST_BYTES,
    BadRequest,
    Form,
    Request,
    RpcFailure,
    RpcResult,
    decode_answer,
    decode_request,
    encode_answer,
    encode_request,
)
from tests.remotelens.protocol.wifi.fuzz import damaged, json_values, quick
from tests.remotelens.protocol.wifi.recorded import exchanges, recording

# The recorded answer to actTakePicture of an HDR-AS30V, protocol/wifi.md 4.1.
TAKEN_A = (
    b'{"id":1,"result":[["http://10.0.0.1:60152/pict140202_0044410001.JPG'
    b'?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"]]}'
)
# The recorded answer of a newer body, protocol/wifi.md 4.1.
TAKEN_B = (
    rb'{"result":[["http:\/\/192.168.122.1:8080\/postview\/memory\/DCIM\/100MSDCF\/DSC00010.JPG'
    rb'?size=Scn"]],"id":1}'
)
CALL = b'{"version":"1.0","params":[],"id":1,"method":"getShootMode"}'


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_every_recorded_exchange_of_family_a_is_read_and_its_answer_written_byte_for_byte() -> None:
    calls = [(name, each) for name, each in exchanges() if each.method == "post"]

    assert len(calls) == 21
    for name, each in calls:
        request = decode_request(each.body)
        assert (request.id, request.version) == (1, "1.0"), name
        assert json.loads(encode_request(request.method, request.params)) == json.loads(each.body)

        answer = decode_answer(each.answer)
        assert encode_answer(answer, Form.SORTED) == each.answer, name
        assert each.headers["Content-Length"] == str(len(each.answer)), name


def test_the_recorded_answers_say_what_the_camera_did() -> None:
    answers = {
        decode_request(each.body).method: decode_answer(each.answer)
        for name, each in exchanges()
        if name == "CameraTest_test_shoot.yml"
    }

    assert answers["getShootMode"] == RpcResult(1, ["still"])
    taken = answers["actTakePicture"]
    assert isinstance(taken, RpcResult)
    assert taken.values[0][0].startswith("http://10.0.0.1:60152/pict140202_0044410001.JPG?%211234%21")


def test_recorded_answers_of_family_b_are_read_and_written_byte_for_byte() -> None:
    recorded = json.loads(recording("familyB_answers_and_content_urls.avc.json"))
    picture = recorded["actTakePicture_raw"].encode()
    end = recorded["getContentList_past_end_raw"].encode()

    taken, failed = decode_answer(picture), decode_answer(end)

    assert taken == RpcResult(
        1, [["http://192.168.122.1:8080/postview/memory/DCIM/100MSDCF/DSC00010.JPG?size=Scn"]]
    )
    assert failed == RpcFailure(1, 1, "Cannot obtain content list.")
    assert encode_answer(taken, Form.RESULT_FIRST) == picture
    assert encode_answer(failed, Form.ID_FIRST) == end


def test_recorded_errors_of_a_qx10_carry_the_methods_name_as_their_text() -> None:
    recorded = json.loads(recording("qx10_basic_answers.bloodevil-issue9.json"))["DSC-QX10"]
    answer = decode_answer(json.dumps(recorded["getSupportedMovieQuality"]).encode())

    assert answer == RpcFailure(1, 12, "getSupportedMovieQuality")
    assert encode_answer(answer, Form.SORTED) == b'{"error":[12,"getSupportedMovieQuality"],"id":1}'
    assert decode_answer(json.dumps(recorded["getVersions"]).encode()) == RpcResult(1, [["1.0", "1.1"]])


def test_the_members_of_recorded_family_a_objects_stand_in_the_order_in_which_they_are_written() -> None:
    text = recording("qx100_getEvent_1.0_false.tsar.json.txt").decode()
    as_recorded = json.dumps(json.loads(text), separators=(",", ":"))

    assert encode_answer(decode_answer(text.encode()), Form.SORTED).decode() == as_recorded


def test_method_types_come_under_results() -> None:
    text = recording("qx100_getMethodTypes_camera_1.0.tsar.json.txt")
    answer = decode_answer(text)

    assert isinstance(answer, RpcResult)
    assert (answer.id, answer.plural, len(answer.values)) == (8, True, 62)
    as_recorded = json.dumps(json.loads(text), separators=(",", ":"))
    assert encode_answer(answer, Form.SORTED).decode() == as_recorded


def test_recorded_lines_typed_in_here_are_written_byte_for_byte() -> None:
    assert encode_answer(decode_answer(TAKEN_A), Form.SORTED) == TAKEN_A
    assert encode_answer(decode_answer(TAKEN_B), Form.RESULT_FIRST) == TAKEN_B


def test_the_three_forms_of_an_error() -> None:
    failure = RpcFailure(7, 40401, "Camera Not Ready")

    assert encode_answer(failure, Form.SORTED) == b'{"error":[40401,"Camera Not Ready"],"id":7}'
    assert encode_answer(failure, Form.RESULT_FIRST) == b'{"error":[40401,"Camera Not Ready"],"id":7}'
    assert encode_answer(failure, Form.ID_FIRST) == b'{"id":7,"error":[40401,"Camera Not Ready"]}'


def test_an_error_without_an_id_has_no_id_member() -> None:
    # A DSC-RX100M2 answers so, protocol/wifi.md 4.2.
    answer = decode_answer(b'{"error":[404,"Not Found"]}')

    assert answer == RpcFailure(None, 404, "Not Found")
    assert encode_answer(answer, Form.SORTED) == b'{"error":[404,"Not Found"]}'


def test_only_family_a_sorts_the_members_inside() -> None:
    values = [{"type": "shutterSpeed", "currentShutterSpeed": "1/50"}]

    assert encode_answer(RpcResult(2, values), Form.SORTED) == (
        b'{"id":2,"result":[{"currentShutterSpeed":"1/50","type":"shutterSpeed"}]}'
    )
    assert encode_answer(RpcResult(2, values), Form.RESULT_FIRST) == (
        rb'{"result":[{"type":"shutterSpeed","currentShutterSpeed":"1\/50"}],"id":2}'
    )
    assert encode_answer(RpcResult(2, values, plural=True), Form.RESULT_FIRST).startswith(b'{"results":[')


def test_a_request_has_the_four_members_of_the_specification() -> None:
    body = encode_request("actZoom", ["in", "start"], request_id=10, version="1.0")

    assert body == b'{"method":"actZoom","params":["in","start"],"id":10,"version":"1.0"}'
    assert decode_request(body) == Request("actZoom", ["in", "start"], 10, "1.0")


@pytest.mark.parametrize(
    ("version", "read"),
    [("1.3", "1.3"), ('"1.3"', "1.3"), ("1", "1.0"), ("null", "1.0"), ('""', ""), ('"9.9"', "9.9")],
)
def test_a_version_may_be_a_number_or_missing(version: str, read: str) -> None:
    body = f'{{"method":"getEvent","params":[true],"id":1,"version":{version}}}'

    assert decode_request(body.encode()).version == read
    assert decode_request(b'{"method":"getVersions","params":[],"id":1}').version == "1.0"


def test_a_byte_order_mark_and_unknown_members_are_no_obstacle() -> None:
    body = b"\xef\xbb\xbf" + CALL.replace(b"{", b'{"jsonrpc":"2.0",', 1)

    assert decode_request(body) == Request("getShootMode")


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (b"", None),
        (b"not json", None),
        (b"[]", None),
        (b'"text"', None),
        (b"\xff\xfe", None),
        (nested(100_000), None),
        (nested(MAX_DEPTH + 2), None),
        (CALL.replace(b'"id":1,', b""), None),
        (CALL.replace(b'"id":1', b'"id":"1"'), None),
        (CALL.replace(b'"id":1', b'"id":true'), None),
        (CALL.replace(b'"id":1', b'"id":1.5'), None),
        (CALL.replace(b'"id":1', b'"id":0'), 0),
        (CALL.replace(b'"id":1', b'"id":-1'), -1),
        (CALL.replace(b'"id":1', b'"id":2147483648'), 2147483648),
        (CALL.replace(b'"id":1', b'"id":' + b"9" * 400), None),
        (CALL.replace(b'"id":1', b'"id":' + b"9" * 9000), None),
        (CALL.replace(b',"method":"getShootMode"', b""), 1),
        (CALL.replace(b'"getShootMode"', b'""'), 1),
        (CALL.replace(b'"getShootMode"', b"12"), 1),
        (CALL.replace(b'"params":[],', b""), 1),
        (CALL.replace(b"[]", b"{}"), 1),
        (CALL.replace(b"[]", b"[NaN]"), None),
        (CALL.replace(b'"1.0"', b"[]"), 1),
        (CALL.replace(b'"1.0"', b"1e300"), 1),
        (CALL.replace(b'"1.0"', b"true"), 1),
        (CALL + b" " * MAX_REQUEST_BYTES, None),
    ],
)
def test_what_is_no_call_says_what_to_answer(body: bytes, request_id: int | None) -> None:
    with pytest.raises(BadRequest) as refused:
        decode_request(body)

    assert refused.value.answer == RpcFailure(request_id, 5, "Illegal Request")


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b'{"result":[0],"id":"3"}', RpcResult(3, [0])),
        (b'{"result":[]}', RpcResult(0, [])),
        (b'{"id":1,"result":[0],"error":null}', RpcResult(1, [0])),
        (b'{"id":1,"error":[0,"OK"]}', RpcResult(1, [])),
        (b'{"id":1,"error":["40401","Camera Not Ready"]}', RpcFailure(1, 40401, "Camera Not Ready")),
        (b'{"id":1,"error":[12]}', RpcFailure(1, 12, "")),
        (b'{"id":1,"error":[12,null]}', RpcFailure(1, 12, "")),
        (b'{"id":1,"error":[5.0,"x"],"result":[0]}', RpcFailure(1, 5, "x")),
        (b'{"id":99999999999999999999999999,"result":[0]}', RpcResult(0, [0])),
        (b'{"id":1,"results":[["guide",[]]]}', RpcResult(1, [["guide", []]], plural=True)),
    ],
)
def test_answers_are_read_by_the_names_of_their_members(body: bytes, read: RpcResult | RpcFailure) -> None:
    assert decode_answer(body) == read


def test_a_long_error_text_is_cut() -> None:
    answer = decode_answer(b'{"id":1,"error":[1,"' + b"x" * 100_000 + b'"]}')

    assert isinstance(answer, RpcFailure)
    assert len(answer.text) == 300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"id":1}',
        b'{"id":1,"result":0}',
        b'{"id":1,"result":null}',
        b'{"id":1,"error":[]}',
        b'{"id":1,"error":"bad"}',
        b'{"id":1,"error":[true,"x"]}',
        b'{"id":1,"error":["many","x"]}',
        b'{"id":1,"error":["--1","x"]}',
        b'{"id":1,"result":[NaN]}',
        b'{"id":1,"result":[1e999]}',
        b'{"id":1,"result":["\\ud800"]}',
        b'{"id":1,"result":["\xff"]}',
        b'{"id":1,"result":[' + b"9" * 9000 + b"]}",
        b'{"id":1,"result":[' + nested(200_000) + b"]}",
        b'{"id":1,"result":[' + nested(MAX_DEPTH) + b"]}",
        b'{"id":1,"result":[' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"]}",
        b'{"id":1,"result":[]}' + b" " * MAX_ANSWER_BYTES,
        TAKEN_A[:-3],
    ],
)
def test_what_is_no_answer_is_a_typed_error(body: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_answer(body)


def test_flat_answers_of_many_objects_are_not_taken_for_deep_ones() -> None:
    body = json.dumps({"id": 1, "result": [[{"a": [1, 2]} for _ in range(1000)]]}).encode()

    answer = decode_answer(body)

    assert isinstance(answer, RpcResult)
    assert len(answer.values[0]) == 1000


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": object()}, "\ud800"])
def test_what_has_no_form_in_json_is_not_sent(value: Any) -> None:
    with pytest.raises(LocalProtocolError):
        encode_request("setX", [value])
    with pytest.raises(LocalProtocolError):
        encode_answer(RpcResult(1, [value]), Form.SORTED)


@pytest.mark.parametrize("request_id", [0, -1, 2**31])
def test_an_id_out_of_range_is_not_sent(request_id: int) -> None:
    with pytest.raises(LocalProtocolError):
        encode_request("getEvent", [False], request_id=request_id)


@quick
@given(st.binary(max_size=200) | damaged(CALL) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_body_does_more_than_be_refused(body: bytes) -> None:
    try:
        request = decode_request(body)
    except BadRequest:
        return
    assert isinstance(request.params, list)


@quick
@given(st.binary(max_size=200) | damaged(TAKEN_A) | damaged(TAKEN_B))
def test_no_answer_does_more_than_raise_a_typed_error(body: bytes) -> None:
    try:
        decode_answer(body)
    except RemoteProtocolError:
        return


@quick
@given(st.lists(json_values, max_size=4), st.sampled_from(Form))
def test_every_answer_is_json_that_another_reader_understands(values: list[Any], form: Form) -> None:
    body = encode_answer(RpcResult(3, values), form)

    assert json.loads(body) == {"id": 3, "result": values}
