"""The terminal that is slow, or gone; and what is leaned on in Textual's inside."""

from __future__ import annotations

import asyncio
import inspect
import io
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from textual import messages
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread
from textual.events import Key, MouseMove
from textual.message import Message

from remotelens.dashboard import terminal
from remotelens.dashboard.terminal import (
    ANSWER_LIMIT_S,
    ECHO,
    LARGEST_SLICE,
    LOW_CHARACTERS,
    MOST_TEXTS,
    MOST_WAITING_MESSAGES,
    SLICE_S,
    SMALLEST_SLICE,
    Outlet,
    Output,
    watched,
)
from tests.remotelens.dashboard.clocks import HandClock


@pytest.fixture
async def output() -> AsyncIterator[Output]:
    async with asyncio.timeout(20):
        output = Output(HandClock(), asyncio.get_running_loop())
        output.measured = True
        yield output


def clock_of(output: Output) -> HandClock:
    assert isinstance(output._clock, HandClock)
    return output._clock


def test_canary_textual_hands_the_drivers_file_to_its_writing_thread() -> None:
    """The private parts of Textual that `terminal.py` leans on; if this fails, `Outlet` is not in the way."""
    linux = pytest.importorskip("textual.drivers.linux_driver")
    assert "self._file = sys.__stderr__" in inspect.getsource(linux.LinuxDriver.__init__)
    assert "WriterThread(self._file)" in inspect.getsource(linux.LinuxDriver.start_application_mode)
    assert "self._writer_thread.write(data)" in inspect.getsource(linux.LinuxDriver.write)


def test_canary_textual_reads_the_size_in_a_signal_handler_set_at_its_start() -> None:
    linux = pytest.importorskip("textual.drivers.linux_driver")
    source = inspect.getsource(linux.LinuxDriver.start_application_mode)
    assert "signal.signal(signal.SIGWINCH, on_terminal_resize)" in source


def test_canary_the_writing_thread_writes_and_flushes_that_file() -> None:
    class File(io.StringIO):
        flushed = 0

        def flush(self) -> None:
            self.flushed += 1

    file = File()
    thread = WriterThread(file)
    thread.start()
    thread.write("one")
    thread.write("two")
    thread.stop()
    assert file.getvalue() == "onetwo"
    assert file.flushed


def test_canary_the_sign_of_a_terminal_is_textuals_own_message() -> None:
    parser = pytest.importorskip("textual._xterm_parser").XTermParser()
    sent: list[Message] = list(parser.feed("\x1b[?2026;2$y"))
    assert [type(message) for message in sent] == [messages.TerminalSupportsSynchronizedOutput]
    assert ECHO == "\x1b[?2026$p"


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


class Bare(Driver):
    """A driver without anything below it."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None: ...
    def disable_input(self) -> None: ...
    def stop_application_mode(self) -> None: ...


class Sink(App[None]):
    """An application that takes nothing from its queue, since it does not run."""

    def __init__(self, output: Output | None = None) -> None:
        super().__init__()
        self.output = output

    @property
    def is_running(self) -> bool:
        return True


async def test_a_driver_without_a_file_is_only_timed(output: Output) -> None:
    output.measured = False
    driver = watched(Bare)(Sink(output))
    driver.write("hello")
    assert isinstance(driver, Bare)
    assert driver.written == ["hello"]
    assert output.handed_characters == 5
    assert not output.measured
    assert output.send == driver.write


class Filed(Bare):
    """A driver that writes to a file, as Textual's do."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._file: Any = io.StringIO()

    def write(self, data: str) -> None:
        self._file.write(data)


async def test_writing_nothing_leaves_nothing_under_way(output: Output) -> None:
    driver = watched(Filed)(Sink(output))
    for text in [""] * (MOST_TEXTS + 1) + ["hello"]:
        driver.write(text)
    assert not output.busy
    assert output.finished


async def test_a_terminal_that_takes_nothing_does_not_keep_it_from_ending(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "ENDING_LOOKS", 3)
    closed: list[str] = []
    monkeypatch.setattr(Bare, "close", lambda _: closed.append("closed"))
    driver = watched(Bare)(Sink(output))
    output.hand_over(100)
    driver.close()
    assert not closed
    output.wrote(100)
    driver.close()
    assert closed == ["closed"]


class Resized(Bare):
    """A driver that tells sizes as Textual's does; its terminal changes again while the first is read."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.size = 80
        self.told: list[int] = []
        self.both_told = asyncio.Event()

    def start_application_mode(self) -> None:
        def on_terminal_resize(*_: object) -> None:
            size = self.size
            if size == 1:
                self.size = 20
                signal.raise_signal(signal.SIGWINCH)
            self._loop.call_soon(self._tell, size)

        signal.signal(signal.SIGWINCH, on_terminal_resize)

    def _tell(self, size: int) -> None:
        self.told.append(size)
        if len(self.told) == 2:
            self.both_told.set()


@pytest.fixture
def signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGWINCH)
    yield
    signal.signal(signal.SIGWINCH, before)


@pytest.mark.skipif(not hasattr(signal, "SIGWINCH"), reason="signals of that kind are POSIX")
@pytest.mark.usefixtures("signals")
async def test_the_last_of_sizes_that_come_within_each_other_is_told_last(output: Output) -> None:
    """Python lets a signal interrupt the handler of the one before: the older size came after the newer."""
    driver = watched(Resized)(Sink(output))
    assert isinstance(driver, Resized)
    driver.start_application_mode()
    driver.size = 1
    signal.raise_signal(signal.SIGWINCH)
    async with asyncio.timeout(20):
        await driver.both_told.wait()
    assert driver.told == [1, 20]


async def test_an_application_without_an_output_has_its_driver_as_it_is() -> None:
    driver = watched(Bare)(Sink())
    driver.write("hello")
    assert isinstance(driver, Bare)
    assert driver.written == ["hello"]


async def test_a_flood_of_mouse_movements_is_left_out_and_one_of_keys_waits_outside(output: Output) -> None:
    app = Sink(output)
    driver = watched(Bare)(app)
    held_back = threading.Event()

    def flood() -> None:
        for number in range(5000):
            driver.process_message(MouseMove(None, number, 0, 0, 0, 0, False, False, False))
        for _ in range(2 * MOST_WAITING_MESSAGES):
            driver.process_message(Key("a", "a"))
        held_back.set()

    thread = threading.Thread(target=flood, daemon=True)
    thread.start()
    most = 0
    while not held_back.is_set():
        most = max(most, app.message_queue_size)
        for _ in range(app.message_queue_size):
            app._message_queue.get_nowait()
        await asyncio.sleep(0)
    assert most <= MOST_WAITING_MESSAGES + 1
    thread.join(5)
