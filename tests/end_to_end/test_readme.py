"""README's own script works as printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import Here

README = Path(__file__).resolve().parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    """Return README's code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.mark.multicast
def test_the_script_works_as_printed(tmp_path: Path) -> None:
    script, *_ = blocks("python")
    assert len([line for line in script.splitlines() if line.strip()]) <= 12
    here = Here(tmp_path)
    with here.emulator("--model", "DSC-QX10@3.00", "--still-scale", "4"):
        answer = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env=here.environment,
            capture_output=True,
            text=True,
            timeout=50,
        )
    assert answer.returncode == 0, answer.stderr
    first, second, third = answer.stdout.splitlines()
    assert first == "DSC-QX10 IDLE"
    assert second.endswith("bytes of live view")
    assert third.startswith("pictures")
    assert len(list((tmp_path / "pictures").glob("*.JPG"))) == 1


def test_it_stays_readable() -> None:
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 150
    for said in ("Not yet tried on a real camera", "QX cameras have no Bluetooth radio", "Not affiliated"):
        assert said in text


def test_every_command_it_names_is_there() -> None:
    from remotelens.cli.table import COMMANDS

    named = re.findall(r"remotelens ([a-z-]+)", "\n".join(blocks("console") + blocks("sh")))
    assert named
    assert set(named) <= set(COMMANDS)


def test_every_picture_and_page_it_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#h][^)#]*)", README.read_text("utf-8")):
        assert (README.parent / target).exists(), target
