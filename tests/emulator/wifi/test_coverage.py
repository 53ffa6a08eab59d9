"""Every method of every profile: accepted, refused by state, refused by value; no cell is empty."""

from __future__ import annotations

import pytest

from emulator.profiles import load, names
from tests.emulator.wifi.coverage import table

EVERY = [
    pytest.param(name, marks=() if load(name).product or name.startswith("SONY-FULL") else pytest.mark.long)
    for name in names()
]
"""Cameras that were never sold speak as their relatives do; they are looked at in the long run."""


@pytest.mark.parametrize("name", EVERY)
async def test_every_method_is_accepted_and_refused_by_state_and_by_value(name: str) -> None:
    profile = load(name)
    rows = await table(profile)
    assert len(rows) == len(profile.method_table)
    empty = [
        (method, cell)
        for method, row in rows.items()
        for cell in ("accepted", "by_state", "by_value")
        if not getattr(row, cell)
    ]
    assert empty == []
    shown = [row for row in rows.values() if not row.accepted.startswith("–")]
    assert len(shown) >= len(rows) - 4
