"""Whatever is done to a camera in whatever order, what must always hold of it holds.

Source: protocol/wifi.md 6.1, 7.1 to 7.3; what is listed and what is done may not disagree.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from emulator.body.machine import FROM_ANY, TRANSITIONS, Status
from emulator.wifi.dispatch import _ANYTIME, Reply
from remotelens.protocol.wifi.rpc import RpcFailure, RpcResult
from tests.emulator.body.rig import rig

Result = TypeVar("Result")
PROFILES = ("DSC-QX10@3.00", "DSC-QX100@3.00", "DSC-QX30@1.00", "ILCE-QX1@1.10", "SONY-FULL@1.00")
BEGIN_OR_END = (
    "actTakePicture",
    "awaitTakePicture",
    "startMovieRec",
    "stopMovieRec",
    "startContShooting",
    "stopContShooting",
    "startBulbShooting",
    "stopBulbShooting",
    "startLiveview",
    "stopLiveview",
    "actHalfPressShutter",
    "cancelHalfPressShutter",
    "cancelTouchAFPosition",
    "cancelTrackingFocus",
)
SETTINGS: dict[str, tuple[list[Any], ...]] = {
    "ShootMode": (["still"], ["movie"], ["audio"], ["intervalstill"], ["looprec"]),
    "CameraFunction": (["Remote Shooting"], ["Contents Transfer"]),
    "ExposureMode": (["Program Auto"], ["Intelligent Auto"], ["Aperture"], ["Shutter"], ["Manual"]),
    "SelfTimer": ([0], [2], [10], [5]),
    "ContShootingMode": ([{"contShootingMode": "Single"}], [{"contShootingMode": "Continuous"}]),
    "ShutterSpeed": (["1/60"], ['2"'], ["BULB"], ["1/7"]),
    "FocusMode": (["AF-S"], ["MF"]),
    "TrackingFocus": ([{"trackingFocus": "On"}],),
}
RECORDING = {
    Status.MOVIE_RECORDING,
    Status.MOVIE_WAIT_STOP,
    Status.AUDIO_RECORDING,
    Status.AUDIO_WAIT_STOP,
    Status.INTERVAL_RECORDING,
    Status.INTERVAL_WAIT_STOP,
    Status.LOOP_RECORDING,
    Status.LOOP_WAIT_STOP,
}
EXPOSING = {Status.STILL_CAPTURING, Status.INTERVAL_RECORDING, Status.INTERVAL_WAIT_STOP}
LEADS_TO = {
    status: {move.to for move in moves.values()} | {move.to for move in FROM_ANY.values()} | {status}
    for status, moves in TRANSITIONS.items()
}


class AnyOrder(RuleBasedStateMachine):
    """One camera, and everything that can be done to it by wire and by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.exit = contextlib.AsyncExitStack()
        self.waiting: list[tuple[str, asyncio.Task[Reply]]] = []
        self.passed: list[Status] = []

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something, and let everything come to rest that takes no camera time, in threads too."""

        async def settled() -> Result:
            result = await work
            if hasattr(self, "camera"):
                await self.camera.clock.advance(0.0)
            return result

        return self.loop.run(settled())

    @initialize(profile=st.sampled_from(PROFILES))
    def start(self, profile: str) -> None:
        self.camera = self.run(self.exit.enter_async_context(rig(profile, still_scale=64, scene_name="flat")))
        self.body = self.camera.body
        self.passed = [self.body.machine.status]
        self.body.subscribe(self._note)
        self.run(self.camera.clock.advance(8.0))

    def _note(self, topic: str) -> None:
        if topic == "status":
            self.passed.append(self.body.machine.status)

    async def _call(self, method: str, params: list[Any]) -> None:
        listed = self.body.listing.holds(method)
        known = self.body.profile.method("camera", method) is not None
        before = self.body.status
        task = asyncio.ensure_future(self.camera.reply(method, *params))
        await asyncio.sleep(0)
        self.waiting.append((method, task))
        await self._gather()
        if task.done() and isinstance(task.result().answer, RpcResult):
            assert known, method
            assert listed or method in _ANYTIME, f"{method} was done in {before} though it is not listed"

    async def _gather(self) -> None:
        """Take the answers that have come."""
        for method, task in [item for item in self.waiting if item[1].done()]:
            self.waiting.remove((method, task))
            answer = task.result().answer
            assert isinstance(answer, RpcResult | RpcFailure)
            if isinstance(answer, RpcResult) and method in ("actTakePicture", "awaitTakePicture"):
                [urls] = answer.values
                assert urls
                for url in urls:
                    assert url.partition("?")[0].endswith(".JPG")

    @rule(method=st.sampled_from(BEGIN_OR_END))
    def call(self, method: str) -> None:
        self.run(self._call(method, []))

    @rule(data=st.data(), name=st.sampled_from(sorted(SETTINGS)))
    def set(self, data: st.DataObject, name: str) -> None:
        self.run(self._call(f"set{name}", data.draw(st.sampled_from(SETTINGS[name]))))

    @rule(x=st.floats(0, 100), y=st.floats(0, 100))
    def touch(self, x: float, y: float) -> None:
        self.run(self._call("setTouchAFPosition", [x, y]))

    @rule(direction=st.sampled_from(["in", "out"]), movement=st.sampled_from(["start", "stop", "1shot"]))
    def zoom(self, direction: str, movement: str) -> None:
        self.run(self._call("actZoom", [direction, movement]))

    @rule(seconds=st.sampled_from([0.02, 0.2, 1.0, 5.0]))
    def let_time_pass(self, seconds: float) -> None:
        self.run(self.camera.clock.advance(seconds))

    @rule(button=st.sampled_from(["half", "full", "record", "zoom_tele", "zoom_wide"]), held=st.booleans())
    def press(self, button: str, held: bool) -> None:
        async def by_hand() -> None:
            self.body.press(button)
            if held:
                await self.camera.clock.advance(0.3)
            self.body.release(button)

        self.run(by_hand())

    @rule(present=st.booleans())
    def card(self, present: bool) -> None:
        async def change() -> None:
            self.body.card.present = present

        self.run(change())

    @invariant()
    def every_step_is_one_of_the_table(self) -> None:
        for before, after in zip(self.passed, self.passed[1:], strict=False):
            assert after in LEADS_TO[before], f"{before} led to {after}"
        self.passed = self.passed[-1:]

    @invariant()
    def what_goes_on_agrees_with_the_state(self) -> None:
        if not hasattr(self, "camera"):
            return
        if self.body.exposing:
            assert self.body.machine.status in EXPOSING
        if self.body.recording:
            assert self.body.machine.status in RECORDING

    @invariant()
    def the_event_tells_the_state(self) -> None:
        if not hasattr(self, "camera"):
            return
        self.run(self._compare())

    async def _compare(self) -> None:
        slots = await self.camera.call("getEvent", False)
        assert len(slots) == 35
        assert slots[1] == {"type": "cameraStatus", "cameraStatus": self.body.status}
        assert all(slot is None or isinstance(slot, dict | list) for slot in slots)
        assert set(slots[0]["names"]) == set(self.body.listing.names())

    def teardown(self) -> None:
        try:
            if hasattr(self, "camera"):
                self.run(self._come_to_rest())
        finally:
            self.run(self.exit.aclose())
            self.loop.close()

    async def _come_to_rest(self) -> None:
        """Every capture ends in an answer, and the camera in a state in which it can be used."""
        for _ in range(3):
            for method in (
                "stopMovieRec",
                "stopContShooting",
                "stopBulbShooting",
                "stopAudioRec",
                "stopIntervalStillRec",
                "stopLoopRec",
            ):
                await self.camera.reply(method)
            await self.camera.clock.advance(60.0)
        await self._gather()
        assert [method for method, _ in self.waiting if method != "getEvent"] == []
        assert self.body.machine.status in (Status.IDLE, Status.CONTENTS_TRANSFER)
        assert not self.body.exposing
        assert not self.body.recording
        assert all(file.size_bytes > 0 for file in self.body.card.files if file.kind == "still")


def played(examples: int, steps: int) -> settings:
    """How often, and for how many steps."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def test_a_camera_bears_anything_in_any_order() -> None:
    run_state_machine_as_test(AnyOrder, settings=played(12, 15))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_camera_bears_very_much_in_any_order() -> None:
    run_state_machine_as_test(AnyOrder, settings=played(400, 40))
