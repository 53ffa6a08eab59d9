from __future__ import annotations

from typing import Any

import pytest

from remotelens.camera.evidence import (
    Baseline,
    Outcome,
    await_picture,
    baseline,
    compare,
    images_left,
    picture_urls,
)
from remotelens.camera.line import Line
from remotelens.camera.state import CameraState, Storage
from remotelens.errors import CameraBusy, NotAvailableNow
from tests.remotelens.camera.double import URL, ApiDouble
from tests.remotelens.library.clocks import SkippingClock

OLD = "http://10.0.0.1/old.JPG"
NEW = "http://10.0.0.1/new.JPG"


def card(images: int | None) -> Storage:
    return Storage("Memory Card 1", "", True, images, None)


NO_CARD = Storage("No Media", "", True, None, None)


@pytest.mark.parametrize(
    ("left_before", "after", "outcome", "urls"),
    [
        (10, CameraState(picture_urls=(OLD, NEW), storage=(card(9),)), Outcome.TAKEN, (NEW,)),
        (None, CameraState(picture_urls=(NEW,)), Outcome.TAKEN, (NEW,)),
        (10, CameraState(storage=(card(9),)), Outcome.TAKEN, ()),
        (10, CameraState(picture_urls=(OLD,), storage=(card(10),)), Outcome.MISSING, ()),
        (None, CameraState(picture_urls=(OLD,), storage=(NO_CARD,)), Outcome.MISSING, ()),
        (None, CameraState(storage=(NO_CARD,)), Outcome.UNKNOWN, ()),
        (10, CameraState(storage=(card(2500),)), Outcome.UNKNOWN, ()),  # another card, or an emptied one
        (10, CameraState(picture_urls=(NEW,), storage=(card(2500),)), Outcome.TAKEN, (NEW,)),
        (10, CameraState(continuous_urls=(OLD, NEW), storage=(card(10),)), Outcome.TAKEN, (NEW,)),
        (None, CameraState(picture_urls=(OLD,), bulb_urls=(OLD,)), Outcome.MISSING, ()),
        (10, CameraState(), Outcome.UNKNOWN, ()),
    ],
)
def test_what_the_camera_lists_before_and_after_decides(
    left_before: int | None, after: CameraState, outcome: Outcome, urls: tuple[str, ...]
) -> None:
    finding = compare(Baseline(frozenset({OLD}), left_before), after)
    assert (finding.outcome, finding.urls) == (outcome, urls)
    assert finding.words


def test_only_the_storage_that_is_written_to_counts() -> None:
    other = Storage("Memory Card 2", "", False, 3, None)
    assert images_left(CameraState(storage=(other, card(7)))) == 7
    assert images_left(CameraState(storage=(other,))) is None
    assert images_left(CameraState(storage=(NO_CARD,))) is None


def test_a_baseline_knows_the_pictures_of_the_events_and_of_the_answers() -> None:
    state = CameraState(picture_urls=(OLD,), storage=(card(5),))
    assert baseline(state, [NEW]) == Baseline(frozenset({OLD, NEW}), 5)
    run = CameraState(continuous_urls=(OLD,), bulb_urls=(NEW,))
    assert baseline(run) == Baseline(frozenset({OLD, NEW}), None)


@pytest.mark.parametrize(
    ("values", "urls"),
    [
        ([[URL]], (URL,)),  # recorded: {"id":1,"result":[["http://10.0.0.1:60152/pict140202_…"]]}
        ([URL], (URL,)),
        ([[URL, "", None, 3]], (URL,)),
        ([[]], ()),
        ([], ()),
        ([None], ()),
    ],
)
def test_the_answer_of_a_shutter_command_is_read_in_every_form(
    values: list[Any], urls: tuple[str, ...]
) -> None:
    assert picture_urls(values) == urls


async def test_awaiting_a_picture_ends_with_the_time_it_was_given() -> None:
    api = ApiDouble()
    api.handlers["awaitTakePicture"] = lambda: api.refuse(40403, method="awaitTakePicture")
    line = Line(api, clock=SkippingClock(), model=None)
    with pytest.raises(CameraBusy, match="still capturing"):
        await await_picture(line, 1.0)
    assert 4 <= len(api.called("awaitTakePicture")) <= 7


async def test_a_refusal_to_wait_is_told() -> None:
    api = ApiDouble()
    api.handlers["awaitTakePicture"] = lambda: api.refuse(1, "StillShootingNotCalled", "awaitTakePicture")
    line = Line(api, clock=SkippingClock(), model=None)
    with pytest.raises(NotAvailableNow):
        await await_picture(line, 1.0)
