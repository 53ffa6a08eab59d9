from __future__ import annotations

import pytest

from remotelens.config.cameras import KnownCamera
from remotelens.errors import InvalidValue
from remotelens.link.target import (
    AnyTarget,
    BleTarget,
    HostTarget,
    KnownTarget,
    Target,
    UrlTarget,
    parse_target,
)

QX = KnownCamera(name="qx")
BIG = KnownCamera(name="big.one")
KNOWN = {"qx": QX, "big.one": BIG}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qx", KnownTarget(QX)),
        ("big.one", KnownTarget(BIG)),
        ("http://10.0.0.1:64321/DmsRmtDesc.xml", UrlTarget("http://10.0.0.1:64321/DmsRmtDesc.xml")),
        ("127.0.0.1:40003", HostTarget("127.0.0.1", 40003)),
        ("10.0.0.1", HostTarget("10.0.0.1")),
        ("camera.local", HostTarget("camera.local")),
        ("[::1]:80", HostTarget("::1", 80)),
        ("ble:c0:00:00:00:00:01", BleTarget("C0:00:00:00:00:01")),
        ("BLE:C0:00:00:00:00:01", BleTarget("C0:00:00:00:00:01")),
        (
            "ble:12345678-1234-1234-1234-123456789abc",
            BleTarget("12345678-1234-1234-1234-123456789ABC"),
        ),
    ],
)
def test_each_form_is_understood(text: str, expected: Target) -> None:
    assert parse_target(text, KNOWN) == expected


def test_a_name_close_to_a_configured_one_is_remembered_for_the_message() -> None:
    assert parse_target("big.on", KNOWN) == HostTarget("big.on", near="big.one")


def test_the_only_known_camera_is_meant_when_nothing_is_written() -> None:
    assert parse_target(None, {"qx": QX}) == KnownTarget(QX)


def test_any_camera_is_meant_when_nothing_is_written_and_none_is_known() -> None:
    assert parse_target("", {}) == AnyTarget()


def test_nothing_written_with_several_known_is_refused_with_their_names() -> None:
    with pytest.raises(InvalidValue, match=r"which camera is meant: qx, big\.one\?"):
        parse_target(None, KNOWN)


@pytest.mark.parametrize(
    "text",
    ["a b", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:x", "10.0.0.1:1:2", "ble:", "ble:12:34", "https://x/",
     "http://", "http://[", "http://a]/", "http://10.0.0.1:99999/", "http://a@b/", "-x", "x/y", "x=1",
     "10.0.0.1:" + "9" * 5000],
)  # fmt: skip
def test_what_can_name_no_camera_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        parse_target(text, KNOWN)
