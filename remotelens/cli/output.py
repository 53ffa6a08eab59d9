"""The only place of the client that prints: results to stdout, words to stderr.

A run's result is one dict; text and JSON are both made from it, so that they cannot disagree.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from remotelens.errors import ExitCode, RemoteLensError

SCHEMA = 1


def print_text(text: str) -> None:
    """Print one line of a result."""
    print(text, flush=True)


def print_object(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, led by its schema number."""
    print(json.dumps({"schema": SCHEMA, **value}, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: object) -> str:
    """Return what JSON has no form for as text: times in UTC with milliseconds, paths as they are."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)


def print_words(text: str) -> None:
    """Print words for the person watching, on stderr."""
    print(text, file=sys.stderr, flush=True)


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
    error.show(file=sys.stderr)
