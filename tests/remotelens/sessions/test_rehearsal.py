"""A plan shot with an emulated camera in virtual time: the whole client, real HTTP, real files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from emulator.worlds import make
from remotelens.sessions import rehearsal as module
from remotelens.sessions.rehearsal import rehearsal
from remotelens.sessions.shooting import begin
from remotelens.virtual_loop import VirtualLoop

PLAN = "version: 1\nname: night\nsteps:\n  - interval: {every: 10s, count: 12, do: [{capture: {}}]}\n"


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_world", lambda: make)


async def shoot(folder: Path | None) -> tuple[float, Path, list[str]]:
    async with rehearsal(folder=folder) as stage:
        started = stage.clock.monotonic()
        _, finish = await begin(
            PLAN, file="night.yaml", folder=stage.folder, way=stage.way, clock=stage.clock, remembered=False
        )
        assert finish == "complete"
        names = sorted(path.name for path in stage.folder.glob("*.JPG"))
        return stage.clock.monotonic() - started, stage.folder, names


@pytest.mark.parametrize("threads", [True, False])
def test_minutes_pass_in_a_moment_and_every_picture_is_there(tmp_path: Path, threads: bool) -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=threads)) as runner:
        took_s, folder, names = runner.run(shoot(tmp_path / "kept"))
    assert 110 < took_s < 130
    assert len(names) == 12
    assert (folder / "journal.jsonl").exists()
    assert not (tmp_path / "state" / "sessions").exists()


def test_a_rehearsal_leaves_nothing_unless_told() -> None:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        _, folder, _ = runner.run(shoot(None))
    assert not folder.exists()
