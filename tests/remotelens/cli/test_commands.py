"""Each command does its work on an emulated camera, in text and in JSON."""

from __future__ import annotations

import json
import signal

import pytest
from PIL import Image

from tests.programs import Here


def test_status_tells_what_the_camera_tells_and_null_for_the_rest(here: Here, qx10: str) -> None:
    told = here.remotelens("status", qx10, "--json").json
    assert {"link", "status", "model", "battery_ratio", "storage", "settings", "available"} <= set(told)
    assert (told["link"], told["status"], told["model"]) == ("ready", "IDLE", "DSC-QX10")
    assert told["battery_ratio"] is None
    assert "actTakePicture" in told["available"]
    assert told["settings"]["shoot_mode"] == {
        "value": "still",
        "candidates": ["still", "movie"],
        "writable": True,
    }


def test_status_in_words_says_that_a_qx10_tells_no_battery(here: Here, qx10: str) -> None:
    answer = here.remotelens("status", qx10)
    assert answer.code == 0
    assert "DSC-QX10: ready, IDLE" in answer.stdout
    assert "not told by this camera" in answer.stdout


def test_a_qx1_tells_its_battery(here: Here, qx1: str) -> None:
    told = here.remotelens("status", qx1, "--json").json
    assert 0 < told["battery_ratio"] <= 1


@pytest.mark.parametrize("place", ["--camera", "environment"])
def test_the_camera_may_be_named_in_other_ways(here: Here, qx10: str, place: str) -> None:
    if place == "--camera":
        answer = here.remotelens("status", "--camera", qx10, "--json")
    else:
        answer = here.remotelens("--json", "status", REMOTELENS_CAMERA=qx10)
    assert answer.json["model"] == "DSC-QX10"


def test_shoot_keeps_the_original_with_its_exif(here: Here, qx10: str) -> None:
    answer = here.remotelens("shoot", qx10, "-o", "pictures", "--json")
    assert answer.code == 0, answer.stderr
    (shot,) = answer.json["items"]
    (file,) = shot["files"]
    path = here.folder / file["path"]
    with Image.open(path) as picture:
        assert picture.size == (file["width"], file["height"]) == (4896 // 8, 3672 // 8)
        exif = picture.getexif().get_ifd(0x8769)
    assert file["kind"] == "original"
    assert path.stat().st_size == file["bytes"]
    assert str(exif[34855]) == shot["actual"]["iso"]
    assert shot["on_card"] is True
    assert not list((here.folder / "pictures").glob("*.part"))


def test_shoot_takes_several_and_overwrites_nothing(here: Here, qx10: str) -> None:
    first = here.remotelens("shoot", qx10, "--count", "2", "--half-press")
    assert first.code == 0, first.stderr
    assert len(first.stdout.splitlines()) == 2
    assert len(list(here.folder.glob("*.JPG"))) == 2


def test_shoot_may_leave_the_picture_on_the_camera(here: Here, qx10: str) -> None:
    (shot,) = here.remotelens("shoot", qx10, "--no-download", "--json").json["items"]
    assert shot["path"] is None
    assert shot["actual"] is None
    assert not list(here.folder.glob("*.JPG"))


def test_shoot_fetches_the_postview_when_asked(here: Here, qx1: str) -> None:
    (shot,) = here.remotelens("shoot", qx1, "--size", "postview", "--json").json["items"]
    assert shot["files"][0]["kind"] == "postview"
    assert shot["width"] < 5456 // 8 or shot["width"] <= 1616


def test_live_view_gives_its_figures(here: Here, qx10: str) -> None:
    told = here.remotelens("live-view", qx10, "--frames", "12", "--json").json
    assert told["frames"] == 12
    assert told["dropped"] == 0
    assert told["fps"] > 0
    assert told["bytes"] > 12 * 5000
    assert set(told["age_ms"]) == {"p50", "p99"}


def test_live_view_frames_are_files_in_a_folder(here: Here, qx1: str) -> None:
    answer = here.remotelens("live-view", qx1, "--frames", "3", "-o", "frames")
    assert answer.code == 0, answer.stderr
    files = sorted((here.folder / "frames").iterdir())
    assert [file.name for file in files] == ["frame_000001.jpg", "frame_000002.jpg", "frame_000003.jpg"]
    with Image.open(files[0]) as picture:
        assert picture.size == (640, 424)


def test_live_view_is_a_stream_of_jpegs_on_stdout(here: Here, qx10: str) -> None:
    data = here.bytes_of("live-view", qx10, "--frames", "2", "-o", "-")
    assert data.startswith(b"\xff\xd8")
    assert data.count(b"\xff\xd8\xff") == 2


@pytest.mark.parametrize(
    ("limit", "code", "says"), [("--for", 0, " frames,"), ("--timeout", 124, "not done")]
)
def test_who_reads_no_frames_keeps_nothing_from_ending(
    here: Here, qx10: str, limit: str, code: int, says: str
) -> None:
    with here.started("live-view", qx10, "-o", "-", limit, "0.7") as process:
        assert process.wait(20) == code
        assert process.stderr is not None
        assert says in process.stderr.read()


def test_live_view_without_a_limit_ends_in_order_when_interrupted(here: Here, qx10: str) -> None:
    with here.started("live-view", qx10, "--jsonl") as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert first["bytes"] > 0


def test_settings_get_and_set_speak_the_same_form(here: Here, qx10: str) -> None:
    assert here.remotelens("set", qx10, "exposure_mode=Program Auto").code == 0
    told = here.remotelens("settings", qx10, "--json").json["settings"]
    assert told["ev"]["writable"] is True
    changed = here.remotelens("set", qx10, "ev=-0.7", "iso=400", "--json").json["settings"]
    assert changed["ev"]["value"] == pytest.approx(-0.7, abs=0.04)
    assert changed["iso"]["value"] == "400"
    (name, one), *_ = here.remotelens("get", qx10, "iso", "--json").json["settings"].items()
    assert (name, one["value"]) == ("iso", "400")


def test_call_gives_the_raw_result(here: Here, qx10: str) -> None:
    assert here.remotelens("call", qx10, "camera.getApplicationInfo", "--json").json["result"] == [
        "Smart Remote Control",
        "2.1.1",
    ]
    answer = here.remotelens(
        "call", "--camera", qx10, "camera.getEvent", "[false]", "--version", "1.1", "--json"
    )
    assert len(answer.json["result"]) == 36


def test_doctor_lists_what_it_looked_at(here: Here) -> None:
    answer = here.remotelens("doctor", "--json")
    assert {"Python", "terminal", "configuration folder"} <= {item["name"] for item in answer.json["items"]}


def test_dump_writes_a_recording_without_what_names_the_camera(here: Here, qx10: str) -> None:
    before = here.remotelens("call", qx10, "camera.getEvent", "[false]", "--json").json
    answer = here.remotelens("dump", qx10, "-o", "camera.json", "--json")
    assert answer.code == 0, answer.stderr
    text = (here.folder / "camera.json").read_text("utf-8")
    assert answer.json["methods"] > 30
    assert any("MAC" in sentence for sentence in answer.json["removed"])
    assert "00000000-0005-0010-8000-000000000000" in text
    recording = json.loads(text)
    asked = {one["method"] for one in recording["exchanges"]}
    assert not {
        name for name in asked if name.startswith(("act", "set", "start", "stop", "delete", "cancel"))
    }
    assert here.remotelens("call", qx10, "camera.getEvent", "[false]", "--json").json == before


@pytest.mark.multicast
def test_setup_of_a_joined_network_stores_the_camera(here: Here) -> None:
    with here.emulator("--model", "DSC-QX10@3.00", "--seed", "4711") as ready:
        url = ready["cameras"][0]["description_url"]
        found = here.remotelens("discover", "--wifi", "--json").json
        assert [item["description_url"] for item in found["items"]] == [url]
        answer = here.remotelens("setup", "--joined", "--name", "qx", "--json")
        assert answer.json["name"] == "qx"
        assert "key" not in answer.json
        assert here.remotelens("status", "qx", "--json").json["model"] == "DSC-QX10"
        assert here.remotelens("status", "--json").json["model"] == "DSC-QX10"
        assert answer.json["description_url"] == url
    assert (here.folder / "config" / "cameras.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.multicast
def test_discover_that_finds_nothing_says_where_it_looked(here: Here) -> None:
    answer = here.remotelens("discover", "--wifi", "--json")
    assert answer.code == 3
    assert "searched" in answer.json["error"]["message"]
    assert "DIRECT-" in answer.json["error"]["remedy"]
    assert any(tried["interface"] == "lo" for tried in answer.json["tried"])
