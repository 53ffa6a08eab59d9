"""Two cameras with one address: every camera of a kind is 10.0.0.1 on its own network.

Source: protocol/wifi.md 1.3. With network namespaces where there are any; elsewhere two cameras on two
loopback addresses share a port.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from emulator.rack import Emulator
from remotelens.errors import CameraBusy
from remotelens.link.discovery import discover_wifi
from remotelens.link.found import DiscoveryReport
from remotelens.link.reach import Reached, reach
from tests.namespaces import inside, need_namespaces, own_name


def uuids(emulator: Emulator) -> set[str]:
    return {camera["usn"].removeprefix("uuid:") for camera in emulator.ready["cameras"]}


async def taken(reached: Reached) -> str:
    """Take a picture, fetch it, and return the URL that the camera gave."""
    try:
        [[url]] = await reached.api.call("camera", "actTakePicture")
    except CameraBusy:
        [[url]] = await reached.api.call("camera", "awaitTakePicture")
    async with reached.api.http.open(reached.api.url(url)) as body:
        assert b"".join([chunk async for chunk in body.chunks()]).startswith(b"\xff\xd8")
    return str(url)


async def photographed(report: DiscoveryReport) -> dict[str, str]:
    """Take a picture with each camera that was found; by its id, what its own card says of it."""
    names: dict[str, str] = {}
    for camera in report.items:
        bind = camera.interface if camera.bound else None
        reached = await reach(camera.description_url, interface=bind)
        try:
            await taken(reached)
            names[camera.uuid] = reached.description.udn.removeprefix("uuid:")
        finally:
            await reached.close()
    return names


async def test_cameras_on_two_networks_are_told_apart_and_each_takes_its_own_picture() -> None:
    need_namespaces()
    name = own_name("same")
    async with Emulator(
        ["DSC-QX10"], count=2, as_is=name, ssdp=True, still_scale=16, clock="scaled:4"
    ) as emulator:

        async def shoot() -> tuple[DiscoveryReport, dict[str, str]]:
            report = await discover_wifi(timeout_s=2)
            return report, await photographed(report)

        report, names = await asyncio.to_thread(inside, f"{name}-clients", lambda: asyncio.run(shoot()))
        assert {(item.host, item.interface, item.bound) for item in report.items} == {
            ("10.0.0.1", "wlan0", True),
            ("10.0.0.1", "wlan1", True),
        }
        assert set(names) == set(names.values()) == uuids(emulator)
        pictures = [
            sum(file.kind == "still" for file in camera.body.card.files) for camera in emulator.cameras
        ]
        assert pictures == [1, 1]


async def test_the_command_lists_both_with_the_interface_that_leads_to_each() -> None:
    need_namespaces()
    name = own_name("both")
    async with Emulator(["DSC-QX100", "DSC-QX10"], as_is=name, ssdp=True, control=False):
        words = ["ip", "netns", "exec", f"{name}-clients", sys.executable, "-m", "remotelens", "discover"]
        done = await asyncio.to_thread(
            subprocess.run, [*words, "--wifi", "--json"], capture_output=True, text=True, timeout=40
        )
        items = json.loads(done.stdout)["items"]
    assert {(item["name"], item["interface"], item["address"]) for item in items} == {
        ("DSC-QX100", "wlan0", "10.0.0.1"),
        ("DSC-QX10", "wlan1", "10.0.0.1"),
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the whole of 127.0.0.0/8")
async def test_cameras_on_two_loopback_addresses_with_one_port_are_two() -> None:
    async with Emulator(
        ["DSC-QX10"], host="127.0.0.2", still_scale=16, clock="scaled:4", control=False
    ) as one:
        port = one.cameras[0].port
        async with Emulator(
            ["DSC-QX10"],
            host="127.0.0.3",
            port=port,
            seed=1,
            still_scale=16,
            clock="scaled:4",
            control=False,
        ) as other:
            ask = []
            for emulator in (one, other):
                host, _, number = emulator.ready["ssdp"]["unicast"].rpartition(":")
                ask.append((host, int(number)))
            report = await discover_wifi(interface="127.0.0.1", ask=ask, multicast=False, timeout_s=1.0)
            assert {(item.host, item.uuid) for item in report.items} == {
                ("127.0.0.2", *uuids(one)),
                ("127.0.0.3", *uuids(other)),
            }
            names = await photographed(report)
            assert set(names) == set(names.values()) == uuids(one) | uuids(other)


@pytest.mark.parametrize(
    "fault", ["ssdp:delay=0.7", "ssdp:double", "ssdp:unspecified", "ssdp:delay=0.7,count=2"]
)
async def test_late_doubled_and_placeless_answers_lead_to_one_camera(fault: str) -> None:
    async with Emulator(["DSC-QX10"], faults=[fault], control=False) as emulator:
        host, _, number = emulator.ready["ssdp"]["unicast"].rpartition(":")
        report = await discover_wifi(
            interface="127.0.0.1", ask=[(host, int(number))], multicast=False, timeout_s=1.0
        )
        assert [item.description_url for item in report.items] == [emulator.cameras[0].description_url]
        assert report.notes == ()


async def test_urls_in_answers_that_name_no_host_are_read_on_the_camera() -> None:
    """Source: protocol/wifi.md 11, quirk 11 (ILCE-QX1)."""
    faults = ["rpc:unspecified,match=TakePicture"]
    async with Emulator(
        ["ILCE-QX1"], faults=faults, still_scale=16, clock="scaled:4", control=False
    ) as emulator:
        reached = await reach(emulator.cameras[0].description_url)
        try:
            assert (await taken(reached)).startswith("http://0.0.0.0:")
        finally:
            await reached.close()


async def test_an_answer_that_names_another_host_is_read_on_the_one_that_answered() -> None:
    need_namespaces()
    name = own_name("else")
    async with Emulator(["DSC-QX10"], as_is=name, ssdp=True, faults=["ssdp:elsewhere"], control=False):
        report = await asyncio.to_thread(
            inside, f"{name}-clients", lambda: asyncio.run(discover_wifi(timeout_s=1.0))
        )
    assert [(item.description_url, set(item.found_by)) for item in report.items] == [
        ("http://10.0.0.1:64321/DmsRmtDesc.xml", {"ssdp", "probe"})
    ]
