"""Bluetooth and Wi-Fi lead to one and the same body: what is done by one is seen by the other."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from emulator.hands import Hands
from emulator.rack import Emulator
from remotelens.camera.ble.track import Place
from remotelens.camera.camera import Camera
from remotelens.camera.opening import at_camera
from remotelens.clock import REAL_CLOCK
from remotelens.errors import NotSupported
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.target import BleTarget, UrlTarget
from remotelens.protocol.ble.remote import Category
from tests.remotelens.link.kept import HandsJoiner

QX1 = "ILCE-QX1@1.10"


class Both:
    """One camera, as it is and as its client has it."""

    def __init__(self, emulator: Emulator, camera: Camera) -> None:
        self.emulator = emulator
        self.camera = camera
        self.device = emulator.cameras[0]
        self.body = self.device.body


@pytest.fixture
async def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    async with Emulator([QX1], ble=True, still_scale=8, clock="scaled:10", control=False) as emulator:
        assert emulator.air is not None
        host, _, port = emulator.ready["ssdp"]["unicast"].rpartition(":")
        route = Route(
            target=BleTarget(emulator.cameras[0].radio().address),
            ble_adapter=emulator.air.adapter,
            join="system",
            ask=((host, int(port)),),
            multicast=False,
        )
        async with asyncio.timeout(50), Road(route, way_to_join=HandsJoiner(emulator)) as road:
            await road.walk()
            async with at_camera(road, clock=REAL_CLOCK) as camera:
                yield Both(emulator, camera)


async def test_a_press_over_bluetooth_shows_in_the_events_of_the_wifi_session(both: Both) -> None:
    statuses: list[str | None] = []

    async def watch() -> str:
        async for state in both.camera.subscribe():
            statuses.append(state.status)
            if state.picture_urls:
                return state.picture_urls[-1]
        raise AssertionError

    watching = asyncio.create_task(watch())
    async with both.camera.remote() as remote:
        shot = await remote.shutter.shoot()
    assert shot.opened_s >= 0
    url = await watching
    assert url.startswith("http://")
    assert "StillCapturing" in statuses or "StillSaving" in statuses
    assert both.emulator.journal.count("actTakePicture") == 0


async def test_a_picture_taken_over_wifi_shows_in_the_notifications(both: Both) -> None:
    async with both.camera.remote() as remote:
        mark = remote.events.mark
        await both.camera.capture()
        opened = await remote.events.until(
            lambda status: status.category == Category.SHUTTER and status.active, since=mark
        )
        assert opened.number > mark


async def test_a_button_that_a_finger_presses_shows_on_both(both: Both) -> None:
    async with both.camera.remote() as remote:
        mark = remote.events.mark
        Hands(both.emulator).press(both.device, "half", 20.0)
        await remote.events.until(lambda status: status.category == Category.FOCUS, since=mark)
        async for state in both.camera.subscribe():
            if (state.focus_status or "").startswith(("Focused", "Failed")):
                break


async def test_the_zoom_moved_over_bluetooth_is_where_the_wifi_says(both: Both) -> None:
    before = both.camera.zoom.position
    async with both.camera.remote() as remote:
        await remote.lens.zoom("tele", 0.1, speed=1.0)
    async for state in both.camera.subscribe():
        if state.zoom is not None and state.zoom.position != before:
            break


async def test_a_position_told_over_bluetooth_is_in_the_exif_of_the_next_picture(
    both: Both, tmp_path: Path
) -> None:
    async with both.camera.remote() as remote, remote.location.session() as session:
        await remote.location.send(Place(48.2082, 16.3738), session)
        shot = await (await both.camera.capture()).download(tmp_path)
    assert shot.files[0].path is not None
    data = await asyncio.to_thread((tmp_path / Path(shot.files[0].path).name).read_bytes)
    place = Image.open(io.BytesIO(data)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = (float(part) for part in place[ExifTags.GPS.GPSLatitude])
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(48.2082, abs=1e-5)
    assert place[ExifTags.GPS.GPSLatitudeRef] == "N"


async def test_a_clock_set_over_bluetooth_is_the_one_on_the_pictures(both: Both) -> None:
    async with both.camera.remote() as remote:
        assert (await remote.clock.set()).confirmed
    assert both.body.wall_clock.is_set


async def test_without_its_wifi_a_camera_is_still_shot_and_read_over_bluetooth(both: Both) -> None:
    await both.body.wifi_off()
    async for state in both.camera.subscribe():
        if state.link != "ready":
            break
    saved, before = asyncio.Event(), len(both.body.card.files)
    leave = both.body.subscribe(lambda _: saved.set() if len(both.body.card.files) > before else None)
    async with both.camera.remote() as remote, asyncio.timeout(20):
        await remote.shutter.shoot()
        assert (await remote.readings.battery()).packs
        await saved.wait()
    leave()


async def test_a_camera_that_was_not_added_over_bluetooth_says_so() -> None:
    async with Emulator([QX1], clock="scaled:10", control=False) as emulator:
        target = UrlTarget(emulator.cameras[0].description_url)
        async with asyncio.timeout(30), Road(Route(target=target)) as road:
            await road.walk()
            async with at_camera(road, clock=REAL_CLOCK) as camera:
                with pytest.raises(NotSupported, match="not added over Bluetooth"):
                    async with camera.remote():
                        pass
                with pytest.raises(NotSupported):
                    await road.bluetooth()
