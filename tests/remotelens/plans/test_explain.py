from __future__ import annotations

import pytest

from remotelens.plans.explain import estimate
from remotelens.plans.schema import parse_plan

PLAN = (
    "version: 1\nname: a\nsteps:\n  - set: {{still_quality: {quality}}}\n"
    "  - interval: {{every: 10s, count: 50, do: [{do}]}}\n"
)


@pytest.mark.parametrize(
    ("quality", "do", "notes"),
    [
        ("RAW+JPEG", "{capture: {}}", ("raw files come at the end, about 1.0 GB more",)),
        ("RAW+JPEG", "{capture: {raw: false}}", ()),
        ("RAW+JPEG", "{capture: {download: false}}", ()),
        ("Fine", "{capture: {}}", ()),
    ],
)
def test_raw_files_are_costed_where_they_are_fetched(quality: str, do: str, notes: tuple[str, ...]) -> None:
    assert estimate(parse_plan(PLAN.format(quality=quality, do=do))).warnings == notes
