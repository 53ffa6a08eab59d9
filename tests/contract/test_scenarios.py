"""The same scenarios over both backends, each in a process of its own."""

from __future__ import annotations

import pytest

from tests.contract.scenario import SCENARIOS
from tests.contract.stage import Stage


@pytest.mark.parametrize("name", SCENARIOS)
async def test_every_backend_keeps_the_contract(stage: Stage, name: str) -> None:
    await stage.play("tests.contract.scenario", name, stage.adapter)
