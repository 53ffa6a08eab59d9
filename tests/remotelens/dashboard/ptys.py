"""A program in a pseudo-terminal, and what it shows there, by a terminal that is not ours: pyte."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX")
termios = pytest.importorskip("termios")
fcntl = pytest.importorskip("fcntl")
pyte = pytest.importorskip("pyte")

ROOT = Path(__file__).resolve().parents[3]
LIMIT_S = 45.0
QUESTION, ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"
DRAWN = b"\x1b[?2026l"
NOT_ITS_OWN = ("NO_COLOR", "TMUX", "TERM_PROGRAM", "COLUMNS", "LINES")
# What pyte prints instead of ignoring: mode questions, kitty's keyboard, what is asked before the start.
_UNKNOWN = re.compile(rb"\x1b\[\?\d+\$p|\x1b\[[<>=][\d;]*[uq]|\x1b_[^\x1b]*\x1b\\|\x1b\[16t")
_RGB = re.compile(r"[0-9a-f]{6}")


class Pty:
    """One program and its terminal, which takes output at once: a thread reads, and pyte looks at it later.

    Attributes:
        screen: what pyte makes of the output.
        output: everything that came, in bytes.
    """

    def __init__(self, process: subprocess.Popen[bytes], master: int, columns: int, rows: int) -> None:
        self.process = process
        self.master = master
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.output = bytearray()
        self._fed = 0
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self._ended = threading.Event()
        self.reading = threading.Event()
        self.reading.set()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        """Take what comes, and answer what a terminal answers, until the program has gone."""
        answered = 0
        while True:
            self.reading.wait()
            try:
                if not select.select([self.master], [], [], 0.1)[0]:
                    continue
                piece = os.read(self.master, 65536)
            except (OSError, ValueError):
                piece = b""
            with self._news:
                self.output += piece
                self._news.notify_all()
            if not piece:
                self._ended.set()
                return
            asked = self.output.count(QUESTION)
            # While something long is being sent, the answer waits: it must not come in the middle of it.
            if asked > answered and self._sending.acquire(blocking=False):
                with self._sending_done(), contextlib.suppress(OSError):
                    os.write(self.master, ANSWER * (asked - answered))
                answered = asked

    def show(self) -> None:
        """Let pyte take what has come, up to the last whole drawing."""
        end = max(self.output.rfind(DRAWN), self._fed)
        whole, self._fed = bytes(self.output[self._fed : end]), end
        self._stream.feed(_UNKNOWN.sub(b"", whole))

    def until(self, condition: Callable[[Pty], object], what: str) -> None:
        """Return when the condition holds for what is shown."""
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            ended = self._ended.is_set()
            with self._news:
                self._news.wait(0.2)
            self.show()
            if condition(self):
                return
            if ended:
                break
        shown = "\n".join(self.screen.display)
        raise AssertionError(f"never seen: {what}\n{shown}\n{bytes(self.output[-1000:])!r}")

    def shows(self, text: str) -> bool:
        return any(text in line for line in self.screen.display)

    @contextmanager
    def _sending_done(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._sending.release()

    def write(self, data: bytes) -> None:
        """Press keys, or send what else a terminal sends."""
        view = memoryview(data)
        with self._sending:
            while view:
                view = view[os.write(self.master, view[:1024]) :]

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)
        self.process.send_signal(signal.SIGWINCH)

    def cells(self) -> list[list[tuple[str, str, str]]]:
        """What stands in each cell: character, foreground, background."""
        return [
            [
                (self.screen.buffer[row][column].data, *self._colours(row, column))
                for column in range(self.screen.columns)
            ]
            for row in range(self.screen.lines)
        ]

    def _colours(self, row: int, column: int) -> tuple[str, str]:
        cell = self.screen.buffer[row][column]
        return cell.fg, cell.bg

    def stopped(self) -> bool:
        """Whether the program has stopped, as a shell sees it."""
        return os.waitpid(self.process.pid, os.WUNTRACED | os.WNOHANG)[0] == self.process.pid

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(LIMIT_S)
        self._ended.wait(5)
        return code

    def close(self) -> None:
        """Take the terminal away."""
        with contextlib.suppress(OSError):
            os.close(self.master)


def rgb(colour: str) -> tuple[int, int, int]:
    """Read one of pyte's colours."""
    assert _RGB.fullmatch(colour), colour
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


@contextmanager
def in_pty(
    words: Sequence[str], *, columns: int = 80, rows: int = 24, folder: Path, **environment: str
) -> Iterator[Pty]:
    """Run a Python module in a pseudo-terminal of its own, as a session of its own."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    variables = {
        **{key: value for key, value in os.environ.items() if key not in NOT_ITS_OWN},
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "REMOTELENS_CONFIG_DIR": str(folder / "config"),
        "REMOTELENS_STATE_DIR": str(folder / "state"),
        **environment,
    }

    def own_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=variables,
        cwd=folder,
        preexec_fn=own_terminal,  # a new process, which has one thread
    )
    os.close(slave)
    terminal = Pty(process, master, columns, rows)
    try:
        yield terminal
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        terminal.reading.set()
        terminal._ended.wait(5)
        terminal.close()
