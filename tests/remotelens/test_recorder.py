"""A camera read into a recording, whatever part of it does not answer as it should; over real sockets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from emulator.clock import ScaledClock
from emulator.faults.rules import parse_rule
from emulator.rack import Emulator
from remotelens.clock import LoopClock
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.target import parse_target
from remotelens.protocol.recording import Recording
from remotelens.recorder import Recorder
from tests.remotelens.sessions.scripted import virtually

MODEL = "ILCE-QX1@1.10"


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "config"))


def dump(*faults: str, kind: type[Recorder] = Recorder) -> tuple[Recording, list[str], str]:
    """Read an emulated camera with faults; return what was said and its shoot mode afterwards, too."""

    async def work() -> tuple[Recording, list[str], str]:
        clock = LoopClock(datetime(2026, 11, 25, 18, 0, tzinfo=UTC))
        follows = ScaledClock(1.0, epoch=clock.now())
        async with Emulator([MODEL], clock=follows, scene="chart", still_scale=16, control=False) as emulator:
            device = emulator.cameras[0]
            said: list[str] = []
            async with Road(Route(target=parse_target(device.description_url, {}))) as road:
                reached = await road.walk()
                for rule in faults:
                    emulator.faults.add(parse_rule(rule))
                recorder = kind(reached, allow_writes=True, say=said.append, clock=clock)
                recording = await recorder.record()
            return recording, said, device.state["settings"]["ShootMode"]

    return virtually(work)


def test_with_writes_allowed_each_mode_is_read_and_left_as_it_was() -> None:
    recording, said, shoot_mode = dump()
    assert recording.live_view is not None
    assert "answers in movie" in said
    assert shoot_mode == "still"


@pytest.mark.parametrize(
    "fault",
    [
        "rpc:error=1,match=startLiveview",
        "rpc:error=1,match=stopLiveview",
        "rpc:garbage,match=startLiveview",
        "rpc:garbage,match=getAvailableShootMode",
        "rpc:garbage,match=setShootMode",
        "rpc:error=1,match=setShootMode",
    ],
)
def test_one_method_that_does_not_answer_as_it_should_costs_no_more_than_itself(fault: str) -> None:
    recording, _, shoot_mode = dump(fault)
    assert shoot_mode == "still"
    assert len({exchange.method for exchange in recording.exchanges}) > 30


def test_a_mode_that_is_never_seen_costs_no_more_than_itself() -> None:
    class Unseen(Recorder):
        async def _shows(self, setting: str, value: str) -> bool:
            return value != "movie" and await super()._shows(setting, value)

    recording, said, _ = dump(kind=Unseen)
    assert "  not seen within 15 s" in said
    assert len({exchange.method for exchange in recording.exchanges}) > 30
