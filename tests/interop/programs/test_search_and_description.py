"""Rows 1 to 16: what programs read when they look for a camera."""

from __future__ import annotations

import asyncio
import re
import xml.dom.minidom
from collections.abc import AsyncIterator
from xml.etree import ElementTree as ET

import pytest

from tests.interop.programs.camera import (
    ALL_ROUND,
    FAITHFUL,
    SCALAR_WEB_API,
    SEARCH,
    Camera,
    headers_of,
    running,
)

UPNP = "{urn:schemas-upnp-org:device-1-0}"
AV = "{urn:schemas-sony-com:av}"
SERVICES = (
    f"{UPNP}device/{AV}X_ScalarWebAPI_DeviceInfo/{AV}X_ScalarWebAPI_ServiceList/{AV}X_ScalarWebAPI_Service"
)


@pytest.fixture(params=[ALL_ROUND, *FAITHFUL])
async def camera(request: pytest.FixtureRequest) -> AsyncIterator[Camera]:
    async with running(request.param) as found:
        yield found


@pytest.fixture
async def all_round() -> AsyncIterator[Camera]:
    async with running() as found:
        yield found


async def test_row_01_header_names_of_a_search_answer_are_in_upper_case(camera: Camera) -> None:
    [answer] = await camera.answers()
    names = [name for name, _ in headers_of(answer) if not name.startswith("X-AV")]
    assert names == ["CACHE-CONTROL", "EXT", "LOCATION", "SERVER", "ST", "USN"]


async def test_row_02_one_blank_follows_each_colon(camera: Camera) -> None:
    [answer] = await camera.answers()
    assert all(re.fullmatch(r" (\S.*)?", value) for _, value in headers_of(answer))


async def test_row_03_lines_end_with_cr_lf(camera: Camera) -> None:
    [answer] = await camera.answers()
    assert answer.endswith("\r\n\r\n")
    assert re.search(r"(?<!\r)\n|\r(?!\n)", answer) is None


async def test_row_04_the_ext_line_has_a_blank_after_its_colon(camera: Camera) -> None:
    [answer] = await camera.answers()
    assert "\r\nEXT: \r\n" in answer


@pytest.mark.parametrize("target", [SCALAR_WEB_API, "upnp:rootdevice"])
async def test_row_05_the_target_that_was_asked_is_answered(camera: Camera, target: str) -> None:
    [answer] = await camera.answers(SEARCH.format(target=target))
    assert f"\r\nST: {target}\r\n" in answer


async def test_row_06_the_root_device_answers_and_lists_the_service(camera: Camera) -> None:
    [answer] = await camera.answers(SEARCH.format(target="upnp:rootdevice"))
    assert camera.ready["description_url"] in answer
    root = ET.fromstring(await camera.description())
    types = [
        item.text for item in root.iterfind(f"{UPNP}device/{UPNP}serviceList/{UPNP}service/{UPNP}serviceType")
    ]
    assert SCALAR_WEB_API in types


ODD_SEARCHES = {
    "pysony 0.1.11, ruby sonycam: no quotes": "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    "MAN: ssdp:discover\r\nMX: 2\r\nST: {st}\r\n\r\n",
    "node-sonycam: no blank": 'M-SEARCH * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nMAN:"ssdp:discover"\r\n'
    "MX:2\r\nST:{st}\r\n\r\n",
    "libsonyapi: blanks before the line's end": "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
    'MAN: "ssdp:discover" \r\nMX: 2\r\nST: {st}\r\n\r\n',
    "sonycam (PyPI): another order, one more line end": "M-SEARCH * HTTP/1.1\r\n"
    'HOST: 239.255.255.250:1900\r\nST: {st}\r\nMX: 2\r\nMAN: "ssdp:discover"\r\n\r\n',
}


@pytest.mark.parametrize("who", ODD_SEARCHES)
async def test_row_07_searches_are_accepted_as_programs_write_them(all_round: Camera, who: str) -> None:
    [answer] = await all_round.answers(ODD_SEARCHES[who].format(st=SCALAR_WEB_API))
    assert answer.startswith("HTTP/1.1 200 OK\r\n")


async def test_row_08_an_answer_is_one_datagram_of_less_than_1024_bytes(camera: Camera) -> None:
    [answer] = await camera.answers()
    assert len(answer.encode()) < 1024
    assert answer.count("\r\n\r\n") == 1


async def test_row_09_every_repeat_is_answered_within_a_second(camera: Camera) -> None:
    search = SEARCH.format(target=SCALAR_WEB_API)
    async with asyncio.timeout(1):
        answers = await camera.answers(search, search, search, count=3)
    assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("profile", "server"),
    [
        ("SONY-FULL", "SonyImagingDevice"),
        ("DSC-QX10@3.00", "SonyImagingDevice"),
        ("DSC-QX100@3.00", "SonyImagingDevice"),
        ("ILCE-QX1@1.10", "MINT-X"),
    ],
)
async def test_row_10_the_server_line_names_the_kind_that_programs_look_for(
    profile: str, server: str
) -> None:
    async with running(profile) as camera:
        [answer] = await camera.answers()
    assert dict(headers_of(answer))["SERVER"].startswith(f" UPnP/1.0 {server}/")


async def test_row_11_the_prefix_av_stands_literally_in_the_description(camera: Camera) -> None:
    """Read without namespaces, as three of the programs do."""
    page = xml.dom.minidom.parseString(await camera.description())
    info = page.getElementsByTagName("av:X_ScalarWebAPI_DeviceInfo")
    assert len(info) == 1
    assert len(page.getElementsByTagName("av:X_ScalarWebAPI_ServiceType")) >= 2
    assert page.getElementsByTagName("av:X_ScalarWebAPI_ActionList_URL")


async def test_row_12_the_namespaces_are_those_that_programs_name(camera: Camera) -> None:
    root = ET.fromstring(await camera.description())
    assert root.find(f"{UPNP}device/{UPNP}friendlyName") is not None
    assert root.find(f"{UPNP}device/{AV}X_ScalarWebAPI_DeviceInfo/{AV}X_ScalarWebAPI_Version") is not None


async def test_row_13_at_least_two_api_services_are_listed(camera: Camera) -> None:
    assert len(ET.fromstring(await camera.description()).findall(SERVICES)) >= 2


async def test_row_14_the_imaging_device_has_both_of_its_children(camera: Camera) -> None:
    root = ET.fromstring(await camera.description())
    device = root.find(f"{UPNP}device/{AV}X_ScalarWebAPI_DeviceInfo/{AV}X_ScalarWebAPI_ImagingDevice")
    assert device is not None
    assert [child.tag.partition("}")[2] for child in device] == [
        "X_ScalarWebAPI_LiveView_URL",
        "X_ScalarWebAPI_DefaultFunction",
    ]
    assert all(child.text for child in device)


async def test_row_15_at_least_two_upnp_services_are_listed(camera: Camera) -> None:
    root = ET.fromstring(await camera.description())
    assert len(root.findall(f"{UPNP}device/{UPNP}serviceList/{UPNP}service")) >= 2


async def test_row_16_action_list_urls_end_without_a_slash(camera: Camera) -> None:
    root = ET.fromstring(await camera.description())
    urls = [item.findtext(f"{AV}X_ScalarWebAPI_ActionList_URL") or "" for item in root.findall(SERVICES)]
    assert urls
    assert all(url.endswith("/sony") for url in urls)
