"""Worlds to rehearse in: emulated cameras that live in the same event loop, found by name and never imported.

A world is a factory in the entry-point group `remotelens.worlds`. What a factory needs of the client, the
client of the factory, is in the protocols here; no import statement crosses.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from remotelens.errors import InputError, MissingComponent

GROUP = "remotelens.worlds"


class WorldClock(Protocol):
    """The time that client and world share; `remotelens.clock.Clock` has this shape."""

    def monotonic(self) -> float:
        """Return seconds on a scale that never jumps."""
        ...

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        ...


class MakeWorld(Protocol):
    """Makes a world.

    Args:
        models: a camera each, as MODEL or MODEL@FIRMWARE.
        scene: what they look at; the world's own choice when not given.
        seed: the same seed, the same world.
        clock: the time of the event loop, which it shares.

    The block gives the cameras' description URLs, in the order of the models.
    """

    def __call__(
        self, models: Sequence[str], scene: str | None, seed: int, clock: WorldClock
    ) -> AbstractAsyncContextManager[Sequence[str]]:
        """Return the world; it exists while its block runs."""
        ...


def find_world(name: str | None = None) -> MakeWorld:
    """Return a world's factory by name, or the first there is.

    Raises:
        MissingComponent: there is none.
        InputError: there is none of that name.
    """
    from importlib.metadata import entry_points

    found = {point.name: point for point in entry_points(group=GROUP)}
    if not found:
        raise MissingComponent(
            "this installation has no emulated cameras to rehearse with",
            remedy="pip install 'remotelens[emulator]'",
        )
    chosen = name or min(found)
    if chosen not in found:
        raise InputError(f"there is no world {chosen!r}", remedy=f"there are {', '.join(sorted(found))}")
    try:
        make: MakeWorld = found[chosen].load()
    except ModuleNotFoundError as error:
        raise MissingComponent(
            f"emulated cameras need {error.name}", remedy="pip install 'remotelens[emulator]'"
        ) from error
    return make
