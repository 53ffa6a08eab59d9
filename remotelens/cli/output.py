"""The only place of the client that prints: results to stdout, words to stderr.

A run's result is one dict; text and JSON are both made from it, so that they cannot disagree. What a stream
cannot take is told here once: stdout as `ReaderGone` or `DiskFull`, stderr not at all.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import click

from remotelens.errors import DiskFull, ExitCode, RemoteLensError
from remotelens.protocol.text import plain

SCHEMA = 1


class ReaderGone(RemoteLensError):
    """Nobody reads stdout any more, as after ``| head``: an ordinary end, of which nothing is told."""

    exit_code = ExitCode.DONE


class Painted(NamedTuple):
    """A line with parts in colour, for terminals that show colours."""

    text: str
    parts: tuple[tuple[str, int, int], ...]
    """The style, the first character and the one behind the last, of each."""


def soften() -> None:
    """Let stdout and stderr replace what their encoding has no form for; else that would end the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Turn what stdout cannot take into our own errors, and let it swallow what follows.

    Raises:
        ReaderGone: nobody reads it any more.
        DiskFull: it stands on a disk that takes no more.
    """
    try:
        yield
    except RemoteLensError:
        raise  # some of ours are OSErrors as well
    except OSError as error:
        _swallow(sys.stdout)
        if error.errno in (errno.EPIPE, errno.EINVAL):  # Windows calls a closed pipe invalid
            raise ReaderGone("nobody reads stdout any more") from error
        reason = (error.strerror or type(error).__name__).lower()
        raise DiskFull(f"stdout takes no more: {reason}", remedy="see where it goes") from error


def _swallow(stream: TextIO) -> None:
    """Send a stream's rest nowhere; Python would complain of it at its end."""
    with contextlib.suppress(OSError, ValueError):
        number = stream.fileno()
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), number)


def print_text(line: str | Painted) -> None:
    """Print one line of a result."""
    with writing():
        print(plain(line, keeping="\n\t") if isinstance(line, str) else _painted(line), flush=True)


def _painted(line: Painted) -> str:
    """Return a line as stdout shows it; what stands in it may come from anybody, the colours are ours."""
    text = plain(line.text)
    if not sys.stdout.isatty():
        return text
    from rich.console import Console
    from rich.text import Text

    painted = Text(text)
    for style, start, end in line.parts:
        painted.stylize(style, start, end)
    console = Console(highlight=False, soft_wrap=True)
    with console.capture() as captured:
        console.print(painted, end="")
    return captured.get()


def write_bytes(data: bytes) -> None:
    """Write a part of a result that is no text."""
    with writing():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def print_object(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, led by its schema number."""
    is_ascii = "utf" not in (getattr(sys.stdout, "encoding", None) or "").lower()
    text = json.dumps({"schema": SCHEMA, **value}, ensure_ascii=is_ascii, default=_plain)
    if plain(text) != text:
        # The reader gets every character, and a terminal none that it would obey.
        text = json.dumps({"schema": SCHEMA, **value}, default=_plain)
    print_text(text)


def _plain(value: object) -> str:
    """Return what JSON has no form for as text: times in UTC with milliseconds, paths as they are."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)


def print_words(text: str) -> None:
    """Print words for the person watching, on stderr; one that takes nothing hinders no work."""
    try:
        print(plain(text, keeping="\n\t"), file=sys.stderr, flush=True)
    except OSError:
        _swallow(sys.stderr)


def error_object(error: BaseException, exit_code: int) -> dict[str, Any]:
    """Return an error as the `error` member of a JSON answer."""
    if isinstance(error, RemoteLensError):
        return {
            "type": type(error).__name__,
            "exit": exit_code,
            "camera": error.camera,
            "message": error.message,
            "remedy": error.remedy,
            "code": error.code,
        }
    return {
        "type": type(error).__name__,
        "exit": exit_code,
        "camera": None,
        "message": str(error) or type(error).__name__,
        "remedy": None,
        "code": None,
    }


def error_line(error: BaseException) -> str:
    """Return an error as one line: what happened, which camera, what to try."""
    if isinstance(error, RemoteLensError):
        return f"remotelens: {' '.join(str(error).split())}"
    return f"remotelens: unexpected {type(error).__name__}: {' '.join(str(error).split())} (-v shows where)"


def report_usage_error(error: click.ClickException, *, as_json: bool) -> None:
    """Tell of a command line that cannot be understood."""
    print_words(_shown(error))
    if as_json:
        message = error.format_message()
        print_object(
            {
                "error": {
                    "type": "UsageError",
                    "exit": int(ExitCode.USAGE),
                    "camera": None,
                    "message": message,
                    "remedy": "see --help",
                    "code": None,
                }
            }
        )


def _shown(error: click.ClickException) -> str:
    """Return a usage error as click shows it."""
    text = io.StringIO()
    error.show(file=text)
    return text.getvalue().rstrip("\n")
