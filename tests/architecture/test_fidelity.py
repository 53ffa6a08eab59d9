"""FIDELITY.md says how sure we are of each method, state and fact, and is made from the marks in the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from remotelens.protocol.wifi.methods import METHODS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_as_the_code_says_it() -> None:
    check = [sys.executable, "scripts/fidelity.py", "--check"]
    ended = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, timeout=50, check=False)
    assert ended.returncode == 0, ended.stderr


def test_every_method_has_a_line() -> None:
    page = (ROOT / "FIDELITY.md").read_text("utf-8")
    missing = [method.name for method in METHODS if f"| {method.service}.{method.name} |" not in page]
    assert missing == []
