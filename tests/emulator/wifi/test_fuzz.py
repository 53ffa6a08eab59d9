"""Nonsense in the parameters, and anything in any order, breaks no camera. Source: protocol/wifi.md D.1."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.body.machine import Status
from emulator.profiles import load, names
from emulator.wifi.stored import content_id
from emulator.wifi.typecheck import fits
from remotelens.protocol.wifi.rpc import RpcFailure, RpcResult
from tests.emulator.body.rig import Rig, rig

METHODS = sorted({key for name in names() for key in load(name).method_table})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
REFUSALS = {1, 3, 5, 12, 14, 403, 404, 40401}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(names()),
    calls=st.lists(st.tuples(st.sampled_from(METHODS), st.lists(JSON, max_size=3)), min_size=5, max_size=20),
)
def test_parameters_of_a_wrong_number_or_type_are_refused_and_change_nothing(
    name: str, calls: list[tuple[tuple[str, str], list[Any]]]
) -> None:
    async def play() -> None:
        async with rig(name) as camera:
            before = camera.body.settings.snapshot(), camera.body.status
            for (service, method), params in calls:
                known = camera.body.profile.method(service, method)
                if known is not None and fits(params, known.params, partial=service == "avContent"):
                    continue
                reply = await camera.reply(method, *params, service=service)
                assert isinstance(reply.answer, RpcFailure), (service, method, params)
                assert reply.answer.code in REFUSALS
            await camera.clock.advance(1.0)
            assert (camera.body.settings.snapshot(), camera.body.status) == before

    asyncio.run(play())


def _some_contents(method: str, chance: random.Random) -> list[Any]:
    """Return parameters that a method of the contents service may take."""
    number = chance.randint(1, 3)
    kind = chance.choice(["image", "video"])
    uri = f"{kind}:content?contentId={content_id(number)}"
    params: dict[str, list[Any]] = {
        "getSourceList": [{"scheme": "storage"}],
        "getContentCount": [{"uri": "storage:memoryCard1", "view": chance.choice(["date", "flat"])}],
        "getContentList": [{"uri": "storage:memoryCard1", "view": chance.choice(["date", "flat"])}],
        "deleteContent": [{"uri": [uri]}],
        "setStreamingContent": [{"remotePlayType": "simpleStreaming", "uri": uri}],
        "seekStreamingPosition": [{"positionMsec": chance.randint(0, 2000)}],
        "requestToNotifyStreamingStatus": [{"polling": chance.random() < 0.5}],
    }
    return params.get(method, [])


def _some_params(camera: Rig, service: str, method: str, chance: random.Random) -> list[Any] | None:
    """Return parameters that a method may take."""
    known = camera.body.profile.method(service, method)
    assert known is not None
    if service == "avContent":
        return _some_contents(method, chance)
    if method == "getEvent":
        return [False]
    if method == "actZoom":
        return [chance.choice(["in", "out"]), chance.choice(["start", "stop", "1shot"])]
    if method == "setTouchAFPosition":
        return [chance.uniform(0, 100), chance.uniform(0, 100)]
    if method == "setWhiteBalance":
        return [chance.choice(["Daylight", "Auto WB", "Cloudy"]), False, -1]
    if method == "setStillSize":
        return list(chance.choice(camera.body.settings.supported("StillSize")))
    if method.startswith("set") and method.removeprefix("set") in camera.body.settings:
        (kind,) = known.params
        value = chance.choice(camera.body.settings.supported(method.removeprefix("set")))
        if isinstance(value, tuple):
            value = chance.randint(-9, 9)
        return [{kind.split('"')[1]: value}] if kind.startswith("{") else [value]
    return [] if not known.params else None


@pytest.mark.parametrize("name", ["DSC-QX10@3.00", "ILCE-QX1@1.10", "SONY-FULL@1.00"])
@pytest.mark.parametrize("seed", range(2))
async def test_whatever_is_called_in_whatever_order_the_camera_comes_to_rest(name: str, seed: int) -> None:
    chance = random.Random(seed)
    async with rig(name, still_scale=64, scene_name="flat") as camera:
        table = camera.body.profile.method_table
        methods = [key for key in table if key[0] in ("camera", "avContent") and key[1] != "getMethodTypes"]
        methods += [key for key in methods if key[0] == "avContent"] * 3
        waiting: list[asyncio.Task[Any]] = []
        for _ in range(120):
            service, method = chance.choice(methods)
            params = _some_params(camera, service, method, chance)
            if params is not None:
                version = table[service, method].versions[0]
                call = camera.reply(method, *params, service=service, version=version)
                waiting.append(asyncio.ensure_future(call))
            if chance.random() < 0.4:
                await camera.clock.advance(chance.choice([0.05, 0.3, 1.0]))
            if chance.random() < 0.02:
                camera.body.press("full")
                camera.body.release("full")
            if chance.random() < 0.02:
                camera.body.card.present = not camera.body.card.present
        await camera.clock.advance(5.0)
        for _ in range(2):
            for service, method in table:
                if method.startswith("stop"):
                    await camera.reply(method, service=service)
            await camera.clock.advance(60.0)
        for task in waiting:
            with contextlib.suppress(asyncio.CancelledError):
                assert isinstance((await task).answer, RpcResult | RpcFailure)
        assert camera.body.status in (Status.IDLE, Status.CONTENTS_TRANSFER)
        assert not camera.body.exposing
        assert not camera.body.recording
        slots = await camera.call("getEvent", False)
        assert len(slots) == 35
