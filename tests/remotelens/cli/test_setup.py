"""Which camera `setup` is to add, and what it keeps of one that was added before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remotelens.cli.commands.setup import _keep, _meant, _with_what_was_known
from remotelens.config import private
from remotelens.config.cameras import KnownCamera, KnownCameras, load_cameras
from remotelens.errors import ConfigError, InvalidValue
from remotelens.link.target import AnyTarget, BleTarget, HostTarget, Target, UrlTarget
from tests.programs import Here

ADDRESS = "E6:21:0C:5C:3D:4B"
BY_BLE = KnownCamera(name="qx", ble_address=ADDRESS, ssid="DIRECT-x", key="s3cretKy", join="system")
BY_WIFI = KnownCamera(name="wall", description_url="http://10.0.0.1:64321/dd.xml")
KNOWN = KnownCameras((BY_BLE, BY_WIFI))


@pytest.mark.parametrize(
    ("text", "ble", "target", "called"),
    [
        (None, True, AnyTarget(), None),
        (None, False, AnyTarget(), None),
        (f"ble:{ADDRESS.lower()}", True, BleTarget(ADDRESS), None),
        ("qx", True, BleTarget(ADDRESS), "qx"),
        ("wall", False, UrlTarget("http://10.0.0.1:64321/dd.xml"), "wall"),
        ("10.0.0.1:8080", False, HostTarget("10.0.0.1", 8080), None),
    ],
)
def test_a_camera_is_named_by_address_place_or_its_configured_name(
    text: str | None, ble: bool, target: Target, called: str | None
) -> None:
    assert _meant(text, KNOWN, ble=ble) == (target, called)


@pytest.mark.parametrize(("text", "ble"), [("wall", True), ("10.0.0.1", True), (f"ble:{ADDRESS}", False)])
def test_a_name_that_does_not_lead_that_way_is_refused(text: str, ble: bool) -> None:
    with pytest.raises(InvalidValue):
        _meant(text, KNOWN, ble=ble)


def test_another_way_to_a_camera_forgets_neither_its_network_nor_its_bluetooth() -> None:
    joined = KnownCamera(name="qx", description_url="http://10.0.0.1:64321/dd.xml", usn="uuid:1")
    kept = _with_what_was_known(joined, BY_BLE)
    assert (kept.description_url, kept.usn) == (joined.description_url, joined.usn)
    assert (kept.ble_address, kept.key, kept.join) == (ADDRESS, "s3cretKy", "system")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nobody", "--ble"), "no Bluetooth address is known"),
        ((f"ble:{ADDRESS}", "--joined"), "say --ble"),
        (("qx", "--ssid", "DIRECT-x"), "names the camera"),
        (("qx", "--camera", "other", "--ble"), "two cameras named"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_done(
    here: Here, words: tuple[str, ...], says: str
) -> None:
    ended = here.remotelens("setup", *words)
    assert ended.code == 2
    assert says in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(
    ("key", "code", "says"),
    [
        (b"\x03", 130, b"\r\nremotelens: interrupted"),
        (b"\x04", 2, b"\r\nremotelens: the network's key is missing"),
    ],
)
def test_the_question_for_the_key_can_be_left(tmp_path: Path, key: bytes, code: int, says: bytes) -> None:
    from tests.remotelens.dashboard.ptys import in_pty

    with in_pty(["remotelens", "setup", "--ssid", "DIRECT-x"], folder=tmp_path) as terminal:
        terminal.until(lambda shown: b"Key of" in shown.output, "the question for the key")
        terminal.write(key)
        assert terminal.end() == code
        assert says in terminal.output


def test_the_key_that_is_no_key_is_told_as_json_too(here: Here) -> None:
    ended = here.remotelens("setup", "--ssid", "DIRECT-x", "--json", stdin="short\n")
    assert (ended.code, ended.json["error"]["type"]) == (2, "InvalidValue")


QX = KnownCamera(name="qx", usn="uuid:1", model="DSC-QX10")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where cameras are kept; one is there."""
    monkeypatch.setenv("REMOTELENS_CONFIG_DIR", str(tmp_path))
    _keep(QX, again=False)
    return tmp_path / "cameras.toml"


def test_a_camera_is_kept_beside_others_and_not_in_place_of_one(kept: Path) -> None:
    _keep(KnownCamera(name="two"), again=False)
    other = KnownCamera(name="qx", usn="uuid:2")
    with pytest.raises(InvalidValue, match="another camera is called qx"):
        _keep(other, again=False)
    assert dict(load_cameras(kept)) == {"qx": QX, "two": KnownCamera(name="two")}
    assert _keep(other, again=True) == other == load_cameras(kept)["qx"]


def test_two_that_keep_cameras_at_once_take_turns(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private, "LOCK_LIMIT_S", 0.0)
    with private.changing(kept), pytest.raises(ConfigError, match="another process"):
        _keep(KnownCamera(name="two"), again=False)
    assert list(load_cameras(kept)) == ["qx"]
