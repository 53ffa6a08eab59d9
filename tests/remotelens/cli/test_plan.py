"""`plan`: sessions as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from remotelens.cli.commands.plan import _session
from remotelens.cli.options import General
from remotelens.cli.run import Run
from remotelens.errors import DiskFull
from remotelens.sessions.records import Kept, Record
from remotelens.sessions.runner import Runner
from remotelens.sessions.store import SessionPlace
from tests.programs import Here

QUICK = "version: 1\nname: quick\nsteps:\n  - capture: {count: 2}\n"
DUSK = "version: 1\nname: dusk\nsteps:\n  - interval: {every: 0.5s, count: 30}\n"


def write(here: Here, text: str) -> None:
    (here.folder / "plan.yaml").write_text(text, "utf-8")


def control(ready: Mapping[str, Any], path: str, value: Mapping[str, Any] | None = None) -> Any:
    """Ask the emulator's control API."""
    api = ready["control"]
    request = urllib.request.Request(
        f"{api['url']}/v1{path}",
        data=None if value is None else json.dumps(value).encode(),
        headers={"Authorization": f"Bearer {api['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_check_and_explain_need_no_camera(here: Here) -> None:
    write(here, DUSK)
    assert here.remotelens("plan", "check", "plan.yaml", "--json").json["frames"] == 30
    told = here.remotelens("plan", "explain", "plan.yaml")
    assert "every 0.5 s, 30 times" in told.stdout
    assert "is due every 0.5 s" in told.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("version: 1\nname: a\nsteps:\n  - captur: {}\n", ["plan.yaml:4", "did you mean 'capture'?"]),
        (
            "version: 1\nname: a\nsteps:\n  - set: {shuter_speed: 1/60}\n  - capture: {}\n",
            ["4", "shutter_speed"],
        ),
        ("version: 1\nname: a\nsteps:\n  - set: {shutter_speed: soon}\n  - capture: {}\n", ["4", "soon"]),
    ],
)
def test_check_refuses_with_the_line_and_a_suggestion(here: Here, text: str, words: list[str]) -> None:
    write(here, text)
    ended = here.remotelens("plan", "check", "plan.yaml")
    assert ended.code == 2
    for word in words:
        assert word in ended.stderr


def test_a_dry_run_tells_each_step_and_sends_nothing(here: Here) -> None:
    write(here, DUSK)
    items = here.remotelens("plan", "run", "plan.yaml", "--dry-run", "--json").json["items"]
    assert [item["n"] for item in items] == list(range(1, 31))
    assert items[-1]["due_s"] == 14.5


def test_a_session_is_run_listed_and_shown(here: Here, qx10: str) -> None:
    write(here, QUICK)
    told = here.remotelens("plan", "run", "plan.yaml", qx10, "--json").json
    assert {"id", "folder", "state", "finish", "planned", "frames"} <= set(told)
    assert (told["state"], told["finish"], told["planned"]) == ("ended", "complete", 2)
    (listed,) = here.remotelens("plan", "list", "--json").json["items"]
    assert listed["id"] == told["id"]
    shown = here.remotelens("plan", "show", told["id"], "--json").json
    assert shown["frames"] == told["frames"]
    assert [frame["outcome"] for frame in shown["frames"]] == ["taken", "taken"]
    assert here.remotelens("plan", "resume", told["id"], qx10).code == 2


def test_each_record_is_a_line_when_asked(here: Here, qx10: str) -> None:
    write(here, QUICK)
    ended = here.remotelens("plan", "run", "plan.yaml", qx10, "--jsonl")
    kinds = [json.loads(line)["kind"] for line in ended.stdout.splitlines()]
    assert kinds == ["began", *["intent", "taken", "kept", "done"] * 2, "ended"]


@pytest.mark.parametrize("setting", ["f_number: 2.8", "iso: 400", "self_timer: 5"])
def test_impossible_settings_are_refused_before_anything_is_sent(here: Here, setting: str) -> None:
    write(here, f"version: 1\nname: a\nsteps:\n  - set: {{{setting}}}\n  - capture: {{}}\n")
    with here.emulator("--model", "DSC-QX10@3.00", "--no-ssdp") as ready:
        ended = here.remotelens("plan", "run", "plan.yaml", f"127.0.0.1:{ready['cameras'][0]['port']}")
        asked = {entry.get("method") for entry in control(ready, "/journal")["items"]}
    assert ended.code == 2
    assert "4, set." in ended.stderr
    assert not {name for name in asked if name and name.startswith(("set", "act"))}
    assert here.remotelens("plan", "list", "--json").json["items"] == []


def test_an_interrupt_stops_after_the_frame_and_resume_goes_on(here: Here, qx10: str) -> None:
    write(here, "version: 1\nname: dusk\nsteps:\n  - interval: {every: 3s, count: 3}\n")
    with here.started("plan", "run", "plan.yaml", qx10, "-o", "pictures", "--jsonl") as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["kind"] != "intent":
            pass
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)
    assert process.returncode == 130
    told = here.remotelens("plan", "show", "pictures", "--json").json
    assert (told["finish"], told["taken"], told["left"]) == ("stopped", 1, 2)
    assert here.remotelens("plan", "resume", "pictures", qx10, "--json").json["taken"] == 3


def test_a_session_that_its_time_limit_cut_off_is_called_interrupted(here: Here, qx10: str) -> None:
    write(here, "version: 1\nname: dusk\nsteps:\n  - interval: {every: 60s, count: 3}\n")
    ended = here.remotelens("plan", "run", "plan.yaml", qx10, "-o", "pictures", "--json", "--timeout", "5")
    assert (ended.code, ended.json["state"], ended.json["finish"]) == (124, "interrupted", None)
    assert here.remotelens("plan", "show", "pictures", "--json").json["state"] == "interrupted"


async def test_what_ended_a_session_is_told_though_its_journal_cannot_be_read_any_more(
    tmp_path: Path,
) -> None:
    async def lost_its_disk(_tell: object, begun: Callable[..., None]) -> tuple[SessionPlace, None]:
        begun(SessionPlace("dusk", tmp_path / "gone"), Runner.__new__(Runner))
        raise DiskFull("journal.jsonl cannot be written: Input/output error")

    with pytest.raises(DiskFull):
        await _session(Run(General(quiet=True)), lost_its_disk)


async def test_each_raw_file_is_told_when_it_is_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def bring(tell: Callable[[Record], None], _begun: object) -> tuple[SessionPlace, None]:
        for name, kind in (("a_000007.JPG", "original"), ("a_000007.ARW", "raw")):
            tell(Kept(at="", n=7, path=name, sha256="", size_bytes=1, file_kind=kind))
        raise DiskFull("no room left")

    with pytest.raises(DiskFull):
        await _session(Run(General()), bring)
    assert capsys.readouterr().err == "     7  raw file is here: a_000007.ARW\n"


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_a_full_disk_stops_the_session_and_leaves_the_frame_on_the_camera(here: Here, qx10: str) -> None:
    import resource

    write(here, QUICK)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        ended = here.remotelens("plan", "run", "plan.yaml", qx10, "-o", "pictures", "--json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert ended.code == 6
    assert ended.json["finish"] == "storage"
    assert not list((here.folder / "pictures").glob("*.JPG*"))
    told = here.remotelens("plan", "resume", "pictures", qx10, "--json").json
    assert (told["taken"], told["finish"]) == (2, "complete")


@pytest.mark.skipif(os.name != "posix", reason="folder rights are POSIX")
def test_a_folder_that_cannot_be_written_is_said_before_a_picture_is_taken(here: Here, qx10: str) -> None:
    write(here, QUICK)
    (here.folder / "pictures").write_text("in the way")
    ended = here.remotelens("plan", "run", "plan.yaml", qx10, "-o", "pictures/inside", "--json")
    assert ended.code == 6
    assert ended.json["error"]["type"] == "DiskFull"


def test_frames_due_while_the_camera_is_off_are_missing_and_the_rest_are_taken(here: Here) -> None:
    write(here, DUSK)
    options = ("--model", "DSC-QX10@3.00", "--still-scale", "16", "--no-ssdp", "--clock", "scaled:20")
    with here.emulator(*options) as ready:
        name = ready["cameras"][0]["id"]
        address = f"127.0.0.1:{ready['cameras'][0]['port']}"
        with here.started("plan", "run", "plan.yaml", address, "-o", "pictures", "--jsonl") as process:
            assert process.stdout is not None
            done = 0
            for line in process.stdout:
                record = json.loads(line)
                done += record.get("kind") == "done"
                if done == 5 and record["kind"] == "done":
                    control(ready, f"/cameras/{name}/power", {"on": False})
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(2)  # as long as the camera is away
                    control(ready, f"/cameras/{name}/power", {"on": True})
            assert process.wait(40) == 7
        told = here.remotelens("plan", "show", "pictures", "--json").json
        stills = control(ready, f"/cameras/{name}")["stills_on_card"]
    assert told["finish"] == "complete"
    assert told["missing"] >= 1
    assert told["taken"] + told["missing"] + told["unknown"] == 30
    outcomes = [frame["outcome"] for frame in told["frames"]]
    assert "taken" in outcomes[outcomes.index("missing") :]
    assert told["taken"] <= stills <= told["taken"] + told["unknown"]
    missing = [frame for frame in told["frames"] if frame["outcome"] == "missing"]
    assert all(frame["evidence"] == "not taken: its time had passed" for frame in missing)
