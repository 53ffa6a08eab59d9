from __future__ import annotations

import random

import pytest

from remotelens.link.status import BackOff


def test_pauses_grow_up_to_a_bound() -> None:
    back_off = BackOff(first_s=0.5, factor=2, longest_s=30, jitter=0)
    pauses = [back_off.pause_s(failures, random.Random(0)) for failures in range(1, 10)]
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


@pytest.mark.parametrize("failures", [0, 1, 5, 10_000])
def test_jitter_only_shortens_a_pause_and_by_its_share_at_most(failures: int) -> None:
    sharp = BackOff(jitter=0).pause_s(failures, random.Random(0))
    pauses = [BackOff(jitter=0.25).pause_s(failures, random.Random(seed)) for seed in range(50)]
    assert all(0.75 * sharp <= pause <= sharp for pause in pauses)
    assert len(set(pauses)) > 1
