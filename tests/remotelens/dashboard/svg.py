"""Screenshots as SVG, and the words in them.

The files in `snapshots/` are pictures to look at; compared are the words and where they stand, not colours,
fonts or the ids that each export makes up. ``REMOTELENS_UPDATE_SNAPSHOTS=1`` writes them anew.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "REMOTELENS_UPDATE_SNAPSHOTS"
_TEXT = re.compile(
    r'<text class="[^"]*" x="([\d.]+)" y="[\d.]+"[^>]*clip-path="url\(#[^"]*-line-(\d+)\)">([^<]*)<'
)
_CELL_PIXELS = 12.2


def lines_of(svg: str) -> list[str]:
    """Return the lines of the screen, without what is blank at their ends."""
    lines: dict[int, str] = {}
    for x, number, words in _TEXT.findall(svg):
        column = round(float(x) / _CELL_PIXELS)
        line = lines.get(int(number), "")
        text = html.unescape(words).replace("\xa0", " ")
        lines[int(number)] = line[:column].ljust(column) + text + line[column + len(text) :]
    return [lines.get(number, "").rstrip() for number in range(max(lines, default=-1) + 1)]


def assert_looks_like(svg: str, name: str) -> None:
    """Compare a screenshot with the one that is kept."""
    kept = FOLDER / f"{name}.svg"
    if os.environ.get(UPDATE):
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(svg, "utf-8")
    assert lines_of(svg) == lines_of(kept.read_text("utf-8"))
