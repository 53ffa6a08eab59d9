"""The project's two programs as a test runs them: in processes and an environment of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 50


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on its stdout."""
        value: dict[str, Any] = json.loads(self.stdout)
        assert value["schema"] == 1
        return value


@dataclass(frozen=True)
class Here:
    """A folder to run programs in, with configuration and state of its own."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the programs see of this process's environment, and where their folders are."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REMOTELENS_")}
        return {
            **kept,
            "REMOTELENS_CONFIG_DIR": str(self.folder / "config"),
            "REMOTELENS_STATE_DIR": str(self.folder / "state"),
        }

    @property
    def seed(self) -> str:
        """For a camera of its own: the searches of other tests that run beside this one reach it, too."""
        return str(zlib.crc32(str(self.folder).encode()) % 100_000)

    def remotelens(self, *words: str, stdin: str | None = None, **more: str) -> Ended:
        """Run the client to its end."""
        answer = subprocess.run(
            [sys.executable, "-m", "remotelens", *words],
            cwd=self.folder,
            env={**self.environment, **more},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        return Ended(answer.returncode, answer.stdout, answer.stderr)

    def bytes_of(self, *words: str) -> bytes:
        """Run the client to its end, which must be a good one, and return its stdout as it is."""
        command = [sys.executable, "-m", "remotelens", *words]
        answer = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=True, timeout=LIMIT_S
        )
        return answer.stdout

    @contextmanager
    def started(self, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """Run the client while the block runs; whatever happens, it is gone afterwards."""
        process = subprocess.Popen(
            [sys.executable, "-m", "remotelens", *words],
            cwd=self.folder,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=os.name == "posix",
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    @contextmanager
    def emulator(self, *words: str) -> Iterator[Mapping[str, Any]]:
        """Run the emulator while the block runs; gives what it said when it was ready."""
        ready_file = self.folder / "ready.json"
        command = [sys.executable, "-m", "emulator", "run", "--json", "--ready-file", str(ready_file), *words]
        process = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        with process:
            assert process.stdout is not None
            try:
                ready: dict[str, Any] = json.loads(process.stdout.readline())
                yield {**ready, "ready_file": str(ready_file), "process": process}
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                try:
                    code = process.wait(LIMIT_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise
        assert code in (0, -signal.SIGKILL), f"the emulator ended with {code}"
