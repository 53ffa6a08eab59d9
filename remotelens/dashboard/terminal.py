"""The terminal as a thing that can be slow, or gone: the one place that looks below Textual's surface.

Textual writes in a thread of its own, from a queue of 30 texts whose `put` blocks the event loop when it is
full: a terminal that drains 2 MB/s makes the loop 70 to 90 ms late (performance.md 4). So what was handed
over and what was written are counted here; whoever would draw while `Output.busy` waits for `when_ready`, and
the queue never holds more than what was drawn last.

What is leaned on, and checked by name in `tests/remotelens/dashboard/test_driver.py`: a driver keeps the
file that it writes to as `_file` and hands it to its thread when it starts. Where that is not so, how long
handing over takes is the measure. And it reads a new size in a signal handler, which it sets when it starts.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from typing import Any, TextIO

from textual import events, messages
from textual.app import App, ScreenError
from textual.driver import Driver
from textual.message import Message

from remotelens.clock import Clock

CHUNK_CHARACTERS = 8192
LOW_CHARACTERS = 8192
MOST_TEXTS = 6
SLICE_S = 0.02
SMALLEST_SLICE, LARGEST_SLICE = 4096, 1_000_000
SLOW_HANDOVER_S = 0.05
MOST_UNSEEN = 1
ANSWER_LIMIT_S = 3.0
MOST_WAITING_MESSAGES = 256
FEW_WAITING_MESSAGES = 16
LOOK_S = 0.005
ENDING_LOOKS = 600
ECHO = "\x1b[?2026$p"


class Output:
    """How far the terminal is behind. Its methods belong to the event loop's thread, but where they say so.

    Beside what this host's end has taken, `ask` has the terminal itself give a sign: over a network, what is
    written has not been seen yet. It is the question whether it draws in one go, which Textual asks, too.

    Attributes:
        slice_characters: how much to draw at once, so that what a key leads to need not wait long behind it;
            None for as much as there is.
        gone: whether the terminal takes nothing any more.
        on_gone: called when that happens.
        measured: whether each piece written is told, by `wrote`.
        echoes: whether the terminal gives signs.
        send: writes text to the terminal; None without one.
        on_painted: called each time the application has drawn.
        answer_s: how long the terminal's last sign took.
    """

    def __init__(self, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = clock
        self._loop = loop
        self._handed = 0
        self._written = 0
        self._handed_texts = 0
        self._written_texts = 0
        self._before = 0
        self._drawn: tuple[float, int] | None = None
        self._slow_until_s = 0.0
        self._asked_s: float | None = None
        self._unseen = 0
        self._told = 0
        self._waiting: list[Callable[[], None]] = []
        self.slice_characters: int | None = None
        self.gone = False
        self.on_gone: Callable[[], None] | None = None
        self.measured = False
        self.echoes = False
        self.send: Callable[[str], None] | None = None
        self.on_painted: Callable[[], None] | None = None
        self.answer_s = 0.0

    @property
    def busy(self) -> bool:
        """Whether so much is under way that drawing should wait."""
        now_s = self._clock.monotonic()
        behind = self._behind if self.measured else now_s < self._slow_until_s
        return behind or (self._asked_s is not None and self._unseen >= MOST_UNSEEN)

    @property
    def finished(self) -> bool:
        """Whether all that was handed over was written, as far as that can be seen."""
        return self._handed == self._written

    @property
    def _behind(self) -> bool:
        """Whether much is under way: many characters, or many texts, of which the queue has only so many."""
        texts = self._handed_texts - self._written_texts
        return self._handed - self._written > LOW_CHARACTERS or texts > MOST_TEXTS

    @property
    def handed_characters(self) -> int:
        """All that was given to the terminal so far."""
        return self._handed

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Have the callback called, once, as soon as the output is not busy; perhaps at once."""
        if not self.busy:
            callback()
        elif callback not in self._waiting:
            self._waiting.append(callback)

    def painted(self) -> None:
        """Say that the application has drawn what there was to draw."""
        if self._drawn is None:
            self._drawn = self._clock.monotonic(), self._before
        self._before = self._handed
        self._learn()
        if self.on_painted is not None:
            self.on_painted()

    def hand_over(self, characters: int) -> None:
        """Count text that is about to be given to the writing thread."""
        self._handed += characters
        self._handed_texts += 1

    def handed_over(self, took_s: float) -> None:
        """Take note of how long giving took, where nothing else can be measured."""
        if not self.measured and took_s > SLOW_HANDOVER_S:
            wait_s = 10 * took_s
            self._slow_until_s = self._clock.monotonic() + wait_s
            self._loop.call_later(wait_s, self._look)

    def wrote(self, characters: int, *, last: bool = True) -> None:
        """Count text that was taken; called in the writing thread, which alone changes this count.

        Args:
            characters: how much.
            last: whether the text that was handed over ends with it.
        """
        self._written += characters
        self._written_texts += last
        if not self._behind:
            self._in_loop(self._look)

    def lost(self) -> None:
        """Say that the terminal is gone; called in the writing thread."""
        if not self.gone:
            self.gone = True
            self._in_loop(self._tell_gone)

    def ask(self) -> None:
        """Say that a picture is out, and ask the terminal for a sign that it has got this far.

        One question at a time: signs look all alike. The next picture may go out before the sign comes, the
        one after that waits for it.
        """
        if self._asked_s is not None:
            self._unseen += 1
        elif self.echoes and self.send is not None and self._handed > self._told:
            self._told = self._handed + len(ECHO)
            self._asked_s = self._clock.monotonic()
            self._unseen = 0
            self._loop.call_later(ANSWER_LIMIT_S, self._give_up, self._asked_s)
            self.send(ECHO)

    def answered(self) -> None:
        """Take note of an echo; called in the reading thread."""
        self._in_loop(self._take_answer)

    def _take_answer(self) -> None:
        self.echoes = True
        if self._asked_s is not None:
            self.answer_s = self._clock.monotonic() - self._asked_s
            self._asked_s = None
        self._look()

    def _give_up(self, asked_s: float) -> None:
        """Wait no longer for a sign; if it comes all the same, signs are asked for again."""
        if self._asked_s == asked_s:
            self._asked_s = None
            self.echoes = False
            self._look()

    def _in_loop(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            self._waiting.clear()  # the loop ended before the last line was written: nobody waits

    def _tell_gone(self) -> None:
        if self.on_gone is not None:
            self.on_gone()

    def _look(self) -> None:
        self._learn()
        if self._waiting and not self.busy:
            waiting, self._waiting = self._waiting, []
            for callback in waiting:
                callback()

    def _learn(self) -> None:
        """Learn how much may be drawn at once from how long the last drawing took to get out."""
        if self._drawn is None or self._behind:
            return
        (drawn_s, start), self._drawn = self._drawn, None
        took_s, drawn = self._clock.monotonic() - drawn_s, self._handed - start
        if drawn < SMALLEST_SLICE:
            return
        if took_s > 1.5 * SLICE_S:
            self.slice_characters = max(SMALLEST_SLICE, int(drawn * SLICE_S / took_s))
        elif took_s < SLICE_S / 2 and self.slice_characters is not None:
            doubled = 2 * self.slice_characters
            self.slice_characters = doubled if doubled <= LARGEST_SLICE else None


class Outlet:
    """The file that Textual's thread writes to: tells what was taken, and outlives the terminal.

    Args:
        file: the terminal.
        output: is told.
    """

    def __init__(self, file: TextIO, output: Output) -> None:
        self._file = file
        self._output = output
        output.measured = True

    def write(self, text: str) -> int:
        """Write, piece by piece; without a terminal the text goes nowhere."""
        for start in range(0, len(text), CHUNK_CHARACTERS):
            piece = text[start : start + CHUNK_CHARACTERS]
            if not self._output.gone:
                try:
                    self._file.write(piece)
                    self._file.flush()
                except (OSError, ValueError):
                    self._output.lost()
            self._output.wrote(len(piece), last=start + CHUNK_CHARACTERS >= len(text))
        return len(text)

    def flush(self) -> None:
        """Do nothing: each piece was flushed."""

    def fileno(self) -> int:
        """Return the terminal's file descriptor."""
        return self._file.fileno()

    def isatty(self) -> bool:
        """Return what the terminal says."""
        return self._file.isatty()


class _Watch(Driver):
    """What is put in front of a driver: counts what goes out, and bounds what comes in.

    The thread that reads keys and mouse waits while the application has many of them before it, so a flood
    stays with whoever sends it; movements of the mouse are left out first.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._sent = 0
        self._arrived = 0
        self._pause = threading.Event()
        output = getattr(app, "output", None)
        self._output: Output | None = output if isinstance(output, Output) else None
        file = getattr(self, "_file", None)
        if self._output is not None:
            self._output.send = self.write
            if file is not None:
                self._file = Outlet(file, self._output)

    def start_application_mode(self) -> None:
        """Start, and have changes of the size looked at one after the other.

        Python runs a signal's handler in the middle of the handler of the signal before, so of two sizes the
        older could be told last. In the event loop none interrupts another, and each reads what is true then.
        """
        number = getattr(signal, "SIGWINCH", None)
        before = signal.getsignal(number) if number is not None else None
        super().start_application_mode()  # type: ignore[safe-super]  # a real driver stands behind this one
        if number is not None:
            handler = signal.getsignal(number)
            if callable(handler) and handler is not before:
                self._loop.add_signal_handler(number, handler, number, None)

    def write(self, data: str) -> None:
        """Write, and count it; nothing is no text, and no piece of it would be told as written."""
        output = self._output
        if not data:
            return
        if output is None:
            super().write(data)  # type: ignore[safe-super]  # a real driver stands behind this one
            return
        output.hand_over(len(data))
        started_s = self._loop.time()
        super().write(data)  # type: ignore[safe-super]  # as above
        output.handed_over(self._loop.time() - started_s)

    def process_message(self, message: Message) -> None:
        """Pass on what the terminal sent; called in the reading thread."""
        if isinstance(message, messages.TerminalSupportsSynchronizedOutput) and self._output is not None:
            self._output.answered()
        if isinstance(message, events.MouseMove) and self._waiting() > FEW_WAITING_MESSAGES:
            return
        super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Give a message to the application once it has room for it; called in the reading thread."""
        while self._waiting() >= MOST_WAITING_MESSAGES and self._app.is_running:
            self._pause.wait(LOOK_S)  # nobody sets it: a pause that needs no clock
        self._sent += 1
        try:
            self._loop.call_soon_threadsafe(self._arrive, message)
        except RuntimeError:
            return  # the loop has ended, and with it whoever would want the message

    def close(self) -> None:
        """Write what is left, but do not wait without end for a terminal that takes nothing."""
        output = self._output
        if output is not None and output.measured:
            for _ in range(ENDING_LOOKS):
                if output.finished:
                    break
                self._pause.wait(LOOK_S)
            else:
                return  # the writing thread ends with the process
        super().close()

    def _arrive(self, message: Message) -> None:
        self._arrived += 1
        self._app.post_message(message)

    def _waiting(self) -> int:
        """Return how many messages the application has before it, wherever they have got to."""
        waiting = self._sent - self._arrived + self._app.message_queue_size
        try:
            screen = self._app.screen
        except ScreenError:
            return waiting
        focused = screen.focused
        return waiting + screen.message_queue_size + (focused.message_queue_size if focused else 0)


def watched(driver_class: type[Driver]) -> type[Driver]:
    """Return the driver with its output counted and its input bounded; for an app with an `output`."""
    return type(f"Watched{driver_class.__name__}", (_Watch, driver_class), {})
