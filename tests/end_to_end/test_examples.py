"""The examples of the pytest plugin, each run as a user runs it: outside the checkout, nothing set up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "pytest"
OTHERS = "test_others_client.py"
LIMIT_S = 50
TESTS = sorted(path.name for path in EXAMPLES.glob("test_*.py"))


@pytest.mark.parametrize("name", [name for name in TESTS if name != OTHERS])
def test_an_example_passes(name: str, tmp_path: Path) -> None:
    assert "passed" in run(name, tmp_path)


@pytest.mark.multicast
def test_the_example_with_a_client_of_others_passes_where_that_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("libsonyapi", reason="libsonyapi is not installed (pip install libsonyapi requests)")
    assert "2 passed" in run(OTHERS, tmp_path)


def run(name: str, folder: Path) -> str:
    """Run one example in a folder of its own; returns what pytest said."""
    shutil.copytree(EXAMPLES, folder / "project")
    words = ["-q", "-p", "no:cacheprovider", "--strict-markers", name]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder / "project",
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
