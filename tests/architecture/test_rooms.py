"""Habits that no linter knows: rooms that explain themselves, one place for time, one for printing."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("remotelens", "emulator") for path in (ROOT / room).rglob("*.py"))

TIME_READERS = {
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "sleep"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("asyncio", "sleep"),
    ("asyncio", "timeout"),
    ("asyncio", "wait_for"),
}
CLOCKS = {"remotelens/clock.py", "emulator/clock.py"}
OUTSIDE_CAMERA_TIME = {
    "remotelens/cli/run.py": "the limit of the whole command is the person's time",
}


def name_of(path: Path) -> str:
    """Return the path as written in these tests."""
    return path.relative_to(ROOT).as_posix()


def test_each_folder_says_what_belongs_there() -> None:
    for path in SOURCES:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{name_of(path)} has no docstring"


def test_only_the_clocks_read_the_time_or_sleep() -> None:
    strays = []
    for path in SOURCES:
        if name_of(path) in CLOCKS or name_of(path) in OUTSIDE_CAMERA_TIME:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            if (node.value.id, node.attr) in TIME_READERS:
                strays.append(f"{name_of(path)}:{node.lineno} {node.value.id}.{node.attr}")
    assert not strays, strays


def test_files_stay_small() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    long = {name: n for name, n in lengths.items() if n > 600}
    assert not long
    ordered = sorted(lengths.values())
    assert ordered[len(ordered) // 2] <= 150
    assert ordered[int(len(ordered) * 0.9)] <= 400


def test_nothing_is_left_to_do_in_the_tree() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
    for path in SOURCES:
        text = path.read_text("utf-8")
        assert not [word for word in words if f" {word}" in text], name_of(path)
