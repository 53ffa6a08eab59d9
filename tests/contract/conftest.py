"""Every scenario runs on each of these."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.components import need_program
from tests.contract.stage import Stage, staged


@pytest.fixture(params=["bumble backend over HCI", "bleak's BlueZ backend over the private bus"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Set the stage for one backend."""
    on_bus = "BlueZ" in request.param
    if on_bus:
        if sys.platform != "linux":
            pytest.skip("BlueZ is Linux only")
        need_program("dbus-daemon")
    async with staged(tmp_path, on_bus=on_bus) as made:
        yield made
