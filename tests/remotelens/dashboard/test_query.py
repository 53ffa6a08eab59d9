"""What terminals answer, as their documentation and captures of them show."""

from __future__ import annotations

import os
import sys

import pytest

from remotelens.dashboard.query import TerminalFacts, ask_terminal, facts_from, questions_for
from remotelens.dashboard.render.graphics import Graphics

DA1 = b"\x1b[?62;22c"

ANSWERS = {
    # kitty: the graphics answer comes before that to the device attributes (its documentation says why).
    "kitty": (
        b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.26.5)\x1b\\\x1b[6;18;9t\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;c",
        TerminalFacts(Graphics.KITTY, False, (9, 18)),
    ),
    "iTerm2": (
        b"\x1bP>|iTerm2 3.5.4\x1b\\\x1b[6;17;7t\x1b]11;rgb:ffff/ffff/ffff\x1b\\" + DA1,
        TerminalFacts(Graphics.ITERM2, True, (7, 17)),
    ),
    "xterm, BEL at the end": (
        b"\x1bP>|XTerm(379)\x1b\\\x1b]11;rgb:ffff/fafa/e5e5\x07\x1b[?64;1;2c",
        TerminalFacts(Graphics.NONE, True, None),
    ),
    "kitty's error": (b"\x1b_Gi=31;EINVAL:bad\x1b\\" + DA1, TerminalFacts()),
    "8 bits a channel": (b"\x1b]11;rgb:1e/1e/2e\x1b\\" + DA1, TerminalFacts(light=False)),
    "only the attributes": (DA1, TerminalFacts()),
    "nothing": (b"", TerminalFacts()),
    "no cell size": (b"\x1b[6;0;0t" + DA1, TerminalFacts()),
    "noise": (bytes(range(256)), TerminalFacts()),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_read(name: str) -> None:
    answer, facts = ANSWERS[name]
    assert facts_from(answer) == facts


@pytest.mark.parametrize(
    ("environment", "asked"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({"TERM": "screen"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
    ],
)
def test_graphics_are_only_asked_for_where_the_question_does_no_harm(
    environment: dict[str, str], asked: bool
) -> None:
    questions = questions_for(environment)
    assert ("\x1b_G" in questions) is asked
    assert questions.endswith("\x1b[c")


class Ends:
    """One end of a pseudo-terminal as the standard streams."""

    def __init__(self, descriptor: int) -> None:
        self.file = os.fdopen(os.dup(descriptor), "w")
        self.descriptor = descriptor

    def isatty(self) -> bool:
        return os.isatty(self.descriptor)

    def fileno(self) -> int:
        return self.descriptor

    def write(self, text: str) -> None:
        self.file.write(text)

    def flush(self) -> None:
        self.file.flush()


def test_it_asks_the_terminal_and_puts_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    termios = pytest.importorskip("termios")
    master, slave = pty.openpty()
    ends = Ends(slave)
    monkeypatch.setattr(sys, "__stdin__", ends)
    monkeypatch.setattr(sys, "__stderr__", ends)
    monkeypatch.setenv("TERM", "xterm-kitty")
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.delenv("TERM_PROGRAM", raising=False)
    before = termios.tcgetattr(slave)
    os.write(master, ANSWERS["kitty"][0])
    try:
        assert ask_terminal() == ANSWERS["kitty"][1]
        assert termios.tcgetattr(slave) == before
        assert b"\x1b[c" in os.read(master, 4096)
    finally:
        ends.file.close()
        os.close(master)
        os.close(slave)


def test_without_a_terminal_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdin__", None)
    assert ask_terminal() == TerminalFacts()
