"""How figures are taken and told: alternated rounds, medians, lowest and highest."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing: its rounds, in the unit named."""

    name: str
    unit: str
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.rounds)

    def line(self, floor: Figure | None = None) -> str:
        """Return the figure as a line, with its ratio to the floor by pairs of rounds."""
        low, high = min(self.rounds), max(self.rounds)
        text = f"{self.name:44} {self.median:10.3f} {self.unit:4} [{low:.3f} .. {high:.3f}]"
        if floor is not None and floor is not self:
            pairs = [mine / its for mine, its in zip(self.rounds, floor.rounds, strict=True)]
            text += f"  x {statistics.median(pairs):.2f} [{min(pairs):.2f} .. {max(pairs):.2f}]"
        return text


def alternate(ways: Mapping[str, Callable[[], float]], *, unit: str, rounds: int = 5) -> list[Figure]:
    """Measure each way once a round, round after round, so that other load meets all of them."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
    return [Figure(name, unit, tuple(values)) for name, values in taken.items()]


def process_cpu_ms(arguments: Sequence[str]) -> float:
    """Return the CPU time, user and system, of one run of a command, in milliseconds."""
    import resource  # absent on Windows, where this benchmark does not run

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(list(arguments), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def own_cpu_s() -> float:
    """Return the CPU time of this process so far, in seconds."""
    return time.process_time()


def tell(title: str, figures: Sequence[Figure], floor: str | None = None) -> None:
    """Print the figures of one measurement, against the floor's."""
    print(f"\n{title}")
    by_name = {figure.name: figure for figure in figures}
    for figure in figures:
        print("  " + figure.line(by_name[floor] if floor else None))
    sys.stdout.flush()
