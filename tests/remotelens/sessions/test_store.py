"""Sessions by id: made, found, listed, held by one process."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from remotelens.errors import InputError
from remotelens.sessions.store import NoSuchSession, SessionBusy, create, find, listed

NOW = datetime(2026, 11, 25, 18, 31, 5, tzinfo=UTC)


def test_a_session_is_found_by_its_id_and_by_its_folder(tmp_path: Path) -> None:
    place = create("dusk", tmp_path / "pictures", NOW)
    place.journal.touch()
    assert place.id == "dusk-20261125-183105"
    assert find(place.id) == place
    assert find(str(tmp_path / "pictures")) == place
    assert listed() == [place]


def test_two_sessions_of_one_second_have_different_ids(tmp_path: Path) -> None:
    first = create("dusk", tmp_path / "a", NOW)
    second = create("dusk", tmp_path / "b", NOW)
    assert (first.id, second.id) == ("dusk-20261125-183105", "dusk-20261125-183105-2")


def test_sessions_made_at_the_same_moment_have_different_ids(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        places = list(threads.map(lambda _: create("dusk", None, NOW), range(8)))
    assert len({place.id for place in places}) == len({place.folder for place in places}) == 8
    assert {place.id for place in listed()} == {place.id for place in places}


def test_a_folder_with_a_session_is_not_used_for_another(tmp_path: Path) -> None:
    create("dusk", tmp_path / "a", NOW).journal.touch()
    with pytest.raises(InputError, match="holds a session already"):
        create("dawn", tmp_path / "a", NOW)


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(NoSuchSession, match="there is no session 'noon'"):
        find("noon")


def test_a_session_whose_folder_is_gone_is_not_found_and_its_id_not_given_again(tmp_path: Path) -> None:
    place = create("dusk", tmp_path / "usb", NOW)
    with pytest.raises(NoSuchSession, match=f"its journal is not in {tmp_path / 'usb'}"):
        find(place.id)
    assert create("dusk", tmp_path / "b", NOW).id != place.id


def test_a_session_is_held_by_one_process_and_freed_by_its_death(tmp_path: Path) -> None:
    place = create("dusk", tmp_path / "a", NOW)
    place.journal.touch()
    program = (
        "import sys; from pathlib import Path; from remotelens.sessions.store import SessionPlace\n"
        f"with SessionPlace({place.id!r}, Path({str(place.folder)!r})).locked():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert place.is_running()
        with pytest.raises(SessionBusy, match="another process"), place.locked():
            pass
        holder.kill()
    assert not place.is_running()
