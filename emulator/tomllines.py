"""Where in a TOML file something stands, and which word was meant: for messages about mistakes in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what may have been meant, or what there is."""
    known = list(known)
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"


def steps_of(path: str) -> list[str | int]:
    """`.layer[2].shape[0].radius` as its steps."""
    return [
        int(part[1:-1]) if part.startswith("[") else part
        for part in re.findall(r"\[\d+\]|[^.\[\]]+", path)
        if part != "[...]"
    ]


def line_of(text: str, path: list[str | int]) -> int:
    """The line a value stands on: its table's heading, then its key below it; 1 where neither is found."""
    lines = text.splitlines()
    at, heading = 0, ""
    names = [part for part in path if isinstance(part, str)]
    for position, part in enumerate(path):
        if not isinstance(part, str):
            continue
        heading = f"{heading}.{part}" if heading else part
        count = path[position + 1] if position + 1 < len(path) and isinstance(path[position + 1], int) else 0
        found = _find_heading(lines, at, heading, int(count))
        if found is None:
            break
        at = found
    for number in range(at, len(lines)):
        if number > at and lines[number].startswith("["):
            break
        if re.match(rf"\s*{re.escape(names[-1])}\s*=" if names else r"$^", lines[number]):
            return number + 1
    if len(names) > 1:
        inline = re.compile(rf"\s*{re.escape(names[-2])}\s*=.*[{{,\s]\"?{re.escape(names[-1])}\"?\s*=")
        for number in range(at, len(lines)):
            if inline.match(lines[number]):
                return number + 1
    for number in range(at, len(lines)):
        if names and re.search(rf"\b{re.escape(names[-1])}\s*=", lines[number]):
            return number + 1
    return at + 1


def _find_heading(lines: list[str], start: int, heading: str, count: int) -> int | None:
    for number in range(start, len(lines)):
        if lines[number].strip() in (f"[{heading}]", f"[[{heading}]]"):
            if count == 0:
                return number
            count -= 1
    return None
