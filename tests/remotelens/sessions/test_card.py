"""Which of the pictures on a card is a frame's, where the times of several fit it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from remotelens.clock import REAL_CLOCK
from remotelens.errors import ContentGone
from remotelens.protocol.wifi.contents import Content, OriginalFile
from remotelens.sessions.card import Card
from remotelens.sessions.logbook import utc_text
from remotelens.sessions.progress import FrameStanding
from remotelens.sessions.records import Began, Intent, Kept, Taken

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SET = Began(at=utc_text(NOON), run=1, clock_trusted=True, uuid="first")
DATE_TIME_ORIGINAL, EXIF_BLOCK = 0x9003, 0x8769


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def entry(number: int, seconds: int) -> Content:
    """A picture that the camera says it took then."""
    file = OriginalFile(f"http://camera/contentstransfer/orgjpeg/{number}", f"DSC{number:05}.JPG", "jpeg")
    return Content(str(number), "still", "", at(seconds).isoformat(), "100", f"{number:04}", (file,))


def frame(n: int, seconds: float, *, run: Began = SET, kept: Kept | None = None) -> FrameStanding:
    """A frame that was asked for then, and answered 1.5 s later."""
    taken = Taken(at=utc_text(at(seconds + 1.5)), n=n, urls=[f"http://camera/postview/{n}.JPG"])
    intent = Intent(at=utc_text(at(seconds)), n=n)
    return FrameStanding(n, intent, taken, (kept,) if kept else (), run=run)


def here(folder: Path, n: int, seconds: int) -> Kept:
    """A picture that stands in a folder and says that it was taken then."""
    exif = Image.Exif()
    exif.get_ifd(EXIF_BLOCK)[DATE_TIME_ORIGINAL] = f"{at(seconds):%Y:%m:%d %H:%M:%S}"
    Image.new("RGB", (8, 8)).save(folder / f"{n}.JPG", exif=exif)
    return Kept(at=utc_text(NOON), n=n, path=f"{n}.JPG", sha256="", size_bytes=1)


async def found(
    folder: Path, n: int, session: Sequence[FrameStanding], stored: Sequence[Content]
) -> list[str]:
    class Contents:
        @asynccontextmanager
        async def transfer(self) -> AsyncIterator[None]:
            yield

        async def entries(self, *, newest_first: bool) -> AsyncIterator[Content]:
            for one in reversed(stored):
                yield one

    camera = SimpleNamespace(
        name="qx", contents=Contents(), power=SimpleNamespace(clock=SimpleNamespace(trusted=True))
    )
    wanted = next(one for one in session if one.n == n)
    card = Card(camera, REAL_CLOCK)  # type: ignore[arg-type]  # as much of a camera as is asked for
    return [one.uri for one in await card.of(wanted, session, folder)]


QUICK = [frame(n, 2.5 * n) for n in (1, 2, 3)]
ON_CARD = [entry(n, int(2.5 * n)) for n in (1, 2, 3)]


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("behind_s", [0, 1, 2])
async def test_neighbours_are_shared_out_in_their_order(tmp_path: Path, n: int, behind_s: int) -> None:
    stored = [entry(number, int(2.5 * number) - behind_s) for number in (1, 2, 3)]
    assert await found(tmp_path, n, QUICK, stored) == [str(n)]


@pytest.mark.parametrize(
    "stored", [ON_CARD[:2], ON_CARD[1:], [*ON_CARD, entry(4, 8)], [entry(0, 1), *ON_CARD]]
)
async def test_where_they_are_not_as_many_none_is_given(tmp_path: Path, stored: list[Content]) -> None:
    for n in (1, 2, 3):
        with pytest.raises(ContentGone, match="pictures of that time"):
            await found(tmp_path, n, QUICK, stored)


async def test_what_is_here_is_left_out_by_the_second_that_it_names(tmp_path: Path) -> None:
    session = [frame(1, 2.5, kept=here(tmp_path, 1, 2)), QUICK[1], frame(3, 7.5, kept=here(tmp_path, 3, 7))]
    assert await found(tmp_path, 2, session, ON_CARD) == ["2"]


async def test_frames_of_another_camera_are_not_looked_for_on_this_card(tmp_path: Path) -> None:
    other = Began(at=utc_text(NOON), run=1, clock_trusted=True, uuid="second")
    session = [frame(1, 2.5, run=other), *QUICK[1:]]
    assert await found(tmp_path, 2, session, ON_CARD[1:]) == ["2"]


async def test_times_of_a_clock_that_was_not_set_tell_nothing(tmp_path: Path) -> None:
    unset = Began(at=utc_text(NOON), run=1, clock_trusted=False, uuid="first")
    with pytest.raises(ContentGone, match="clock was not set"):
        await found(tmp_path, 1, [frame(1, 2.5, run=unset)], ON_CARD[:1])
