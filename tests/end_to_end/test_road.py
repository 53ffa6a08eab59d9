"""The road from a closed camera to a picture on disk, and each shortcut that must not work."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.programs import Here


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture
def closed(here: Here) -> Iterator[Mapping[str, Any]]:
    """A camera that is closed until it has been found, paired, woken and joined."""
    with here.emulator("--ble", "--still-scale", "8", "--seed", here.seed, "--clock", "scaled:8") as ready:
        yield ready


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:
        data: bytes = answer.read()
        return data


def refused(ready: Mapping[str, Any]) -> bool:
    """Whether the camera's description, API and live view all refuse a connection."""
    camera = ready["cameras"][0]
    for url in (camera["description_url"], camera["endpoints"]["camera"], camera["liveview_url"]):
        try:
            get(url)
        except (urllib.error.URLError, ConnectionError):
            continue
        return False
    return True


def answers_search(ready: Mapping[str, Any]) -> bool:
    """Whether the camera answers a search on its private port, which always carries searches."""
    host, port = ready["ssdp"]["unicast"].split(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.sendto(
            b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
            b"ST: urn:schemas-sony-com:service:ScalarWebAPI:1\r\n\r\n",
            (host, int(port)),
        )
        try:
            sock.recv(2048)
        except TimeoutError:
            return False
    return True


def join(here: Here, ready: Mapping[str, Any], ssid: str, key: str) -> int:
    """Run the program that stands for the access point."""
    answer = subprocess.run(
        [sys.executable, "-m", "emulator", "join"],
        input=json.dumps({"ssid": ssid, "key": key, "bssid": None}),
        env={**here.environment, "REMOTELENS_EMULATOR_READY": ready["ready_file"]},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert key not in answer.stdout + answer.stderr
    return answer.returncode


def setup(here: Here, ready: Mapping[str, Any], *more: str, joiner: str | None = None) -> Any:
    """Walk the road with the client's own command."""
    program = joiner or f"command:{sys.executable} -m emulator join"
    return here.remotelens(
        *("setup", "--ble", "--name", "qx", "--json"),
        *("--ble-adapter", ready["air"]["adapter"], "--join", program, *more),
        REMOTELENS_EMULATOR_READY=ready["ready_file"],
    )


def test_nothing_answers_before_the_hand_over(here: Here, closed: Mapping[str, Any]) -> None:
    assert refused(closed)
    assert not answers_search(closed)
    assert here.remotelens("status", closed["cameras"][0]["description_url"]).code == 3


def test_knowing_the_key_is_not_enough_while_the_camera_sleeps(here: Here, closed: Mapping[str, Any]) -> None:
    camera = closed["cameras"][0]
    assert join(here, closed, camera["ssid"], camera["key"]) != 0
    assert refused(closed)
    assert not answers_search(closed)


def test_the_hand_over_alone_opens_nothing(here: Here, closed: Mapping[str, Any]) -> None:
    """The camera is paired and woken, and its Wi-Fi is up; the host only says that it joined."""
    pretend = f"command:{sys.executable} -c 'import sys; sys.stdin.read()'"
    ended = setup(here, closed, "--timeout", "6", joiner=pretend)
    assert ended.code == 124, ended.stderr
    assert "ok  join" in ended.stderr
    assert refused(closed)
    assert not answers_search(closed)


@pytest.mark.parametrize("wrong", ["key", "ssid"])
def test_a_wrong_key_or_network_is_refused_as_a_network_would(
    here: Here, closed: Mapping[str, Any], wrong: str
) -> None:
    ended = setup(here, closed, joiner=f"command:{sys.executable} -c 'raise SystemExit(1)'")
    assert (ended.code, ended.json["error"]["type"]) == (4, "WifiJoinFailed")
    camera = closed["cameras"][0]
    told = {"ssid": camera["ssid"], "key": camera["key"], wrong: "DIRECT-xxQ0:DSC-QX10"}
    assert join(here, closed, told["ssid"], told["key"]) != 0
    assert refused(closed)


def test_the_whole_road_ends_in_a_picture(here: Here, closed: Mapping[str, Any]) -> None:
    stored = setup(here, closed)
    assert stored.code == 0, stored.stderr
    assert stored.json["ble_address"] == closed["cameras"][0]["ble"]["address"]
    assert stored.json["key_stored"] is True
    assert closed["cameras"][0]["key"] not in stored.stdout + stored.stderr
    (shot,) = here.remotelens("shoot", "qx", "--json").json["items"]
    with Image.open(here.folder / shot["path"]) as picture:
        assert picture.size == (612, 459)


def test_the_camera_closes_again_when_its_power_goes(here: Here, closed: Mapping[str, Any]) -> None:
    assert setup(here, closed).code == 0
    assert not refused(closed)
    control = closed["control"]
    request = urllib.request.Request(
        f"{control['url']}/v1/cameras/{closed['cameras'][0]['id']}/power",
        data=b'{"on": false}',
        headers={"Authorization": f"Bearer {control['token']}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()
    assert refused(closed)
    assert not answers_search(closed)


def test_a_refused_pairing_says_what_to_press(here: Here) -> None:
    with here.emulator("--ble", "--pairing", "closed") as ready:
        ended = setup(here, ready)
    assert ended.code == 4, ended.stderr
    error = ended.json["error"]
    assert error["type"] == "PairingRejected"
    assert error["remedy"]
