"""Settings that a plan has changed before, given once more: few changes, in an order that a camera takes."""

from __future__ import annotations

from collections.abc import Iterator

from remotelens.camera.descriptors import BY_NAME, Category
from remotelens.plans.expand import Apply
from remotelens.plans.steps import SettingValue

_Values = tuple[tuple[str, SettingValue], ...]


class Replay:
    """Gathers changes; of each setting the last value counts, in the modes in which it was given.

    A plan of any length has a few combinations of modes, so that this stays small.
    """

    def __init__(self) -> None:
        self._modes: dict[str, SettingValue] = {}
        self._values: dict[_Values, dict[str, SettingValue]] = {}  # by modes, those used last at the end

    def add(self, values: _Values) -> None:
        """Take one more change into account."""
        self._modes.update((name, value) for name, value in values if _is_mode(name))
        modes = tuple(sorted(self._modes.items()))
        here = self._values.pop(modes, {})
        self._values[modes] = here
        for name, value in values:
            if not _is_mode(name):
                for others in self._values.values():
                    others.pop(name, None)
                here[name] = value

    def tasks(self, line: int | None) -> Iterator[Apply]:
        """Yield what brings a camera to where the plan was; modes with nothing of their own are left out."""
        modes_now = next(reversed(self._values), None)
        for modes, values in self._values.items():
            if values or modes == modes_now:
                yield Apply((*modes, *values.items()), None, line, replayed=modes != modes_now)


def _is_mode(name: str) -> bool:
    one = BY_NAME.get(name)
    return one is not None and one.category is Category.MODE
