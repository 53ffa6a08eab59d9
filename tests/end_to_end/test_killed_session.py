"""A session killed at any moment: resumed, it takes each picture once, and says so of each how it knows.

The moments are drawn from a seed, so that they differ from each other and not from run to run.
"""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.programs import Here

POINTS = 20
FRAMES = 5
PLAN = f"""
version: 1
name: dusk
steps:
  - set: {{self_timer: 0}}
  - interval: {{every: 0.4s, count: {FRAMES}}}
"""
MODELS = ["DSC-QX10@3.00", "ILCE-QX1@1.10"]


@pytest.fixture(scope="module", params=MODELS)
def camera(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Any]]:
    """A camera whose own time is fast, so that a session is short."""
    with Here(tmp_path_factory.mktemp("camera")).emulator(
        *("--model", request.param, "--still-scale", "16", "--no-ssdp", "--clock", "scaled:20")
    ) as ready:
        yield ready


def shutters(ready: Mapping[str, Any]) -> int:
    """Return how many pictures the emulator itself says it has taken."""
    control = ready["control"]
    request = urllib.request.Request(
        f"{control['url']}/v1/cameras/{ready['cameras'][0]['id']}",
        headers={"Authorization": f"Bearer {control['token']}"},
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.load(answer)["stills_on_card"])


def killed_after(here: Here, seconds: float, *words: str) -> None:
    """Run the client and kill it, as a power cut would, after that time; it may have ended before."""
    with here.started(*words) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()


@pytest.mark.parametrize("point", range(POINTS))
def test_nothing_is_lost_and_nothing_taken_twice(
    camera: Mapping[str, Any], tmp_path: Path, point: int
) -> None:
    here = Here(tmp_path)
    address = f"127.0.0.1:{camera['cameras'][0]['port']}"
    (here.folder / "plan.yaml").write_text(PLAN, "utf-8")
    before = shutters(camera)
    moment_s = 0.5 + 3.0 * (point + random.Random(point).random()) / POINTS
    killed_after(here, moment_s, "plan", "run", "plan.yaml", address, "-o", "pictures")
    folder = here.folder / "pictures"
    if not (folder / "journal.jsonl").exists():
        assert shutters(camera) == before
        return
    resumed = here.remotelens("plan", "resume", "pictures", address)
    shown = here.remotelens("plan", "show", "pictures", "--json")
    told = shown.json
    assert "frames" in told, (resumed, shown)
    taken = [frame for frame in told["frames"] if frame["outcome"] == "taken"]
    for frame in taken:
        data = (folder / frame["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == frame["sha256"]
    unknown = [frame for frame in told["frames"] if frame["outcome"] == "unknown"]
    assert all(frame["evidence"] for frame in told["frames"] if frame["outcome"])
    assert len(list(folder.glob("*.JPG"))) == len(taken)
    halves = {path.name.partition(".")[0] for path in folder.glob("*.part")}
    assert not halves & {frame["path"].partition(".")[0] for frame in taken}
    count = shutters(camera) - before
    assert len(taken) <= count <= len(taken) + len(unknown)
    assert told["finish"] == "complete"
    assert len(taken) + len(unknown) + told["missing"] == FRAMES
    assert told["missing"] == 0 or all(
        "time had passed" in frame["evidence"] for frame in told["frames"] if frame["outcome"] == "missing"
    )
