"""The driver that is put in front of Textual's, and what is leaned on in Textual's inside."""

from __future__ import annotations

import asyncio
import inspect
import io
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from textual import messages
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.events import Key, MouseMove
from textual.message import Message

from remotelens.dashboard import terminal
from remotelens.dashboard.terminal import (
    ECHO,
    MOST_TEXTS,
    MOST_WAITING_MESSAGES,
    Output,
    watched,
)


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
