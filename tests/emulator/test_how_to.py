"""The commands of the how-to page are commands that there are."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from emulator.cli import cli
from emulator.ctl import ControlClient

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "emulator.md"
PROGRAM = "remotelens-emulator"


def commands() -> list[str]:
    blocks = re.findall(r"^```console$(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in re.findall(rf"^\$ {PROGRAM} (.*)$", block, re.MULTILINE)]
    return [re.split(r"\s+#|\s+&$", line)[0] for line in lines]


def test_the_page_shows_commands() -> None:
    assert len(commands()) > 40


@pytest.mark.parametrize("line", [line for line in commands() if not line.startswith("ctl ")])
def test_a_command_of_the_page_is_understood(line: str) -> None:
    name, *words = shlex.split(line)
    context = cli.make_context("remotelens-emulator", [name], resilient_parsing=True)
    command = cli.get_command(context, name)
    assert command is not None
    command.make_context(name, words, parent=context)


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("ctl ")])
def test_a_command_of_the_page_asks_the_control_api(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def fetch(_client: ControlClient, verb: str, path: str, _body: Any = None) -> bytes:
        asked.append(f"{verb} {path}")
        return b"{}"

    monkeypatch.setattr(ControlClient, "fetch", fetch)
    monkeypatch.setattr(ControlClient, "found", lambda *_: ControlClient("http://127.0.0.1:1", "x"))
    monkeypatch.chdir(tmp_path)
    Path("ready.snapshot").write_bytes(b"")
    result = CliRunner().invoke(cli, shlex.split(line))
    assert (result.exit_code, len(asked)) == (0, 1), result.output
