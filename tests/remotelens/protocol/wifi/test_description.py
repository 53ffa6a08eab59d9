from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.errors import NotSupported, RemoteProtocolError
from remotelens.protocol.wifi.description import MAX_DESCRIPTION_BYTES, Description, parse_description
from tests.remotelens.protocol.wifi.fuzz import damaged, quick
from tests.remotelens.protocol.wifi.recorded import recording

LIVE_VIEW_A = (
    "http://10.0.0.1:60152/liveview.JPG?%211234%21http%2dget%3a%2a%3aimage%2fjpeg%3a%2a%21%21%21%21%21"
)

SMALL = b"""<?xml version="1.0" encoding="utf-8"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>DSC-QX10</friendlyName>
<s:X_ScalarWebAPI_DeviceInfo xmlns:s="urn:schemas-sony-com:av"><s:X_ScalarWebAPI_ServiceList>
<s:X_ScalarWebAPI_Service><s:X_ScalarWebAPI_ServiceType>camera</s:X_ScalarWebAPI_ServiceType>
<s:X_ScalarWebAPI_ActionList_URL>http://10.0.0.1:10000/sony/</s:X_ScalarWebAPI_ActionList_URL>
</s:X_ScalarWebAPI_Service></s:X_ScalarWebAPI_ServiceList></s:X_ScalarWebAPI_DeviceInfo></device></root>"""


def test_the_description_of_a_qx100_is_read() -> None:
    description = parse_description(recording("qx100_DmsRmtDesc.tonytonyjan.xml"))

    assert description.friendly_name == "DSC-QX100"
    assert description.manufacturer == "Sony Corporation"
    assert description.model_name == "SonyImagingDevice"
    assert description.udn == "uuid:00000000-0005-0010-8000-1c994c993998"
    assert description.device_type == "urn:schemas-upnp-org:device:MediaServer:1"
    assert [service.name for service in description.services] == [
        "guide",
        "system",
        "accessControl",
        "camera",
    ]
    assert description.endpoint("camera") == "http://10.0.0.1:10000/sony/camera"
    assert description.liveview_url == LIVE_VIEW_A
    assert description.default_function == "RemoteShooting"
    assert [service.service_id for service in description.upnp_services] == [
        "urn:upnp-org:serviceId:ContentDirectory",
        "urn:upnp-org:serviceId:ConnectionManager",
        "urn:schemas-sony-com:serviceId:ScalarWebAPI",
        "urn:schemas-sony-com:serviceId:DigitalImaging",
    ]
    assert description.upnp_services[0].control_url == "/upnp/control/ContentDirectory"
    assert description.upnp_services[2].scpd_url == "/ScalarWebApiDesc.xml"
    assert description.upnp_services[2].control_url == ""


def test_the_description_of_an_hdr_as30v_has_no_system_service() -> None:
    description = parse_description(recording("as30v_DmsRmtDesc.nerab.xml"))

    assert description.friendly_name == "HDR-AS30V"
    assert [service.name for service in description.services] == ["guide", "accessControl", "camera"]
    assert len(description.upnp_services) == 3
    assert description.liveview_url == LIVE_VIEW_A
    with pytest.raises(NotSupported, match="system") as refused:
        description.endpoint("system")
    assert refused.value.camera == "HDR-AS30V"
    assert "accessControl" in (refused.value.remedy or "")


def test_the_services_of_a_qx1_are_read_from_a_description_made_of_its_recorded_parts() -> None:
    api = json.loads(recording("qx1_scalarwebapi_serviceList.node-sonycam.json"))
    upnp = json.loads(recording("qx1_upnp_serviceList.node-sonycam.json"))

    def element(name: str, members: dict[str, str]) -> str:
        return f"<{name}>{''.join(f'<{key}>{text}</{key}>' for key, text in members.items())}</{name}>"

    xml = (
        '<root xmlns="urn:schemas-upnp-org:device-1-0"><device><friendlyName>ILCE-QX1</friendlyName>'
        f"<serviceList>{''.join(element('service', each) for each in upnp)}</serviceList>"
        '<av:X_ScalarWebAPI_DeviceInfo xmlns:av="urn:schemas-sony-com:av"><av:X_ScalarWebAPI_ServiceList>'
        f"{''.join(element('av:X_ScalarWebAPI_Service', each) for each in api)}"
        "</av:X_ScalarWebAPI_ServiceList></av:X_ScalarWebAPI_DeviceInfo></device></root>"
    )

    description = parse_description(xml.encode())

    assert [service.name for service in description.services] == [
        "guide",
        "accessControl",
        "camera",
        "system",
        "avContent",
    ]
    assert description.endpoint("avContent") == "http://192.168.122.1:8080/sony/avContent"
    assert description.upnp_services[1].control_url == "/upnp/control/DigitalImaging"


def test_prefixes_line_breaks_a_byte_order_mark_and_a_final_slash_do_not_matter() -> None:
    description = parse_description(b"\xef\xbb\xbf" + SMALL.replace(b"><", b">\r\n  <"))

    assert description.friendly_name == "DSC-QX10"
    assert description.endpoint("camera") == "http://10.0.0.1:10000/sony/camera"


def test_missing_elements_leave_their_fields_empty() -> None:
    description = parse_description(b"<root><device><friendlyName> X </friendlyName></device></root>")

    assert description == Description("X", "", "", "", "")


def test_a_service_without_an_address_is_passed_over() -> None:
    xml = SMALL.replace(b"http://10.0.0.1:10000/sony/", b"")

    assert parse_description(xml).services == ()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><r>&d;&d;&d;&d;</r>"""


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b"", "not XML"),
        (b"404 Not Found", "not XML"),
        (b"<root><device>", "not XML"),
        (b"<root><device><av:x/></device></root>", "not XML"),
        (b'<?xml version="1.0" encoding="klingon"?><root/>', "not XML"),
        (b"<root><device><friendlyName>&boom;</friendlyName></device></root>", "not XML"),
        (BOMB, "document type"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', "document type"),
        (b"<root/>", "no device"),
        (b"<root><device/></root>", "no name"),
        (b"<a>" * 80_000, "not XML"),
        (b" " * (MAX_DESCRIPTION_BYTES + 1), "limit"),
    ],
    ids=[
        "empty",
        "text",
        "cut",
        "prefix",
        "encoding",
        "entity",
        "bomb",
        "file",
        "root",
        "name",
        "deep",
        "large",
    ],
)
def test_what_describes_no_camera_is_a_typed_error(xml: bytes, said: str) -> None:
    with pytest.raises(RemoteProtocolError, match=said):
        parse_description(xml)


def test_deep_but_well_formed_xml_is_read_without_recursion() -> None:
    depth = 30_000
    xml = (
        b"<root><device><friendlyName>X</friendlyName>"
        + b"<a>" * depth
        + b"</a>" * depth
        + b"</device></root>"
    )

    assert parse_description(xml).friendly_name == "X"


@quick
@given(st.binary(max_size=200) | damaged(SMALL))
def test_no_document_does_more_than_raise_a_typed_error(xml: bytes) -> None:
    try:
        description = parse_description(xml)
    except RemoteProtocolError:
        return
    assert description.friendly_name
