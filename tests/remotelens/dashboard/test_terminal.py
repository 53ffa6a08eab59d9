"""The terminal that is slow, or gone: what is under way to it, and what waits for that."""

from __future__ import annotations

import asyncio
import io
import threading

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES

from remotelens.dashboard.terminal import (
    ANSWER_LIMIT_S,
    ECHO,
    LARGEST_SLICE,
    LOW_CHARACTERS,
    MOST_TEXTS,
    SLICE_S,
    SMALLEST_SLICE,
    Outlet,
    Output,
)
from tests.remotelens.dashboard.clocks import HandClock


def clock_of(output: Output) -> HandClock:
    assert isinstance(output._clock, HandClock)
    return output._clock


async def test_it_is_busy_while_much_is_under_way(output: Output) -> None:
    output.hand_over(LOW_CHARACTERS)
    assert not output.busy
    output.hand_over(1)
    assert output.busy
    output.wrote(1)
    assert not output.busy


async def test_it_is_busy_while_many_small_texts_are_under_way(output: Output) -> None:
    for _ in range(MOST_TEXTS):
        output.hand_over(10)
    assert not output.busy
    output.hand_over(10)
    assert output.busy
    output.wrote(10)
    assert not output.busy


def test_a_drawing_and_what_is_written_at_the_end_fit_into_textuals_queue() -> None:
    assert MOST_TEXTS + 3 + 14 <= MAX_QUEUED_WRITES


async def test_who_waits_is_called_once_when_it_is_ready_again(output: Output) -> None:
    called = asyncio.Event()
    times: list[int] = []

    def callback() -> None:
        times.append(1)
        called.set()

    output.hand_over(3 * LOW_CHARACTERS)
    output.when_ready(callback)
    output.when_ready(callback)
    assert not times
    threading.Thread(target=output.wrote, args=(2 * LOW_CHARACTERS,)).start()
    await called.wait()
    output.wrote(LOW_CHARACTERS)
    await asyncio.sleep(0)
    assert times == [1]


async def test_who_need_not_wait_is_called_at_once(output: Output) -> None:
    times: list[int] = []
    output.when_ready(lambda: times.append(1))
    assert times == [1]


async def test_slices_become_what_gets_out_in_their_time_and_grow_again(output: Output) -> None:
    assert output.slice_characters is None
    output.hand_over(300_000)
    output.painted()
    clock_of(output).at_s += 0.3
    output.wrote(300_000)
    await asyncio.sleep(0)
    assert output.slice_characters == pytest.approx(300_000 * SLICE_S / 0.3)
    grown = output.slice_characters
    assert grown is not None
    for _ in range(20):
        output.hand_over(grown)
        output.wrote(grown)
        output.painted()
    assert output.slice_characters is None
    assert LARGEST_SLICE > 300_000


async def test_a_slice_never_becomes_so_small_that_drawing_is_all_there_is(output: Output) -> None:
    output.hand_over(20_000)
    output.painted()
    clock_of(output).at_s += 60.0
    output.wrote(20_000)
    await asyncio.sleep(0)
    assert output.slice_characters == SMALLEST_SLICE


async def test_a_trickle_teaches_nothing(output: Output) -> None:
    output.hand_over(100)
    output.painted()
    clock_of(output).at_s += 5.0
    output.wrote(100)
    await asyncio.sleep(0)
    assert output.slice_characters is None


async def test_one_picture_may_be_on_its_way_unseen_and_no_second(output: Output) -> None:
    sent: list[str] = []
    output.send = sent.append
    output.echoes = True
    output.hand_over(1000)
    output.ask()
    assert sent == [ECHO]
    assert not output.busy
    output.ask()
    assert sent == [ECHO]
    assert output.busy
    clock_of(output).at_s += 0.25
    output.answered()
    await asyncio.sleep(0)
    assert not output.busy
    assert output.answer_s == 0.25


async def test_where_nothing_was_drawn_nothing_is_asked(output: Output) -> None:
    sent: list[str] = []
    output.send = sent.append
    output.echoes = True
    output.hand_over(1000)
    output.ask()
    output.answered()
    await asyncio.sleep(0)
    output.hand_over(len(ECHO))
    output.ask()
    assert sent == [ECHO]


async def test_a_terminal_that_gives_no_sign_is_not_asked(output: Output) -> None:
    output.send = lambda _: pytest.fail("asked")
    output.ask()
    output.ask()
    assert not output.busy


async def test_a_sign_that_does_not_come_is_given_up_and_one_that_comes_late_welcome(output: Output) -> None:
    output.send = lambda _: None
    output.echoes = True
    output.hand_over(1000)
    output.ask()
    output.ask()
    assert output.busy
    asked_s = output._asked_s
    assert asked_s is not None
    clock_of(output).at_s += ANSWER_LIMIT_S
    output._give_up(asked_s)
    assert not output.busy
    assert not output.echoes
    output.answered()
    await asyncio.sleep(0)
    assert output.echoes


async def test_without_a_look_at_the_file_a_slow_hand_over_is_the_sign(output: Output) -> None:
    output.measured = False
    output.handed_over(0.01)
    assert not output.busy
    output.handed_over(0.2)
    assert output.busy
    clock_of(output).at_s += 2.1
    assert not output.busy


class Broken(io.StringIO):
    """A terminal that has gone away."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


async def test_a_terminal_that_is_gone_is_told_once_and_takes_everything(output: Output) -> None:
    gone = asyncio.Event()
    output.on_gone = gone.set
    outlet = Outlet(Broken(), output)
    output.hand_over(30_000)
    await asyncio.to_thread(outlet.write, "x" * 30_000)
    await gone.wait()
    assert output.gone
    assert not output.busy
    await asyncio.to_thread(outlet.write, "more")


async def test_what_is_written_is_counted_piece_by_piece(output: Output) -> None:
    file = io.StringIO()
    output.hand_over(100_000)
    await asyncio.to_thread(Outlet(file, output).write, "y" * 100_000)
    assert file.getvalue() == "y" * 100_000
    assert not output.busy
