"""`status --watch` tells the truth about a camera that comes and goes, and comes back to ready by itself."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.programs import Here

QX = ("setup", "--ble", "--name", "qx", "--json")


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


@pytest.fixture
def ready(here: Here) -> Iterator[Mapping[str, Any]]:
    with here.emulator("--ble", "--still-scale", "8", "--seed", "47", "--clock", "scaled:20") as ready:
        yield ready


def power(ready: Mapping[str, Any], on: bool) -> None:
    """Press the camera's power button."""
    control, camera = ready["control"], ready["cameras"][0]["id"]
    request = urllib.request.Request(
        f"{control['url']}/v1/cameras/{camera}/power",
        data=json.dumps({"on": on}).encode(),
        headers={"Authorization": f"Bearer {control['token']}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()


class Watch:
    """What a running `status --watch` has told."""

    def __init__(self, process: Popen[str]) -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self.links: list[str] = []

    def until(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Return the next state that fits."""
        for line in self._lines:
            state: dict[str, Any] = json.loads(line)
            assert "error" not in state, state
            if not self.links or self.links[-1] != state["link"]:
                self.links.append(state["link"])
            if fits(state):
                return state
        raise AssertionError(f"the watch ended after {self.links}")


def is_ready(state: dict[str, Any]) -> bool:
    return (state["link"], state["status"]) == ("ready", "IDLE")


def test_a_camera_that_loses_its_power_and_gets_it_back_is_ready_again_by_itself(
    here: Here, ready: Mapping[str, Any]
) -> None:
    adapter = ready["air"]["adapter"]
    known = {"REMOTELENS_EMULATOR_READY": ready["ready_file"]}
    join = f"command:{sys.executable} -m emulator join"
    named = f"ble:{ready['cameras'][0]['ble']['address']}"  # so that nobody listens for others
    stored = here.remotelens(*QX, named, "--ble-adapter", adapter, "--join", join, **known)
    assert stored.code == 0, stored.stderr
    assert stored.json["join"] == join
    with here.started("status", "qx", "--watch", "--jsonl", "--ble-adapter", adapter, **known) as process:
        watch = Watch(process)
        watch.until(is_ready)
        for _ in range(2):
            power(ready, on=False)
            lost = watch.until(lambda state: state["link"] == "lost" and state["link_next_try"] is not None)
            assert lost["status"] is None
            assert lost["link_reason"]
            power(ready, on=True)
            watch.until(is_ready)
        process.terminate()
    assert watch.links.count("ready") == 3
    assert "waking" in watch.links
