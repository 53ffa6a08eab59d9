"""Programs of others, as they are published, against an emulated camera; nothing of them is changed.

Each is installed from its registry into a scratch folder, never into the project, and runs as a host that has
joined the camera's network: they search by multicast with nothing to say where, so the camera owns its real
address in a network namespace. Needs root on Linux, the registries, and for one of them node and npm.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator.rack import Emulator
from tests.components import need_program
from tests.namespaces import need_namespaces, own_name

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
INSTALL_LIMIT_S = 180
RUN_LIMIT_S = 60

LIBSONYAPI = """
import json, sys
from urllib.request import urlopen
from libsonyapi.camera import Camera
from libsonyapi.actions import Actions

camera = Camera()
info = camera.info()
[[url]] = camera.do(Actions.actTakePicture)["result"]
picture = urlopen(url).read()
[live] = camera.do(Actions.startLiveview)["result"]
with urlopen(live) as stream:
    header = stream.read(136)
    jpeg = stream.read(int.from_bytes(header[12:15], "big"))
camera.do("stopLiveview")
status = ""
while status != "IDLE":
    status = camera.do("getEvent", [False])["result"][1]["cameraStatus"]
camera.do("getEvent", [True])
camera.do(Actions.setSelfTimer, [2])
waited = camera.do("getEvent", [True])["result"]
json.dump({
    "name": info["name"], "services": info["supported services"], "picture": picture[:3].hex(),
    "live": jpeg[:3].hex(), "kind": header[1], "status": status,
    "changed": [item["type"] for item in waited if isinstance(item, dict)],
}, sys.stdout)
"""

SONYCAM = """
import json, sys
from sonycam.ssdp import SSDP_SONY_CAMERA_REMOTE_API_SERVICE, discover

json.dump(discover(SSDP_SONY_CAMERA_REMOTE_API_SERVICE, timeout=1), sys.stdout)
"""

SONY_CAMERA = """
const SonyCamera = require('sony-camera');
const told = {updates: []};
console.log = function () {};
const camera = new SonyCamera('10.0.0.1', 10000, '/sony/camera');
camera.on('update', function (name, value) { told.updates.push([name, value.current]); });
function done(error) {
  if (error) { told.error = String(error.message || error); }
  process.stdout.write(JSON.stringify(told));
  process.exit(0);
}
camera.connect(function (error) {
  if (error) return done(error);
  told.status = camera.status;
  told.remaining = camera.photosRemaining;
  camera.capture(function (error, name, picture) {
    if (error) return done(error);
    told.name = name;
    told.picture = picture.slice(0, 3).toString('hex');
    camera.once('liveviewJpeg', function (jpeg) {
      told.live = jpeg.slice(0, 3).toString('hex');
      camera.stopViewfinder(function () {
        setTimeout(function ready() {
          if (camera.status !== 'IDLE') return setTimeout(ready, 50);
          camera.on('update', function (name) { if (name === 'selfTimer') done(); });
          camera.set('selfTimer', 2, function (error) { if (error) done(error); });
        }, 100);
      });
    });
    camera.startViewfinder();
  });
});
setTimeout(function () { done(new Error('nothing more comes')); }, 30000);
"""


def installed(command: list[str], folder: Path) -> None:
    """Install into a folder, or skip where the registry cannot be reached."""
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the registry does not answer: {' '.join(command)}")
    if done.returncode:
        pytest.skip(f"cannot be installed: {' '.join(done.stderr.split())[-300:]}")


def from_python_index(package: str, folder: Path) -> Mapping[str, str]:
    """Install a package for Python; returns where it is found."""
    target = folder / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed([*pip, "--target", str(target), package], folder)
    return {"PYTHONPATH": str(target), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


def from_npm(package: str, folder: Path) -> Mapping[str, str]:
    """Install a package for node."""
    npm = need_program("npm")
    installed([str(npm), "install", "--no-audit", "--no-fund", "--silent", package], folder)
    return {"PATH": f"{npm.parent}:/usr/bin:/bin:/usr/sbin:/sbin"}


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    need_namespaces()
    async with Emulator(
        ["SONY-FULL"], as_is=own_name("program"), ssdp=True, still_scale=8, control=False
    ) as running:
        yield running


async def told(emulator: Emulator, command: list[str], environment: Mapping[str, str], folder: Path) -> Any:
    """Run a program as a host on the camera's network, and return what it tells."""
    clients = emulator.ready["cameras"][0]["netns"]["clients"]
    process = await asyncio.create_subprocess_exec(
        *("ip", "netns", "exec", clients, *command),
        cwd=folder,
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(RUN_LIMIT_S):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()[-2000:]
    return json.loads(out)


async def test_libsonyapi_finds_shoots_watches_and_hears(emulator: Emulator, tmp_path: Path) -> None:
    environment = await asyncio.to_thread(from_python_index, "libsonyapi", tmp_path)
    answer = await told(emulator, [sys.executable, "-c", LIBSONYAPI], environment, tmp_path)
    assert answer["name"] == "SONY-FULL"
    assert {"camera", "guide", "system", "accessControl"} <= set(answer["services"])
    assert (answer["picture"], answer["live"], answer["kind"]) == ("ffd8ff", "ffd8ff", 1)
    assert answer["status"] == "IDLE"
    assert "selfTimer" in answer["changed"]
    assert emulator.journal.count("startRecMode") == 1


async def test_sonycam_finds(emulator: Emulator, tmp_path: Path) -> None:
    environment = await asyncio.to_thread(from_python_index, "sonycam", tmp_path)
    found = await told(emulator, [sys.executable, "-c", SONYCAM], environment, tmp_path)
    assert [item["location"] for item in found] == ["http://10.0.0.1:64321/DmsRmtDesc.xml"]
    assert found[0]["st"] == "urn:schemas-sony-com:service:ScalarWebAPI:1"
    assert found[0]["usn"].startswith("uuid:00000000-0005-0010-8000-")
    assert found[0]["addr"] == ["10.0.0.1", 1900]


async def test_sony_camera_of_npm_connects_shoots_watches_sets_and_hears(
    emulator: Emulator, tmp_path: Path
) -> None:
    node = need_program("node")
    environment = await asyncio.to_thread(from_npm, "sony-camera", tmp_path)
    answer = await told(emulator, [str(node), "-e", SONY_CAMERA], environment, tmp_path)
    assert "error" not in answer, answer
    assert answer["status"] == "IDLE"
    assert answer["remaining"] > 0
    assert answer["name"].endswith(".JPG")
    assert (answer["picture"], answer["live"]) == ("ffd8ff", "ffd8ff")
    assert ["selfTimer", 2] in answer["updates"]
    assert emulator.journal.count("awaitTakePicture") == 0
