"""The reference of methods is made from the method table, and is linked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from remotelens.protocol.wifi.methods import METHODS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_as_the_table_says_it() -> None:
    check = [sys.executable, "scripts/reference.py", "--check"]
    ended = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr


def test_every_method_has_a_row_and_the_page_is_linked() -> None:
    page = (ROOT / "docs" / "reference" / "methods.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(METHODS)
    assert "reference/methods.md" in (ROOT / "docs" / "index.md").read_text("utf-8")
