"""`remotelens demo`, step by step, against what the emulated camera itself makes one wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.harness import Figure, tell

ROUNDS = 5
# What the emulated DSC-QX10 takes by its profile, and the live view that the demo watches; the rest is ours.
CAMERA_S: Mapping[str, float] = {
    "pair": 0.3,
    "wake": 4.0,
    "live view": 5.0,
    "half-press": 0.6,
    "shoot and download": 1.6,
}


def main() -> None:
    """Walk the demo a few times, each on a fresh state, and tell each step."""
    taken: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            for item in walk(Path(folder) / str(number)):
                taken.setdefault(str(item["name"]), []).append(float(str(item["seconds"])))
    figures = [Figure(name, "s", tuple(values)) for name, values in taken.items()]
    tell("remotelens demo, seconds by step", figures)
    beyond = [
        sum(values[number] - CAMERA_S.get(name, 0.0) for name, values in taken.items() if name != "start")
        for number in range(ROUNDS)
    ]
    figure = Figure("beyond what the camera makes one wait", "s", tuple(beyond))
    tell("All steps after the emulator's start (aim <= 0.5 s)", [figure])


def walk(folder: Path) -> list[Mapping[str, object]]:
    """Run one demo and return its items."""
    folder.mkdir()
    answer = subprocess.run(
        [sys.executable, "-m", "remotelens", "demo", "--json", "-o", str(folder / "pictures")],
        env={**os.environ, "REMOTELENS_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        check=True,
    )
    items: list[Mapping[str, object]] = json.loads(answer.stdout)["items"]
    return items
