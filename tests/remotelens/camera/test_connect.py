from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import remotelens
from emulator.rack import Emulator
from remotelens.config.cameras import KnownCamera, KnownCameras, save_cameras
from remotelens.errors import CameraNotFound, InvalidValue, LinkTimeout
from remotelens.link.stages import StageRecord


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(models=["DSC-QX10@3.00"], still_scale=8, clock="scaled:20", control=False) as rack:
        yield rack


async def test_a_camera_is_reached_by_its_description_and_by_its_place(emulator: Emulator) -> None:
    device = emulator.cameras[0]
    for name in (device.description_url, f"127.0.0.1:{device.port}"):
        async with remotelens.connect(name) as camera:
            assert camera.state.link == "ready"
            assert camera.state.status == "IDLE"
            assert camera.state.model == "DSC-QX10"


async def test_a_configured_camera_is_reached_by_its_name(emulator: Emulator) -> None:
    known = KnownCamera(name="garden", description_url=emulator.cameras[0].description_url)
    await asyncio.to_thread(save_cameras, KnownCameras((known,)))
    for name in ("garden", None):
        async with remotelens.connect(name) as camera:
            assert camera.name == "garden"


async def test_the_stages_of_the_road_are_told(emulator: Emulator) -> None:
    told: list[StageRecord] = []
    async with remotelens.connect(emulator.cameras[0].description_url, observer=told.append):
        assert [record.name for record in told] == ["reach"]
        assert told[0].ok


async def test_an_address_without_a_camera_says_so(emulator: Emulator) -> None:
    url = emulator.cameras[0].description_url
    await emulator.cameras[0].close()
    with pytest.raises(CameraNotFound, match=r"no camera at 127\.0\.0\.1"):
        async with remotelens.connect(url):
            pass


@pytest.mark.parametrize("name", ["http://", "a b", "ble:nothing", "host:99999"])
async def test_a_text_that_names_no_camera_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        async with remotelens.connect(name):
            pass


@pytest.mark.parametrize("option", [{"join": "magic"}, {"ble_adapter": "magic"}])
async def test_an_option_that_means_nothing_is_refused(option: dict[str, str]) -> None:
    with pytest.raises(InvalidValue):
        async with remotelens.connect("ble:AA:BB:CC:DD:EE:FF", timeout_s=5, **option):  # type: ignore[arg-type]  # both are texts
            pass


async def test_a_camera_that_answers_too_slowly_is_given_up_in_time() -> None:
    faults = ["rpc:hang,match=getVersions"]
    async with Emulator(models=["DSC-QX10@3.00"], faults=faults, control=False) as rack:
        with pytest.raises(LinkTimeout, match=r"not reached within 0.3 s; the stage reach did not end"):
            async with remotelens.connect(rack.cameras[0].description_url, timeout_s=0.3):
                pass


async def test_leaving_a_camera_leaves_no_task_and_no_connection(emulator: Emulator) -> None:
    before = asyncio.all_tasks()
    async with remotelens.connect(emulator.cameras[0].description_url) as camera:
        await camera.capture()
    assert {task for task in asyncio.all_tasks() - before if "events" in task.get_name()} == set()


async def test_cancelling_while_a_camera_is_reached_leaves_nothing_behind() -> None:
    faults = ["rpc:hang,match=getVersions"]
    async with Emulator(models=["DSC-QX10@3.00"], faults=faults, control=False) as rack:

        async def reach() -> None:
            async with remotelens.connect(rack.cameras[0].description_url):
                pass

        asked = asyncio.Event()
        rack.journal.subscribe(lambda entry: asked.set() if entry.data.get("method") else None)
        reaching = asyncio.create_task(reach())
        async with asyncio.timeout(10):
            await asked.wait()
        reaching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reaching
