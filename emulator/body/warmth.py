"""How warm the sensor is: small barrels heat up while the sensor runs.

Source: imaging.md A6 (12 K while live view runs, 18 K while recording, time constant 8 minutes; assumed).
"""

from __future__ import annotations

import math

from emulator.clock import Clock

AMBIENT_C = 25.0
_LIVE_K = 12.0
_MOVIE_K = 18.0
_TIME_CONSTANT_S = 480.0


class Warmth:
    """Follows the temperature; tell it when the load changes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.monotonic()
        self._excess_k = 0.0
        self._target_k = 0.0
        self.ambient_c = AMBIENT_C
        """Of the air around the camera."""

    def load(self, *, running: bool, recording: bool) -> None:
        """Take note of what the sensor does from now on."""
        self._excess_k = self._excess()
        self._since = self._clock.monotonic()
        self._target_k = (_MOVIE_K if recording else _LIVE_K) if running else 0.0

    @property
    def celsius(self) -> float:
        """The sensor's temperature."""
        return self.ambient_c + self._excess()

    def _excess(self) -> float:
        elapsed_s = self._clock.monotonic() - self._since
        share = math.exp(-elapsed_s / _TIME_CONSTANT_S)
        return self._target_k + (self._excess_k - self._target_k) * share
