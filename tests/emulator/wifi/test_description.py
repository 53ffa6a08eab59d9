import json

import pytest

from emulator.profiles import load
from emulator.wifi.description import describe
from remotelens.protocol.wifi.description import parse_description
from tests.emulator.wifi.faces import recorded_urls
from tests.recordings import need


def description(profile_name: str, uuid: str) -> bytes:
    profile = load(profile_name)
    return describe(
        recorded_urls(profile_name),
        friendly_name=profile.friendly_name,
        uuid=uuid,
        services=profile.services,
    )


def test_a_qx100_describes_itself_in_the_very_bytes_of_the_recording() -> None:
    recording = need("transcripts", "qx100_DmsRmtDesc.tonytonyjan.xml").read_bytes()
    assert description("DSC-QX100", "00000000-0005-0010-8000-1c994c993998") == recording.strip()


def test_a_qx10_differs_from_a_qx100_by_its_name_alone() -> None:
    uuid = "00000000-0005-0010-8000-1c994c000001"
    assert description("DSC-QX10", uuid) == description("DSC-QX100", uuid).replace(b"DSC-QX100", b"DSC-QX10")


def test_a_qx1_lists_the_services_of_the_recording() -> None:
    parsed = parse_description(description("ILCE-QX1", "000000001000-1010-8000-9AF1701181A3"))
    api = json.loads(need("transcripts", "qx1_scalarwebapi_serviceList.node-sonycam.json").read_text())
    assert [(service.name, service.action_list_url) for service in parsed.services] == [
        (entry["av:X_ScalarWebAPI_ServiceType"], entry["av:X_ScalarWebAPI_ActionList_URL"]) for entry in api
    ]
    upnp = json.loads(need("transcripts", "qx1_upnp_serviceList.node-sonycam.json").read_text())
    assert [
        {
            "serviceType": service.service_type,
            "serviceId": service.service_id,
            "SCPDURL": service.scpd_url,
            "controlURL": service.control_url,
            "eventSubURL": service.event_sub_url,
        }
        for service in parsed.upnp_services
    ] == upnp


@pytest.mark.parametrize("profile_name", ["DSC-QX10", "DSC-QX100", "ILCE-QX1"])
def test_clients_that_read_text_find_what_they_look_for(profile_name: str) -> None:
    """Source: protocol/wifi.md 3.4; protocol/clients.md rows 11-16."""
    xml = description(profile_name, "u").decode()
    assert "\n" not in xml
    assert xml.count("<av:X_ScalarWebAPI_Service>") >= 2
    assert xml.count("<service>") >= 2
    assert "/sony</av:X_ScalarWebAPI_ActionList_URL>" in xml
    assert "<av:X_ScalarWebAPI_LiveView_URL>http://" in xml
    assert 'xmlns="urn:schemas-upnp-org:device-1-0"' in xml
    assert 'xmlns:av="urn:schemas-sony-com:av"' in xml


def test_every_service_that_a_camera_has_is_described() -> None:
    parsed = parse_description(description("SONY-FULL", "u"))
    assert [service.name for service in parsed.services] == [
        "guide",
        "system",
        "accessControl",
        "camera",
        "avContent",
    ]
