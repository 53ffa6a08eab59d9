from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from remotelens.camera.camera import Camera
from remotelens.camera.guard import Drift
from remotelens.errors import InvalidValue, LinkLost
from tests.remotelens.camera.answers import QX10_NAMES_AUTO, listed
from tests.remotelens.camera.double import ApiDouble, camera_on
from tests.remotelens.camera.emulated import MODELS, emulated

QX10, QX1 = MODELS


async def changing(
    camera: Camera, value: int, error: Exception | None, *, then: Callable[[], None] = lambda: None
) -> None:
    """Set the self-timer within a guard, then do something, and end the block with an error."""
    async with camera.settings_guard():
        await camera.set("self_timer", value)
        then()
        if error is not None:
            raise error


async def test_what_was_changed_in_the_block_is_put_back_by_its_end() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.settings_guard() as guard:
            await camera.set("self_timer", 10)
            assert guard.drift() == (Drift("self_timer", 0, 10),)
        assert camera.state.value("self_timer") == 0
    assert guard.drifted == (Drift("self_timer", 0, 10),)
    assert guard.left == ()
    assert api.called("setSelfTimer") == [(10,), (0,)]


async def test_nothing_is_sent_where_nothing_drifted() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.settings_guard() as guard:
            assert guard.before["iso"] == "AUTO"
        assert not [call for call in api.calls if call[0].startswith("set")]
    assert guard.drifted == guard.left == ()


async def test_what_somebody_else_changed_is_drift_too() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.settings_guard(["self_timer"]) as guard:
            api.tell(selfTimer=listed("SelfTimer", 2, [0, 2, 10]))
            async for state in camera.subscribe():
                if state.value("self_timer") == 2:
                    break
            assert dict(guard.before) == {"self_timer": 0}
            assert guard.drift() == (Drift("self_timer", 0, 2),)
        assert camera.state.value("self_timer") == 0


async def test_an_error_in_the_block_goes_on_after_the_settings_were_put_back() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        with pytest.raises(ZeroDivisionError):
            await changing(camera, 2, ZeroDivisionError())
        assert camera.state.value("self_timer") == 0


async def test_a_camera_that_is_lost_is_told_unless_the_block_failed_already() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):

        def lose() -> None:
            api.handlers["setSelfTimer"] = lambda _: LinkLost("gone")

        with pytest.raises(LinkLost):
            await changing(camera, 2, None, then=lose)
        api.handlers["setSelfTimer"] = lambda value: api.accept("selfTimer", "SelfTimer", value)
        with pytest.raises(ZeroDivisionError):
            await changing(camera, 10, ZeroDivisionError(), then=lose)


async def test_what_the_camera_no_longer_offers_is_named() -> None:
    api = ApiDouble()
    async with camera_on(api) as camera, asyncio.timeout(5):
        async with camera.settings_guard(["iso"]) as guard:
            api.tell_names(QX10_NAMES_AUTO)
            async for state in camera.subscribe():
                if "iso" not in state.settings:
                    break
        assert guard.left == (Drift("iso", "AUTO", None),)


async def test_an_unknown_name_is_refused() -> None:
    async with camera_on(ApiDouble()) as camera:
        with pytest.raises(InvalidValue, match="no setting 'zoomm'"):
            async with camera.settings_guard(["zoomm"]):
                raise AssertionError


@pytest.mark.parametrize("model", MODELS)
async def test_modes_and_all_that_hangs_on_them_come_back(model: str) -> None:
    async with emulated(model) as pair, asyncio.timeout(60):
        camera = pair.camera
        await camera.set("exposure_mode", "Program Auto")
        await camera.set("ev", 1.0)
        async with camera.settings_guard() as guard:
            await camera.set_all({"exposure_mode": "Intelligent Auto", "self_timer": 2})
            await camera.set("shoot_mode", "movie")
            assert {"shoot_mode", "self_timer"} <= {one.name for one in guard.drift()}
        assert guard.left == ()
        assert camera.state.value("shoot_mode") == "still"
        assert camera.state.value("exposure_mode") == "Program Auto"
        assert camera.state.value("ev") == 1.0
        assert camera.state.value("self_timer") == 0
