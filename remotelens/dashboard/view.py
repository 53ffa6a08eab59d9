"""What the screens are given to show: one immutable value, made by the operator at each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from remotelens.camera.shot import Shot
from remotelens.camera.state import CameraState, Value

_NO_STATE = CameraState(link="absent")


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for the person: what was done, or what went wrong and what to do about it."""

    text: str
    bad: bool = False


NOT_READY = Notice("no camera now: wait until the link is ready", bad=True)


@dataclass(frozen=True, slots=True)
class Touch:
    """The place that was touched, in fractions of the picture, and whether focus was found there.

    `found` is None while the camera has not told.
    """

    x: float
    y: float
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Everything the screens show of one camera, but for its live view.

    Attributes:
        name: the camera, as it was asked for or as it calls itself.
        state: what the camera told, and how the link stands.
        connected: whether a camera was reached and is held; before that nothing can be asked of it.
        wanted: settings on their way to the camera, by name.
        live: whether live view is wanted.
        touch: the place it is to focus on; None for its own choice.
        doing: what it is being asked to do, in a word; None for nothing.
        shots: the pictures taken here, the newest last.
        fetching: how many pictures are on their way to the disk.
        left_behind: the ids of those that did not get there.
    """

    name: str
    state: CameraState = _NO_STATE
    connected: bool = False
    wanted: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    live: bool = True
    touch: Touch | None = None
    doing: str | None = None
    shots: tuple[Shot, ...] = ()
    fetching: int = 0
    left_behind: frozenset[str] = frozenset()

    def value(self, name: str) -> Value | None:
        """Return a setting as it is, or as it will be."""
        return self.wanted[name] if name in self.wanted else self.state.value(name)

    def neighbour(self, name: str, step: int) -> Value | None:
        """Return the candidate so many places from the present one; None where there is none to go to."""
        setting = self.state.settings.get(name)
        if setting is None or not setting.writable:
            return None
        candidates = setting.candidates
        value = self.value(name)
        if value not in candidates:
            return candidates[0] if candidates else None
        index = min(max(candidates.index(value) + step, 0), len(candidates) - 1)
        return candidates[index] if candidates[index] != value else None
