"""What a terminal answers when it is asked, before the application starts: its colours, its graphics.

Asked once, in one go, with a question that every terminal answers at the end; after the application has
started its own reader would take the answers for keys.
"""

from __future__ import annotations

import os
import re
import selectors
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remotelens.dashboard.render.graphics import Graphics

PATIENCE_S = 2.0
_MOST_BYTES = 4096
_BACKGROUND_QUESTION = "\x1b]11;?\x1b\\"
# kitty's graphics query, the version, the size of a cell.
_GRAPHICS_QUESTIONS = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[>q\x1b[16t"
_LAST_QUESTION = "\x1b[c"  # the device attributes: every terminal answers
_END = re.compile(rb"\x1b\[\?[\d;]*c")
_KITTY = re.compile(rb"\x1b_Gi=31;OK\x1b\\")
_VERSION = re.compile(rb"\x1bP>\|([^\x1b]{1,60})\x1b\\")
_BACKGROUND = re.compile(rb"\x1b\]11;rgb:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_CELL = re.compile(rb"\x1b\[6;(\d{1,4});(\d{1,4})t")


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """What a terminal said of itself; what it did not answer keeps its default.

    Attributes:
        graphics: how it shows real pixels.
        light: whether its background is light; None where it does not say.
        cell_pixels: width and height of a cell; None where it does not say.
    """

    graphics: Graphics = Graphics.NONE
    light: bool | None = None
    cell_pixels: tuple[int, int] | None = None


def facts_from(answer: bytes) -> TerminalFacts:
    """Read what a terminal answered."""
    graphics = Graphics.NONE
    version = _VERSION.search(answer)
    if _KITTY.search(answer):
        graphics = Graphics.KITTY
    elif version and version[1].startswith((b"iTerm2", b"WezTerm")):
        graphics = Graphics.ITERM2
    cell = _CELL.search(answer)
    size = (int(cell[2]), int(cell[1])) if cell else (0, 0)
    return TerminalFacts(graphics, _is_light(answer), size if min(size) > 0 else None)


def questions_for(environment: Mapping[str, str]) -> str:
    """Return what may be asked of the terminal that the environment names.

    tmux and screen take kitty's query for a window title, and Apple's Terminal prints parts of what it does
    not know, so those are only asked for their colours.
    """
    term = environment.get("TERM", "")
    plain = "TMUX" in environment or term.startswith(("screen", "tmux", "linux", "dumb"))
    if plain or environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return _BACKGROUND_QUESTION + _LAST_QUESTION
    return _GRAPHICS_QUESTIONS + _BACKGROUND_QUESTION + _LAST_QUESTION


def ask_terminal(patience_s: float = PATIENCE_S) -> TerminalFacts:
    """Ask the terminal this process runs in; blocking, for at most so long between two of its bytes.

    Nothing is known where standard input or error is no terminal, or where there is no termios.
    """
    try:
        import termios
        import tty
    except ImportError:
        return TerminalFacts()
    source, target = sys.__stdin__, sys.__stderr__
    if source is None or target is None or not (source.isatty() and target.isatty()):
        return TerminalFacts()
    descriptor = source.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSANOW)
        target.write(questions_for(os.environ))
        target.flush()
        return facts_from(_answer(descriptor, patience_s, lambda read: _END.search(read) is not None))
    except OSError:
        return TerminalFacts()  # it is gone; the application will find out
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _answer(descriptor: int, patience_s: float, complete: Callable[[bytes], bool]) -> bytes:
    read = b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while not complete(read) and len(read) < _MOST_BYTES:
            if not selector.select(patience_s):
                break
            piece = os.read(descriptor, 512)
            if not piece:
                break
            read += piece
    return read


def _is_light(answer: bytes) -> bool | None:
    found = _BACKGROUND.search(answer)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / float(16 ** len(part) - 1) for part in found.groups())
    return bool(0.3 * red + 0.59 * green + 0.11 * blue > 0.5)
