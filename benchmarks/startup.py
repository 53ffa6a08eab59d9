"""What `--help` and `--version` cost, against an interpreter that does nothing."""

from __future__ import annotations

import sys

from benchmarks.harness import alternate, process_cpu_ms, tell


def main() -> None:
    """Measure and tell."""
    python = sys.executable
    ways = {
        "python -c pass": [python, "-c", "pass"],
        "remotelens --help": [python, "-m", "remotelens", "--help"],
        "remotelens --version": [python, "-m", "remotelens", "--version"],
    }
    figures = alternate(
        {name: lambda words=words: process_cpu_ms(words) for name, words in ways.items()},  # type: ignore[misc]  # one word list a way
        unit="ms",
        rounds=9,
    )
    tell("Start-up: CPU of the whole process (aim <= 7 x)", figures, "python -c pass")
