"""Which camera `setup` is to add, and what it keeps of one that was added before."""

from __future__ import annotations

import pytest

from remotelens.cli.commands.setup import _meant, _with_what_was_known
from remotelens.config.cameras import KnownCamera, KnownCameras
from remotelens.errors import InvalidValue
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
