"""What stdout and stderr cannot take: another encoding, a reader that has gone, a full disk."""

from __future__ import annotations

import errno
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from remotelens.cli.main import main
from remotelens.cli.options import General
from remotelens.cli.output import Painted, ReaderGone, print_object, print_text, print_words, soften
from remotelens.cli.run import Run, execute
from remotelens.errors import CameraNotFound, DiskFull
from tests.programs import LIMIT_S, Here

FULL = Path("/dev/full")


class Unable(io.StringIO):
    """A stream that takes so many lines and then fails."""

    def __init__(self, number: int, lines: int = 0) -> None:
        super().__init__()
        self._number = number
        self._left = lines

    def flush(self) -> None:
        if self._left <= 0:
            raise OSError(self._number, "no more")
        self._left -= 1


def ended(run: Run, work: Callable[[Run], None]) -> int:
    """Return the exit code of a run with this work."""

    async def working(run: Run) -> None:
        work(run)

    with pytest.raises(SystemExit) as left:
        execute(working, run=run, words=lambda result: [str(result)])
    assert isinstance(left.value.code, int)
    return left.value.code


def run_of(*, json: bool = False, lines: bool = False) -> Run:
    return Run(General(json=json), item_words=lambda item: [str(item)], lines=lines)


def add_three(run: Run) -> None:
    for number in range(3):
        run.add({"number": number})


@pytest.mark.parametrize("lines", [0, 1])
@pytest.mark.parametrize("as_lines", [False, True])
@pytest.mark.parametrize(("number", "code"), [(errno.EPIPE, 0), (errno.ENOSPC, 6)])
def test_work_that_is_worth_it_unread_goes_on(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    code: int,
    as_lines: bool,
    lines: int,
) -> None:
    monkeypatch.setattr(sys, "stdout", Unable(number, lines))
    run = run_of(lines=as_lines)
    assert ended(run, add_three) == code
    assert len(run.result["items"]) == 3
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(": no more")[0] for line in told] == (
        ["remotelens: stdout takes no more"] if code else []
    )


@pytest.mark.parametrize(("number", "error"), [(errno.EPIPE, ReaderGone), (errno.ENOSPC, DiskFull)])
def test_a_stream_ends_with_its_reader(
    monkeypatch: pytest.MonkeyPatch, number: int, error: type[Exception]
) -> None:
    monkeypatch.setattr(sys, "stdout", Unable(number))
    with pytest.raises(error):
        run_of().show("a line")
    with pytest.raises(error):
        run_of(lines=True).line({"a": "line"})


def test_what_the_work_failed_with_is_not_hidden_by_a_full_disk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Run) -> None:
        raise CameraNotFound("no camera")

    monkeypatch.setattr(sys, "stdout", Unable(errno.ENOSPC))
    assert ended(run_of(json=True), fail) == 3
    assert "no camera" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "number", "code"),
    [
        (["--version"], errno.EPIPE, 0),
        (["--version"], errno.ENOSPC, 6),
        (["--help"], errno.EPIPE, 0),
        (["--help"], errno.ENOSPC, 6),
        (["shoot", "-h"], errno.EPIPE, 0),
        (["shoot", "--help"], errno.ENOSPC, 6),
    ],
)
def test_what_needs_no_command_ends_the_same_way(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    number: int,
    code: int,
) -> None:
    monkeypatch.setattr(sys, "stdout", Unable(number))
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == code
    assert len(capsys.readouterr().err.splitlines()) == (1 if code else 0)


def test_words_that_nobody_can_hear_hinder_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Unable(errno.ENOSPC))
    print_words("hello")


@pytest.mark.parametrize(("encoding", "text"), [("cp1252", "? ×"), ("ascii", "? ?"), ("utf-8", "✓ ×")])
def test_what_an_encoding_has_no_form_for_is_replaced(
    monkeypatch: pytest.MonkeyPatch, encoding: str, text: str
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    monkeypatch.setattr(sys, "stdout", stream)
    soften()
    print("✓ ×", flush=True)  # noqa: T201 - this is what is looked at
    assert stream.buffer.getvalue().decode(encoding).strip() == text


def test_json_loses_nothing_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert ended(run_of(json=True), lambda run: run.result.update(size="2×3")) == 0
    assert json.loads(stream.buffer.getvalue())["size"] == "2×3"


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_a_program_whose_stdout_is_full_leaves_no_complaint_of_python_s(here: Here) -> None:
    command = [sys.executable, "-m", "remotelens", "--version"]
    with FULL.open("w") as full:
        answer = subprocess.run(
            command, env=here.environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=LIMIT_S
        )
    assert answer.returncode == 6
    assert answer.stderr.splitlines() == [
        "remotelens: stdout takes no more: no space left on device (see where it goes)"
    ]


@pytest.mark.parametrize("words", [("nonsense",), ("status", "--nonsense")])
def test_json_may_be_asked_for_by_the_environment_in_an_error_too(here: Here, words: tuple[str, ...]) -> None:
    answer = here.remotelens(*words, REMOTELENS_JSON="1")
    assert (answer.code, answer.json["error"]["type"]) == (2, "UsageError")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_our_colours_and_nothing_that_a_camera_would_have_it_obey(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", stream)
    print_text(Painted("✓ find \x1b[2JQX", (("bold green", 0, 1), ("cyan", 2, 6))))
    assert stream.getvalue() == "\x1b[1;32m✓\x1b[0m \x1b[36mfind\x1b[0m ?[2JQX\n"


def test_what_is_no_terminal_gets_the_words_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_text(Painted("✓ find", (("bold green", 0, 1),)))
    assert capsys.readouterr().out == "✓ find\n"


def test_what_a_terminal_would_obey_is_shown_and_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    print_text("camera \x1b[2J\u202eQX\n\tready")
    print_words("camera \x1b]0;pwn\x07")
    print_object({"ssid": "\x9b2J\u202eé"})
    out, err = capsys.readouterr()
    assert out.splitlines()[:2] == ["camera ?[2J?QX", "\tready"]
    assert err == "camera ?]0;pwn?\n"
    assert out.isascii()
    assert json.loads(out.splitlines()[2])["ssid"] == "\x9b2J\u202eé"
