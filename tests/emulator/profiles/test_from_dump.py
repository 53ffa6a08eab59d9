"""A dump of an emulated camera becomes a profile that has what was dumped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from emulator.profiles import ProfileError, load
from emulator.profiles.from_dump import profile_text
from emulator.rack import Emulator
from remotelens.link.road import Road
from remotelens.link.stages import Route
from remotelens.link.target import parse_target
from remotelens.protocol.recording import Recording
from remotelens.recorder import Recorder


async def dumped(model: str) -> Recording:
    async with (
        asyncio.timeout(40),
        Emulator([model], still_scale=16, scene="chart", control=False) as emulator,
    ):
        route = Route(target=parse_target(emulator.cameras[0].description_url, {}))
        async with Road(route) as road:
            return await Recorder(await road.walk()).record()


@pytest.mark.parametrize("model", ["DSC-QX10@3.00", "ILCE-QX1@1.10"])
async def test_a_dump_becomes_a_profile_with_the_same_methods(model: str, tmp_path: Path) -> None:
    text, left_out = profile_text(await dumped(model), "mine.json")
    file = tmp_path / "mine.toml"
    file.write_text(text)
    made, real = load(str(file)), load(model)
    for service in made.services:
        assert set(made.services[service].methods) == set(real.services[service].methods)
    assert set(made.available) <= set(real.available)
    assert made.family == real.family
    assert left_out == []
    assert str(made.about["available"]) == "recorded: mine.json"


def test_a_dump_without_methods_makes_none() -> None:
    empty = Recording("x", "2026-01-01", "DSC-QX10", None, [], [], None, [])
    with pytest.raises(ProfileError, match="no method"):
        profile_text(empty, "x")
