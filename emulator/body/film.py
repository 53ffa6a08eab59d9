"""Follows how the camera stands while it records, so that the movie can be rendered later.

Source: models.md 4.
"""

from __future__ import annotations

from dataclasses import replace

from emulator.body.capture import Parts
from emulator.body.movie import MovieRecipe, Take
from emulator.world import View

_LEAST_FRAME_BYTES = 8192


class Film:
    """What one recording has seen so far; it begins when it is made.

    Args:
        parts: the camera.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._began_s = parts.clock.monotonic()
        self._takes: list[Take] = []
        self.look()
        self._unsubscribe = parts.bell.subscribe(lambda topic: self.look() if topic == "zoom" else None)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return self._parts.clock.monotonic() - self._began_s

    def look(self) -> None:
        """Take note of lens and exposure where they have changed."""
        parts = self._parts
        view = parts.eye.film_view(parts.aim.live, parts.scaled(parts.profile.movie.size))
        last = self._takes[-1] if self._takes else None
        if last is None or (parts.eye.scene, _timeless(view)) != (last.scene, _timeless(last.view)):
            at_s = 0.0 if last is None else self.seconds
            self._takes.append(Take(at_s, parts.eye.scene, view))

    def close(self) -> None:
        """Stop looking."""
        self._unsubscribe()

    def recipe(self, *, last_s: float | None = None) -> MovieRecipe:
        """Return all that was seen, or the last seconds of it: at least one frame."""
        movie = self._parts.profile.movie
        duration_s = max(self.seconds, 1 / movie.frames_s)
        start_s = 0.0 if last_s is None else max(0.0, duration_s - last_s)
        share = 1 / self._parts.still_scale**2
        frame_bytes = int(movie.megabits_s * 1e6 / 8 / movie.frames_s * share)
        return MovieRecipe(
            tuple(_from(self._takes, start_s)),
            duration_s - start_s,
            movie.frames_s,
            max(_LEAST_FRAME_BYTES, frame_bytes),
        )


def _from(takes: list[Take], start_s: float) -> list[Take]:
    """Return the takes as they are when the movie begins at that moment."""
    first = max(index for index, take in enumerate(takes) if take.at_s <= start_s)
    gone_s = start_s - takes[first].at_s
    view = replace(takes[first].view, time_s=takes[first].view.time_s + gone_s)
    later = [replace(take, at_s=take.at_s - start_s) for take in takes[first + 1 :]]
    return [Take(0.0, takes[first].scene, view), *later]


def _timeless(view: View) -> View:
    return replace(view, time_s=0.0, noise_seed=0)
