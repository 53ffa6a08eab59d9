"""`remotelens demo`: the first thing a newcomer runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.programs import Here

STEPS = ["start", "find", "pair", "wake", "join", "search", "reach", "live view", "half-press"]


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_it_walks_the_whole_road_and_the_second_time_with_its_bond(here: Here) -> None:
    first = here.remotelens("demo", "--json")
    assert first.code == 0, first.stderr
    assert "no Bluetooth radio" in first.stderr
    items = first.json["items"]
    assert [item["name"] for item in items] == [*STEPS, "shoot and download", "stop"]
    assert all(item["ok"] and item["seconds"] >= 0 and item["detail"] for item in items)
    (path,) = (here.folder / "demo-pictures").iterdir()
    with Image.open(path) as picture:
        assert picture.size == (4896, 3672)
    second = here.remotelens("demo", "--json")
    assert second.code == 0, second.stderr
    names = [item["name"] for item in second.json["items"]]
    assert "pair" not in names
    assert names[2] == "connect"
    assert len(list((here.folder / "demo-pictures").iterdir())) == 2


@pytest.mark.parametrize("after", ["start", "pair", "reach", "half-press"])
@pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX")
def test_interrupting_it_leaves_no_process_and_no_half_file(here: Here, after: str) -> None:
    words = {"start": "start", "pair": "pair and bond", "reach": "first event", "half-press": "half-press"}[
        after
    ]
    with here.started("demo") as process:
        assert process.stdout is not None
        while words not in process.stdout.readline():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=40)
    assert process.returncode == 130
    assert not subprocess.run(["pgrep", "-g", str(process.pid)], capture_output=True, text=True).stdout
    folder = here.folder / "demo-pictures"
    assert not folder.exists() or not list(folder.iterdir())


def test_a_plain_installation_says_what_is_missing(here: Here) -> None:
    program = (
        "import importlib.util as u, sys\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'bumble' else real(name, *more)\n"
        "from remotelens.cli.main import main\n"
        "main(['demo', '--json'])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], env=here.environment, cwd=here.folder, capture_output=True, text=True
    )
    error = json.loads(answer.stdout)["error"]
    assert answer.returncode == 1
    assert (error["type"], error["remedy"]) == ("MissingComponent", "pip install 'remotelens[demo]'")
    assert len(answer.stderr.strip().splitlines()) == 1
