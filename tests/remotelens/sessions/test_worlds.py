import os
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from remotelens.errors import InputError, MissingComponent
from remotelens.sessions.worlds import find_world


def points(monkeypatch: pytest.MonkeyPatch, *found: EntryPoint) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: list(found))


def test_a_world_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    points(
        monkeypatch,
        EntryPoint("b", "os:path", "remotelens.worlds"),
        EntryPoint("a", "os:sep", "remotelens.worlds"),
    )

    first: Any = find_world()
    assert first is os.sep
    named: Any = find_world("b")
    assert named is os.path


def test_without_worlds_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch)
    with pytest.raises(MissingComponent, match="emulated cameras"):
        find_world()


def test_a_world_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, EntryPoint("a", "os:sep", "remotelens.worlds"))
    with pytest.raises(InputError, match="there are a"):
        find_world("b")


def test_a_world_whose_parts_are_missing_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, EntryPoint("a", "no_such_module_here:make", "remotelens.worlds"))
    with pytest.raises(MissingComponent, match="no_such_module_here"):
        find_world()
