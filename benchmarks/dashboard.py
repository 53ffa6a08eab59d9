"""The dashboard in a real pseudo-terminal: updates a second, CPU, lateness of its loop, key to reaction.

The picture moves and is noisy, at 30 frames a second; the terminal is this process, which takes the output
as fast as it comes or at a given rate. The floor is a process that only writes as many bytes as often.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SIZES = ((80, 24), (160, 45), (200, 60))
ROUNDS = 3
SETTLING_S = 3.0
MEASURED_S = 8.0
FLOOR_S = 4.0
CELL = "\x1b[38;02;120;130;140;048;002;020;030;040m\u2580".encode()
KEYS = 12
NOTICE = b"focus frames "
SYNC_QUESTION, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


@contextmanager
def source(rate: float, *words: str) -> Iterator[str]:
    """Run a source of moving pictures; give its URL."""
    command = [sys.executable, "-m", "benchmarks.moving_picture", str(rate), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/liveview.JPG"
        finally:
            process.kill()


@dataclass(slots=True)
class Terminal:
    """The other end of the pseudo-terminal: drains it, at most at a rate, and looks for what it shows."""

    descriptor: int
    rate_bytes_s: float | None
    taken_bytes: int = 0
    tail: bytes = b""
    budget_s: float = field(default_factory=time.monotonic)

    def drain(self, seconds: float, until: bytes | None = None) -> bool:
        """Take output for that long, or until it shows some bytes; returns whether it did."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not select.select([self.descriptor], [], [], 0.01)[0]:
                continue
            try:
                piece = os.read(self.descriptor, 2048 if self.rate_bytes_s else 1 << 20)
            except OSError:
                return False
            if not piece:
                return False
            self.taken_bytes += len(piece)
            questions = (self.tail[1 - len(SYNC_QUESTION) :] + piece).count(SYNC_QUESTION)
            if questions:
                os.write(self.descriptor, SYNC_ANSWER * questions)
            self.tail = self.tail[-64:] + piece
            if until is not None and until in self.tail:
                self.tail = self.tail[1 - len(SYNC_QUESTION) :]
                return True
            if self.rate_bytes_s:
                self._wait(len(piece))
        return False

    def _wait(self, taken: int) -> None:
        assert self.rate_bytes_s is not None
        self.budget_s = max(self.budget_s, time.monotonic() - 0.005) + taken / self.rate_bytes_s
        time.sleep(max(0.0, self.budget_s - time.monotonic()))


def write_ready_bytes(size_bytes: int, rate: float, seconds: float) -> None:
    """Be the floor: write so many bytes to the terminal at that rate; print the part of a core it took."""
    data = (CELL * (size_bytes // len(CELL) + 1))[:size_bytes]
    started, cpu = time.monotonic(), time.process_time()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        view = memoryview(data)
        while view:
            view = view[os.write(sys.stderr.fileno(), view) :]
    sys.stdout.write(json.dumps((time.process_time() - cpu) / (time.monotonic() - started)))


def floor(size_bytes: int, rate: float) -> float:
    """Return the part of a core that writing ready bytes takes, in a pseudo-terminal like the dashboard's."""
    master, slave = pty.openpty()
    code = f"from benchmarks.dashboard import *; write_ready_bytes({size_bytes}, {rate}, {FLOOR_S})"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=slave, text=True
    ) as process:
        os.close(slave)
        Terminal(master, None).drain(FLOOR_S + 30.0)
        assert process.stdout is not None
        ratio: float = json.loads(process.stdout.read())
    os.close(master)
    return ratio


def run(url: str, columns: int, rows: int, rate_bytes_s: float | None = None) -> dict[str, Any]:
    """Run the dashboard once and return what it measured, with how long keys took."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pid, descriptor = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
            words = [sys.executable, "-m", "benchmarks.dashboard_process", url, str(report)]
            os.execv(sys.executable, words)
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        terminal = Terminal(descriptor, rate_bytes_s)
        terminal.drain(SETTLING_S + 1.0)
        before, started = terminal.taken_bytes, time.monotonic()
        terminal.drain(MEASURED_S)
        taken = (terminal.taken_bytes - before) / (time.monotonic() - started)
        reactions_ms = []
        for _ in range(KEYS):
            pressed = time.monotonic()
            os.write(descriptor, b"o")
            if terminal.drain(20.0, NOTICE):
                reactions_ms.append(1000 * (time.monotonic() - pressed))
            terminal.drain(0.7)
        os.write(descriptor, b"q")
        terminal.drain(30.0)
        os.waitpid(pid, 0)
        os.close(descriptor)
        measured: dict[str, Any] = json.loads(report.read_text())
    each = int(taken / max(1.0, measured["updates_s"]))
    return {
        **measured,
        "floor_ratio": floor(each, measured["updates_s"]),
        "bytes_s": taken,
        "keys": len(reactions_ms),
        "key_p50_ms": statistics.median(reactions_ms),
        "key_max_ms": max(reactions_ms),
    }


def tell(title: str, rounds: list[dict[str, Any]]) -> None:
    """Print the median of each figure, and its ends."""
    print(f"\n{title}")
    for name, unit, scale in (
        ("updates_s", "a second", 1.0),
        ("cpu_ratio", "% of a core", 100.0),
        ("floor_ratio", "% of a core, the bytes alone", 100.0),
        ("bytes_s", "MB/s", 1e-6),
        ("age_p50_ms", "ms", 1.0),
        ("late_p50_ms", "ms", 1.0),
        ("late_p99_ms", "ms", 1.0),
        ("key_p50_ms", "ms", 1.0),
        ("key_max_ms", "ms", 1.0),
    ):
        values = [scale * one[name] for one in rounds]
        print(f"  {name:14} {statistics.median(values):9.2f} {unit} [{min(values):.2f} .. {max(values):.2f}]")
    print(f"  quality        {re.sub('^Quality', '', rounds[-1]['quality'])}")
    sys.stdout.flush()


def main() -> None:
    """Measure the sizes, then slow terminals."""
    with source(30.0) as url:
        for columns, rows in SIZES:
            aim = " (aim >= 29 updates, <= 30 % of a core)" if columns == 160 else ""
            tell(
                f"Dashboard at {columns}×{rows}, moving noisy picture at 30 f/s{aim}",
                [run(url, columns, rows) for _ in range(ROUNDS)],
            )
        tell(
            "Terminal that takes 2 MB/s, 160×45 (aim: loop late p99 <= 20 ms, key <= 50 ms)",
            [run(url, 160, 45, 2e6) for _ in range(ROUNDS)],
        )
        tell("Terminal that takes 50 kB/s, 160×45", [run(url, 160, 45, 5e4)])
    with source(30.0, "still") as url:
        tell(
            "Still noisy scene, 160×45 (aim <= 0.3 MB/s)",
            [run(url, 160, 45) for _ in range(ROUNDS)],
        )


if __name__ == "__main__":
    main()
