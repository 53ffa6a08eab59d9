"""The examples of the pytest plugin, each run as a user runs it: outside the checkout, with nothing set up."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "pytest"
TESTS = sorted(path.name for path in EXAMPLES.glob("test_*.py"))


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(name: str, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "project")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers", name],
        cwd=tmp_path / "project",
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert ended.returncode in (0, 5 if "others" in name else 0), ended.stdout + ended.stderr
    assert "passed" in ended.stdout or "skipped" in ended.stdout
