"""`remote` with the programs as users run them: no Wi-Fi, each action confirmed, refusals in one line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.programs import Ended, Here

LOOKS = 50
GPX = "<gpx><trk><trkseg><trkpt lat='48.2' lon='16.3'/><trkpt lat='48.3' lon='16.4'/></trkseg></trk></gpx>"


class Camera:
    """An emulated camera that its network lets nobody into, and a host that has a bond with it."""

    def __init__(self, here: Here, ready: Mapping[str, Any]) -> None:
        self.here = here
        self.ready = ready

    @property
    def name(self) -> str:
        return f"ble:{self.ready['cameras'][0]['ble']['address']}"

    @property
    def adapter(self) -> str:
        return str(self.ready["air"]["adapter"])

    def remote(self, *words: str) -> Ended:
        return self.here.remotelens("remote", self.name, *words, "--ble-adapter", self.adapter)

    def ctl(self, *words: str) -> dict[str, Any]:
        """Work the emulator by hand."""
        answer = subprocess.run(
            [sys.executable, "-m", "emulator", "ctl", "--ready-file", self.ready["ready_file"], *words],
            capture_output=True,
            text=True,
            check=True,
        )
        told: dict[str, Any] = json.loads(answer.stdout)
        return told

    def stills(self, at_least: int) -> int:
        """How many pictures are on its card, once there are that many: it confirms before it keeps."""
        for _ in range(LOOKS):
            kept: int = self.ctl("cameras", "qx10-1")["stills_on_card"]
            if kept >= at_least:
                break
        return kept


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Camera]:
    here = Here(tmp_path_factory.mktemp("remote"))
    with here.emulator("--ble", "--still-scale", "8", "--no-ssdp", "--clock", "scaled:5") as ready:
        camera = Camera(here, ready)
        first = here.remotelens("remote", "shutter", "--json", "--ble-adapter", camera.adapter)
        assert first.code == 0, first.stderr
        assert "press OK on the camera" in first.stderr
        yield camera


def test_a_picture_is_taken_and_confirmed(camera: Camera) -> None:
    before = camera.ctl("cameras", "qx10-1")["stills_on_card"]
    told = camera.remote("shutter", "--json").json
    assert (told["action"], told["confirmed"], told["focused"]) == ("shutter", True, True)
    assert told["asked_at"].endswith("Z")
    assert told["camera"].startswith("DSC-QX10 (")
    assert camera.stills(at_least=before + 1) > before
    assert camera.ctl("cameras", "qx10-1")["wifi"] == "off"


def test_in_words_the_confirmation_is_a_sentence(camera: Camera) -> None:
    for words, sentence in {
        ("shutter",): "the camera confirms an exposure (in focus",
        ("status",): "DSC-QX10",
        ("battery",): "body: ",
        ("clock",): "clock: the camera confirms 20",
        ("zoom", "wide"): "moved to wide for 0.5 s",
    }.items():
        answer = camera.remote(*words)
        assert answer.code == 0, answer.stderr
        assert answer.stdout.startswith(sentence)


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (("half-press",), {"confirmed": True, "focused": True}),
        (("press", "af-on"), {"confirmed": True, "focused": True}),
        (("press", "c1"), {"confirmed": None}),
        (("zoom", "tele", "--for", "0.2", "--speed", "100"), {"direction": "tele", "step": 127}),
        (("focus", "far", "--for", "0.1"), {"direction": "far"}),
        (("battery",), {"power": "none"}),
        (("clock",), {"confirmed": True}),
        (("name", "north window"), {"friendly_name": "north window"}),
        (("record", "--for", "0.5"), {"confirmed": True}),
    ],
)
def test_each_action_does_its_work_and_tells_of_it(
    camera: Camera, words: tuple[str, ...], fields: dict[str, Any]
) -> None:
    answer = camera.remote(*words, "--json")
    assert answer.code == 0, answer.stderr
    assert fields.items() <= answer.json.items()


def test_what_happens_once_is_one_line_with_jsonl(camera: Camera) -> None:
    told = camera.remote("battery", "--jsonl").stdout.splitlines()
    assert [json.loads(line)["power"] for line in told] == ["none"]


def test_status_is_read_without_waking_anything(camera: Camera) -> None:
    told = camera.remote("status", "--json").json
    assert (told["name"], told["model"], told["firmware"]) == ("DSC-QX10", "DSC-QX10", "3.00")
    assert 0 < told["battery_ratio"] <= 1
    assert told["storage"][0]["state"] == "present"
    assert told["wifi"] == "terminated"


def test_a_menu_that_does_not_allow_it_is_one_clear_line(camera: Camera) -> None:
    camera.ctl("radio", "qx10-1", "--no-remote")
    try:
        answer = camera.remote("shutter", "--json")
    finally:
        camera.ctl("radio", "qx10-1", "--remote")
    assert answer.code == 5
    assert answer.json["error"]["code"] == 0x90
    assert "Bluetooth Rmt Ctrl" in answer.json["error"]["remedy"]
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_position_is_told_for_a_time(camera: Camera) -> None:
    assert camera.remote("location", "--at", "1,2", "--for", "0.1").stdout.endswith("took 1 position\n")
    told = camera.remote("location", "--at", "48.2082,16.3738", "--for", "0.2", "--json")
    assert told.code == 0, told.stderr
    (item,) = told.json["items"]
    assert (item["latitude"], item["longitude"]) == (48.2082, 16.3738)


def test_a_track_is_told_until_it_is_interrupted(camera: Camera) -> None:
    (camera.here.folder / "walk.gpx").write_text(GPX, encoding="utf-8")
    words = ("remote", camera.name, "location", "--gpx", "walk.gpx", "--jsonl")
    with camera.here.started(*words, "--ble-adapter", camera.adapter) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert (first["latitude"], first["longitude"]) == pytest.approx((48.2, 16.3), abs=0.01)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Missing argument"),
        (("window",), "one of shutter"),
        (("window", "fly"), "one of shutter"),
        (("shutter", "twice"), "takes nothing after it"),
        (("zoom",), "zoom takes tele or wide"),
        (("zoom", "up"), "zoom takes tele or wide"),
        (("press", "menu"), "press takes c1 or af-on"),
        (("name",), "name takes a name"),
        (("status", "--bulb", "3"), "--bulb does not belong to status"),
        (("shutter", "--bulb", "soon"), "not a number of seconds"),
        (("zoom", "tele", "--speed", "0"), "range"),
        (("location",), "give one of --at and --gpx"),
        (("location", "--at", "north"), "is no place"),
        (("location", "--gpx", "nowhere.gpx"), "cannot be read"),
        (("location", "--at", "1,1", "--every", "1"), "10 to 30"),
        (("http://10.0.0.1/dd.xml", "shutter"), "no camera to be reached by Bluetooth"),
        (("shutter", "--ble-adapter", "hci:nonsense"), "names no Bluetooth adapter"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_exit_code_2(
    camera: Camera, words: tuple[str, ...], says: str
) -> None:
    answer = camera.here.remotelens("remote", *words)
    assert answer.code == 2, answer.stderr
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
