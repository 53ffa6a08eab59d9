"""What the codecs may lean on: no input or output, no clock, and `values` only from above."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import remotelens.protocol.wifi as room

MODULES = sorted(path for path in Path(room.__file__).parent.glob("*.py"))
FORBIDDEN = {
    "asyncio",
    "socket",
    "ssl",
    "http",
    "time",
    "threading",
    "os",
    "pathlib",
    "io",
    "aiohttp",
    "random",
}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_codec_has_no_io_and_no_clock(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(path)} & FORBIDDEN


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_codec_leans_on_values(path: Path) -> None:
    assert "remotelens.protocol.wifi.values" not in imported(path)


def test_the_emulators_share_of_the_codecs_loads_no_exposure_values() -> None:
    shared = "ssdp rpc codes liveview description events auth nfc methods types contents"
    program = (
        "import importlib, sys\n"
        f"for name in {shared.split()!r}: importlib.import_module('remotelens.protocol.wifi.' + name)\n"
        "print('remotelens.protocol.wifi.values' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
