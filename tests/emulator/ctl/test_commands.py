import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from emulator.control.operations import OPERATIONS
from emulator.ctl import READY_VARIABLE, ControlClient, ctl
from emulator.threaded import ThreadedCamera
from remotelens.errors import (
    CameraNotFound,
    ConfigError,
    ConnectFailed,
    InvalidValue,
    NotAvailableNow,
    RemoteLensError,
)

Ctl = Callable[..., Any]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[ThreadedCamera]:
    with ThreadedCamera(clock="virtual", ready_file=tmp_path / "ready.json") as camera:
        yield camera


@pytest.fixture
def run(camera: ThreadedCamera, tmp_path: Path) -> Ctl:
    def call(*words: str) -> Any:
        result = CliRunner().invoke(ctl, ["--ready-file", str(tmp_path / "ready.json"), *words])
        if result.exception is not None:
            raise result.exception
        return json.loads(result.output)

    return call


def test_every_command_gives_the_answer_of_the_control_api(run: Ctl, camera: ThreadedCamera) -> None:
    assert run("health")["ok"] is True
    assert run("cameras")["items"][0]["id"] == run("cameras", "qx10-1")["id"] == "qx10-1"
    assert run("card", "qx10-1", "--full", "--in")["card"]["full"] is True
    assert run("card", "qx10-1", "--out")["card"]["in"] is False
    assert run("battery", "qx10-1", "0.5")["battery_ratio"] == pytest.approx(0.5)
    assert run("press", "qx10-1", "half", "--for", "1")["id"] == "qx10-1"
    assert run("advance", "1.5")["clock"]["now"] == "2026-01-01T00:00:01.500Z"
    assert run("power", "qx10-1", "off")["power"] == "off"
    rule = run("faults", "--add", "rpc:delay=1")
    assert [item["id"] for item in run("faults")["items"]] == [rule["id"]]
    assert run("faults", "--remove", rule["id"])["items"] == []
    assert run("faults", "--clear")["items"] == []
    assert run("journal", "--since", "0", "--method", "nothing")["items"] == []
    assert run("reset")["items"][0]["power"] == "on"
    assert camera.state["power"] == "on"


def test_what_a_hand_does_to_card_cable_clock_and_lens(run: Ctl, camera: ThreadedCamera) -> None:
    assert run("card", "qx10-1", "--gb", "64", "--last", "100-0041")["card"]["bytes"] == 64e9
    run("press", "qx10-1", "full", "--for", "1")
    run("advance", "30")
    (file,) = run("files", "qx10-1")["items"]
    assert (file["name"], file["protected"]) == ("DSC00042.JPG", False)
    assert run("files", "qx10-1", "--protect", "DSC00042.JPG")["protected"] is True
    assert run("files", "qx10-1", "--unprotect", "DSC00042.JPG")["protected"] is False
    assert run("battery", "qx10-1", "--plug")["plugged"] is True
    assert run("trouble", "qx10-1", "on")["status"] == "Error"
    assert run("trouble", "qx10-1", "off")["status"] == "IDLE"
    told = run("wallclock", "qx10-1", "2026-06-01T12:00:00Z", "--zone", "-60")
    assert told["camera_time"].startswith("2026-06-01T11:00:00")
    assert run("lens", "qx10-1", "--shake", "1")["lens"]["shake"] == 1
    assert len(camera.files) == 1
    assert run("card", "qx10-1", "--format")["stills_on_card"] == 0


def test_a_snapshot_goes_into_a_file_and_out_of_it(run: Ctl, tmp_path: Path) -> None:
    run("set", "qx10-1", "SelfTimer=2")
    run("snapshot", "two seconds")
    file = tmp_path / "two.snapshot"
    saved = CliRunner().invoke(
        ctl, ["--ready-file", str(tmp_path / "ready.json"), "snapshot", "two seconds", "--save", str(file)]
    )
    assert saved.exit_code == 0
    assert run("reset")["items"][0]["settings"]["SelfTimer"] == 0
    run("snapshot", "two seconds", "--forget")
    assert run("snapshot", "again", "--load", str(file))["name"] == "again"
    assert run("restore", "again")["cameras"][0]["settings"]["SelfTimer"] == 2
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(InvalidValue, match="cut short"):
        run("snapshot", "again", "--load", str(file))


def test_a_refusal_is_told_in_the_emulators_words(run: Ctl) -> None:
    with pytest.raises(CameraNotFound, match="qx10-7"):
        run("power", "qx10-7", "on")
    with pytest.raises(InvalidValue, match="fire"):
        run("press", "qx10-1", "fire")
    with pytest.raises(NotAvailableNow, match="no Bluetooth"):
        run("pairing", "qx10-1", "--open", "--ok")


def test_pairing_works_the_screen(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with ThreadedCamera(ble=True, pairing="manual", ready_file=ready) as camera:
        result = CliRunner().invoke(ctl, ["--ready-file", str(ready), "pairing", "qx10-1", "--open"])
        assert result.exit_code == 0
        assert camera.run(lambda: camera.emulator.cameras[0].radio().pairing_open)


def test_the_emulator_is_found_by_the_environment(
    camera: ThreadedCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(READY_VARIABLE, str(tmp_path / "ready.json"))
    assert ControlClient.found().call("GET", "/v1/health")["ok"] is True


def test_without_a_ready_file_nothing_is_guessed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(READY_VARIABLE, raising=False)
    with pytest.raises(ConfigError, match="--ready-file"):
        ControlClient.found()
    with pytest.raises(ConfigError, match="cannot be read"):
        ControlClient.found(tmp_path / "nowhere")
    for text in ("", "{}", '{"control": null}', "\x00"):
        (tmp_path / "odd").write_text(text)
        with pytest.raises(ConfigError, match="no ready file"):
            ControlClient.found(tmp_path / "odd")


def test_an_emulator_that_is_gone_is_told() -> None:
    with ThreadedCamera() as camera:
        control = camera.emulator.ready["control"]
    with pytest.raises(ConnectFailed, match="does not answer"):
        ControlClient(control["url"], control["token"]).call("GET", "/v1/health")


def test_a_wrong_token_is_refused() -> None:
    with ThreadedCamera() as camera:
        client = ControlClient(camera.emulator.ready["control"]["url"], "wrong")
        with pytest.raises(RemoteLensError, match="token"):
            client.call("GET", "/v1/health")


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("health",),
    ("state",),
    ("openapi",),
    ("changes", "--since", "3"),
    ("cameras",),
    ("cameras", "a"),
    ("add", "DSC-QX10"),
    ("remove", "a"),
    ("power", "a", "on"),
    ("press", "a", "full"),
    ("card", "a", "--out"),
    ("files", "a"),
    ("files", "a", "--protect", "DSC00001.JPG"),
    ("battery", "a", "1"),
    ("trouble", "a", "on"),
    ("wallclock", "a", "--zone", "60"),
    ("dial", "a", "--exposure", "Manual"),
    ("set", "a", "SelfTimer=2", "ExposureMode=Manual"),
    ("lens", "a", "--zoom", "1"),
    ("temperature", "a", "-5"),
    ("join", "a"),
    ("leave", "a"),
    ("pairing", "a", "--ok"),
    ("radio", "a"),
    ("radio", "a", "--distance", "3", "--walk", "5:80", "--trouble", "no_bssid", "--no-remote"),
    ("scene",),
    ("scene", "chart"),
    ("weather", "--clouds", "1"),
    ("clock",),
    ("advance", "5"),
    ("jump", "5"),
    ("faults",),
    ("faults", "--kinds"),
    ("faults", "--add", "rpc:hang"),
    ("faults", "--change", "1", "rpc:hang"),
    ("faults", "--show", "1"),
    ("faults", "--remove", "1"),
    ("faults", "--clear"),
    ("journal", "--from", "2026-01-01", "--last", "3"),
    ("journal", "--clear"),
    ("count", "getEvent"),
    ("har",),
    ("btsnoop",),
    ("snapshot", "x"),
    ("snapshot", "--list"),
    ("snapshot", "x", "--forget"),
    ("snapshot", "x", "--save", "x.snapshot"),
    ("snapshot", "x", "--load", "x.snapshot"),
    ("restore", "x"),
    ("reset",),
)


def test_the_commands_cover_the_control_api(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[tuple[str, str]] = []

    def fetch(_client: ControlClient, verb: str, path: str, body: Any = None) -> bytes:
        asked.append((verb, path.partition("?")[0]))
        return b'{"ssid": "x"}'

    monkeypatch.setattr(ControlClient, "fetch", fetch)
    monkeypatch.setattr(ControlClient, "found", lambda *_: ControlClient("http://127.0.0.1:1", "x"))
    for words in COMMANDS:
        result = CliRunner().invoke(ctl, words, input="key")
        assert result.exit_code == 0, (words, result.output)
    patterns = {
        one.name: (one.verb, re.compile(re.sub(r"{\w+}", "[^/]+", one.path) + "$")) for one in OPERATIONS
    }
    unasked = {
        name
        for name, (verb, pattern) in patterns.items()
        if not any(verb == one and pattern.match(path) for one, path in asked)
    }
    assert unasked == set()


def test_what_is_no_json_goes_to_a_file(camera: ThreadedCamera, tmp_path: Path, run: Ctl) -> None:
    archive = tmp_path / "a.har"
    ready = str(tmp_path / "ready.json")
    assert CliRunner().invoke(ctl, ["--ready-file", ready, "har", "-o", str(archive)]).exit_code == 0
    assert json.loads(archive.read_text())["log"]["version"] == "1.2"


def test_a_setting_without_a_value_is_no_change(run: Ctl) -> None:
    with pytest.raises(InvalidValue, match="NAME=VALUE"):
        run("set", "qx10-1", "SelfTimer")
    assert run("set", "qx10-1", "SelfTimer=2")["settings"]["SelfTimer"] == 2


def test_ctl_is_a_group_of_commands() -> None:
    assert isinstance(ctl, click.Group)
