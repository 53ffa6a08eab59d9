"""The container file's own installation steps, run here as they are run there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8")
LIMIT_S = 240


@pytest.mark.installation
@pytest.mark.timeout(LIMIT_S)
def test_what_is_installed_in_the_container_runs_cameras_and_says_that_it_is_well(tmp_path: Path) -> None:
    place = tmp_path / "remotelens"
    subprocess.run(["sh", ROOT / "scripts" / "install-emulator", ROOT, place], check=True, timeout=LIMIT_S)
    ready = tmp_path / "ready.json"
    environment = {
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "REMOTELENS_EMULATOR_READY": str(ready),
        "REMOTELENS_EMULATOR_ADDRESS": "127.0.0.1",
    }
    entry = place / "bin" / "remotelens-container"
    words = [str(entry), "--port", "0", "--control-port", "0", "--no-ssdp", "--json"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            check = re.search(r"HEALTHCHECK .*CMD (\[.*\])", CONTAINERFILE)
            assert check is not None
            healthy = subprocess.run(json.loads(check[1]), env=environment, capture_output=True, check=True)
            assert json.loads(healthy.stdout)["cameras"] == 1
            assert told["cameras"][0]["model"] == "DSC-QX10"
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    well = subprocess.run(json.loads(check[1]), env=environment, capture_output=True)
    assert well.returncode != 0


def test_the_container_runs_nothing_as_root_and_copies_what_its_steps_need() -> None:
    assert re.search(r"^USER \d+$", CONTAINERFILE, re.MULTILINE)
    assert CONTAINERFILE.rindex("USER") < CONTAINERFILE.index("ENTRYPOINT")
    kept = (ROOT / ".containerignore").read_text("utf-8")
    for name in (
        "remotelens",
        "emulator",
        "scripts/install-emulator",
        "scripts/container-entry",
        "pyproject.toml",
    ):
        assert f"!{name}\n" in kept
        assert (ROOT / name).exists()
