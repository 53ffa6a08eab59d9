"""UPnP control. Source: protocol/wifi.md appendix C."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from emulator.wifi.upnp import Fault, encode_answer, encode_fault, read_call

SERVICE = "urn:schemas-upnp-org:service:ContentDirectory:1"
CALL = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    f'<u:Browse xmlns:u="{SERVICE}"><StartingIndex>2</StartingIndex><ObjectID>0</ObjectID><Filter/>'
    "</u:Browse>"
    "</s:Body></s:Envelope>"
).encode()


def test_arguments_are_read_by_name_in_any_order() -> None:
    call = read_call(CALL)
    assert (call.action, call.arguments) == ("Browse", {"StartingIndex": "2", "ObjectID": "0", "Filter": ""})
    assert call.number("StartingIndex") == 2
    for name in ("Filter", "RequestedCount"):
        with pytest.raises(Fault) as fault:
            call.number(name)
        assert fault.value.code == 402


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 402),
        (b"nonsense", 402),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 402),
        (b"<Envelope/>", 401),
        (b"<Envelope><Body/></Envelope>", 401),
    ],
)
def test_what_is_no_call_is_a_fault(body: bytes, code: int) -> None:
    with pytest.raises(Fault) as fault:
        read_call(body)
    assert fault.value.code == code


def test_an_answer_names_its_call_and_escapes_what_is_in_it() -> None:
    answer = encode_answer(SERVICE, "Browse", [("Result", '<DIDL id="1"/>')])
    assert b"<u:BrowseResponse xmlns:u=" in answer
    (result,) = ET.fromstring(answer).iter("Result")
    assert result.text == '<DIDL id="1"/>'


def test_a_fault_says_its_code_and_words() -> None:
    root = ET.fromstring(encode_fault(Fault(701)))
    texts = {element.tag.rpartition("}")[2]: element.text for element in root.iter()}
    assert (texts["errorCode"], texts["errorDescription"]) == ("701", "No Such Object")
    assert texts["faultstring"] == "UPnPError"
