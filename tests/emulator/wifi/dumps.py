"""Reads the console dumps of Bloodevil/sony_camera_api: what a real camera listed and answered.

A dump is a Python representation of decoded JSON, so it tells names, values and order in lists, not bytes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

_TRYING = "trying '"


@dataclass(frozen=True)
class Dump:
    """What one dump holds.

    Attributes:
        available: the names of getAvailableApiList.
        answers: the results by method.
        forbidden: methods that were answered with HTTP 403.
    """

    available: list[str]
    answers: dict[str, list[Any]] = field(default_factory=dict)
    forbidden: frozenset[str] = frozenset()


def read(path: Path) -> Dump:
    """Return what a dump holds."""
    answers: dict[str, list[Any]] = {}
    forbidden: set[str] = set()
    lines = path.read_text(encoding="utf-8").splitlines()
    for line, following in pairwise(lines):
        if not line.startswith(_TRYING):
            continue
        method = line.removeprefix(_TRYING).partition("(")[0]
        if "403" in following:
            forbidden.add(method)
        elif following.startswith("{"):
            answers[method] = _unescaped(ast.literal_eval(following))["result"]
    (available,) = answers.pop("getAvailableApiList")
    return Dump(available, answers, frozenset(forbidden))


def _unescaped(value: Any) -> Any:
    """Undo what evaluating JSON text as Python left behind: ``1\\/50`` is 1/50."""
    if isinstance(value, dict):
        return {key: _unescaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unescaped(item) for item in value]
    return value.replace("\\/", "/") if isinstance(value, str) else value
