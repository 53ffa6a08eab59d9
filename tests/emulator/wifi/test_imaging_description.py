"""DigitalImagingDesc.xml, read as programs read it. Source: protocol/wifi.md 3.3."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from emulator.profiles import load, load_lens, names
from emulator.wifi.imaging_description import PATH, describe_imaging
from tests.emulator.wire import ask
from tests.interop.programs.camera import running

NS = "{urn:schemas-upnp-org:service-1-0}"


@pytest.mark.parametrize("name", names())
def test_it_tells_model_firmware_and_lens(name: str) -> None:
    profile = load(name)
    info = ET.fromstring(describe_imaging(profile, profile.lens.name)).find(
        f"{NS}X_DigitalImagingDeviceInfo/{NS}X_DeviceInfo"
    )
    assert info is not None
    assert info.findtext(f"{NS}X_ModelName") == profile.model
    assert info.findtext(f"{NS}X_FirmwareVersion") == profile.firmware
    assert info.findtext(f"{NS}X_LensModelName") == profile.lens.name


def test_it_tells_the_event_versions_beforehand() -> None:
    root = ET.fromstring(describe_imaging(load("ILCE-QX1@1.10"), ""))
    told = {
        method.findtext(f"{NS}X_ScalarWebAPI_APIName"): method.findtext(f"{NS}X_ScalarWebAPI_APIVersion")
        for method in root.iter(f"{NS}X_ScalarWebAPI_Method")
    }
    assert told["getEvent"] == "1.0,1.1,1.2"
    assert "getContentList" in told
    root = ET.fromstring(describe_imaging(load("DSC-QX10@3.00"), ""))
    assert root.find(f".//{NS}X_ScalarWebAPI_AvContentService") is None


@pytest.mark.parametrize("profile", ["DSC-QX10@3.00", "ILCE-QX1@1.10"])
async def test_it_stands_where_the_description_says(profile: str) -> None:
    async with running(profile) as camera:
        assert f"<SCPDURL>{PATH}</SCPDURL>" in await camera.description()
        answer = await ask(camera.port, "GET", PATH)
    assert (answer.status, answer.header("Content-Type")) == (200, 'text/xml; charset="utf-8"')
    assert answer.body.startswith(b"<?xml")


async def test_it_tells_the_lens_that_is_on_the_camera_now() -> None:
    async with running("ILCE-QX1@1.10") as camera:
        for name, told in (("SEL35F18", load_lens("SEL35F18").name), ("none", None)):
            camera.device.body.lens.mount(name)
            answer = await ask(camera.port, "GET", PATH)
            assert ET.fromstring(answer.body).findtext(f".//{NS}X_LensModelName") == told
