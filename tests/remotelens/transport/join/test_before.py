"""Notes of what the host's Wi-Fi was on: held by the living, left by the dead, never in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("notes are kept where NetworkManager is", allow_module_level=True)

from remotelens.transport.join.before import Before, any_kept, keep, left_behind

HOME = Before("wlan7", "11111111-2222-3333-4444-555555555555")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REMOTELENS_STATE_DIR", str(tmp_path))
    return tmp_path / "wifi"


def test_at_first_there_is_none() -> None:
    assert not any_kept()
    assert left_behind() == []


def test_a_note_that_somebody_holds_is_not_left_behind() -> None:
    note = keep(HOME)
    assert note is not None
    assert any_kept()
    assert left_behind() == []
    note.clear()
    assert not any_kept()
    note.clear()


def test_a_note_of_a_process_that_was_killed_is_found_once() -> None:
    program = (
        "import os, signal\n"
        "from remotelens.transport.join.before import Before, keep\n"
        f"kept = keep(Before({HOME.interface!r}, {HOME.connection!r}))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=False)
    (note,) = left_behind()
    assert note.before == HOME
    assert left_behind() == []
    note.clear()
    assert left_behind() == []


def test_two_runs_with_one_interface_keep_the_first_ones_note() -> None:
    first = keep(HOME)
    assert first is not None
    assert keep(Before(HOME.interface, "another")) is None
    first.let_be()
    (note,) = left_behind()
    assert note.before == HOME
    note.clear()


def test_a_note_that_was_left_is_replaced_by_the_next_join() -> None:
    first = keep(HOME)
    assert first is not None
    first.let_be()
    second = keep(Before(HOME.interface, "another"))
    assert second is not None
    assert second.before.connection == "another"
    second.clear()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"interface": "wlan7"}', "\0" * 9000])
def test_what_is_no_note_is_passed_over(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "wlan7.json").write_text(text)
    assert left_behind() == []


def test_a_folder_that_cannot_be_written_is_no_obstacle(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file")
    assert keep(HOME) is None
    assert not any_kept()
