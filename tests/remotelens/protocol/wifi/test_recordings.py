"""Every Wi-Fi recording is decoded by a codec, or named with the reason why none does."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from remotelens.protocol.wifi import auth, contents, description, events, liveview, ssdp, types
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.rpc import RpcFailure, RpcResult, decode_answer, decode_request
from tests.recordings import need
from tests.remotelens.protocol.wifi import recorded


def _ssdp(name: str) -> int:
    ssdp.parse(recorded.wire(name))
    return 1


def _description(name: str) -> int:
    return len(description.parse_description(recorded.recording(name)).services)


def _event(name: str) -> int:
    return len(events.decode_event(_values(recorded.recording(name))).slots)


def _live_view(name: str) -> int:
    parser = liveview.LiveViewParser()
    pictures = [liveview.jpeg_of(payload) for payload in parser.feed(recorded.recording(name))]
    assert parser.skipped_bytes == 0
    return len(pictures)


def _headers(name: str) -> int:
    rows = json.loads(recorded.recording(name))["frames"]
    heads = (
        liveview.encode_packet(kind, sequence, timestamp_ms, bytes(size), padding=padding)
        for _, kind, sequence, timestamp_ms, size, padding, _ in rows
    )
    return sum(len(liveview.LiveViewParser().feed(head + body)) for head, body in heads)


def _method_types(name: str) -> int:
    return len(types.decode_method_types(_values(recorded.recording(name))))


def _dumped_method_types(name: str) -> int:
    return sum(len(types.decode_method_types(_values(body))) for body in recorded.dumped_method_types(name))


def _dump(name: str) -> int:
    assert all(find("camera", method) for method in recorded.dumped_names(name))
    answers = [_values(dumped.answer) for dumped in recorded.dumped_answers(name)]
    return len(answers)


def _answers(name: str) -> int:
    cameras = json.loads(recorded.recording(name))
    bodies = [
        json.dumps(answer).encode()
        for camera, answers in cameras.items()
        if not camera.startswith("_")
        for answer in answers.values()
        if isinstance(answer, dict)
    ]
    return len([decode_answer(body) for body in bodies])


def _registration(name: str) -> int:
    exchanges = [each for each in json.loads(recorded.recording(name))["exchanges"] if "response" in each]
    for each in exchanges:
        decode_request(json.dumps(each["request"]).encode())
        decode_answer(json.dumps(each["response"]).encode())
    return len(exchanges)


def _family_b(name: str) -> int:
    told = json.loads(recorded.recording(name))
    answers = [decode_answer(told[key].encode()) for key in told if key.endswith("_raw")]
    assert {type(answer) for answer in answers} == {RpcResult, RpcFailure}
    return len([contents.content_id(uri) for uri in told["content_uris"]])


def _names(name: str) -> int:
    return len(
        [find("camera", method) for method in json.loads(recorded.recording(name)) if find("camera", method)]
    )


def _services(name: str) -> int:
    listed = json.loads(recorded.recording(name))
    services = [
        description.ApiService(
            each["av:X_ScalarWebAPI_ServiceType"], each["av:X_ScalarWebAPI_ActionList_URL"]
        ).endpoint
        for each in listed
    ]
    return len(services)


def _registered_names(name: str) -> int:
    return len(auth.split_methods(recorded.recording(name).decode()))


def _exchanges(name: str) -> int:
    found = [each for file, each in recorded.exchanges() if file == name]
    for each in found:
        if each.method == "get":
            description.parse_description(each.answer)
        else:
            decode_request(each.body)
            decode_answer(each.answer)
    return len(found)


def _values(body: bytes) -> list[Any]:
    answer = decode_answer(body)
    assert isinstance(answer, RpcResult)
    return answer.values


# The first pattern that fits decides.
DECODERS: tuple[tuple[str, Callable[[str], int]], ...] = (
    ("*_ssdp_response.*", _ssdp),
    ("sony_notify_alive.*", _ssdp),
    ("*_DmsRmtDesc.*.xml", _description),
    ("qx100_getEvent_*", _event),
    ("qx100_getMethodTypes_*", _method_types),
    ("a5000_dump_methods.*", _dumped_method_types),
    ("as100_methods.*", _dumped_method_types),
    ("auth_methods_set2.*", _registered_names),
    ("*_liveview_first8.*", _live_view),
    ("*_liveview_headers.*", _headers),
    ("*_actEnableMethods.*", _registration),
    ("qx10_basic_answers.*", _answers),
    ("familyB_*", _family_b),
    ("qx1_getAvailableApiList.*", _names),
    ("qx1_scalarwebapi_serviceList.*", _services),
    ("*.bloodevil.txt", _dump),
    ("*.yml", _exchanges),
)

NOT_DECODED = {
    "sony_CdsDesc.rocc.xml": "describes DLNA's ContentDirectory, which no code speaks",
    "sony_CmsDesc.rocc.xml": "describes DLNA's ConnectionManager, which no code speaks",
    "qx1_upnp_serviceList.node-sonycam.json": "a part of a description, parsed by others",
}
INDEX = "INDEX.md"

# To be changed with the recordings, knowingly.
COUNT = "62 of 65 recordings decoded"


def recordings() -> list[Path]:
    folder = need("transcripts")
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != INDEX)


def decoder_of(path: Path) -> Callable[[str], int] | None:
    return next((decode for pattern, decode in DECODERS if fnmatch(path.name, pattern)), None)


def test_every_recording_is_decoded_or_named_with_a_reason() -> None:
    decoded, without, found = [], [], recordings()
    for path in found:
        decode = None if path.name in NOT_DECODED else decoder_of(path)
        if decode is None:
            without.append(path.name)
        else:
            assert decode(path.name) > 0, f"{path.name}: nothing in it was decoded"
            decoded.append(path.name)

    assert sorted(without) == sorted(NOT_DECODED)
    assert f"{len(decoded)} of {len(found)} recordings decoded" == COUNT


@pytest.mark.parametrize(("pattern", "decode"), DECODERS, ids=[pattern for pattern, _ in DECODERS])
def test_no_decoder_is_listed_for_nothing(pattern: str, decode: Callable[[str], int]) -> None:
    fitting = [path for path in recordings() if decoder_of(path) is decode and fnmatch(path.name, pattern)]

    assert fitting
