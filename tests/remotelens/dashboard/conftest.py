"""Fixtures: the dashboard on an emulated camera."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from remotelens.dashboard.terminal import Output
from tests.remotelens.dashboard.clocks import HandClock
from tests.remotelens.dashboard.desk import Desk, desk_with


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All colours, and no configuration of whoever runs the tests."""
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path / "state"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A dashboard at 80×24 that shows a QX10's live view."""
    async with desk_with(tmp_path / "pictures") as desk:
        await desk.until_live()
        yield desk


@pytest.fixture
async def output() -> Output:
    """The account of what is under way to a terminal, on a clock that stands."""
    output = Output(HandClock(), asyncio.get_running_loop())
    output.measured = True
    return output
