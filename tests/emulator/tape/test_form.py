import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.tape.form import Head, Tail, Taped, decode_tape, encode_line, pack, unpack, with_origins
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.recording import Document, Exchange, Recording, encode_recording

HEAD = encode_line(Head("test", "2026-01-01T00:00:00+00:00", "/dd.xml"))
ONE = encode_line(Taped(0.0, 0.1, 2, "rpc", "POST", "/sony/camera", "{}", 200, "OK", []))
TAIL = encode_line(Tail(1, ["positions: 1"]))


@given(st.binary(max_size=100))
def test_any_bytes_are_kept(data: bytes) -> None:
    assert unpack(pack(data)) == data


def test_text_that_looks_packed_is_kept() -> None:
    assert unpack(pack(b"base64:AAAA")) == b"base64:AAAA"


def test_a_tape_is_read_line_by_line() -> None:
    tape = decode_tape(HEAD + ONE + TAIL)
    assert (len(tape.exchanges), tape.removed, tape.origins) == (1, ["positions: 1"], 3)


def test_a_tape_that_was_cut_off_by_a_crash_is_still_one() -> None:
    assert decode_tape(HEAD + ONE).removed == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HEAD + b"{}\n", "line 2"),
        (HEAD + ONE + b'{"line":"exchange"', "line 3"),
        (HEAD + HEAD, "one head"),
        (HEAD + TAIL + ONE, "last line"),
        (HEAD.replace(b'"schema":1', b'"schema":9'), "schema 9"),
        (b"", "no recording"),
        (b"[1]", "no recording"),
    ],
)
def test_what_is_no_tape_is_refused_with_its_line(data: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        decode_tape(data)


def test_addresses_are_put_in_by_number() -> None:
    text = r'"http:\/\/origin-1.tape\/x" http://origin-0.tape/y http://origin-9.tape/'
    assert with_origins(text, ["a:1", "b:2"]) == r'"http:\/\/b:2\/x" http://a:1/y http://b:2/'


def test_a_dump_is_a_tape_with_one_origin() -> None:
    recording = Recording(
        "remotelens", "2026-01-01", "DSC-QX10", None,
        [Document("/dd.xml", 200, [("Server", "x")], "<a>http://10.0.0.1:10000/sony</a>")],
        [Exchange("camera", "getVersions", [], "1.0", 200, [], '{"id":1,"results":[["1.0"]]}', 0.02)],
        None, ["positions: 1"],
    )  # fmt: skip
    tape = decode_tape(encode_recording(recording))
    assert tape.head.description == "/dd.xml"
    assert tape.exchanges[0].body == "<a>http://origin-0.tape/sony</a>"
    assert tape.exchanges[1].target == "/sony/camera"
