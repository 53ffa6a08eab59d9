"""The dashboard's command: what it needs, and what it says when that is not there."""

from __future__ import annotations

import sys

import pytest

from remotelens.cli.commands import dashboard
from remotelens.cli.main import main
from tests.programs import Here


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["dashboard", *words])
    code = left.value.code
    assert isinstance(code, int)
    return code


def test_without_textual_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dashboard, "find_spec", lambda _: None)
    assert run() == 1
    assert "pip install 'remotelens[dashboard]'" in capsys.readouterr().err


def test_without_a_terminal_it_says_so_and_names_what_needs_none(here: Here) -> None:
    answer = here.remotelens("dashboard", "--json")
    assert answer.code == 1
    assert answer.json["error"]["type"] == "MissingComponent"
    assert "needs a terminal" in answer.stderr
    assert "status --watch" in answer.stderr


def test_a_demo_and_a_camera_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run("--demo", "10.0.0.1") == 2
    assert "--demo brings its own camera" in capsys.readouterr().err


def test_the_help_names_the_folder_and_the_demo(here: Here) -> None:
    answer = here.remotelens("dashboard", "--help")
    assert answer.code == 0
    assert "--demo" in answer.stdout
    assert "-o DIR" in answer.stdout
    assert "? shows the keys" in answer.stdout
