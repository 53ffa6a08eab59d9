"""How warm the sensor is: small barrels heat up while the sensor runs, and stop before it gets too hot.

Source: imaging.md A6 (12 K while live view runs, 18 K while recording, time constant 8 minutes, a stop at
60 °C; assumed).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from emulator.clock import Clock, Handle

AMBIENT_C = 25.0
TOO_HOT_C = 60.0
_LIVE_K = 12.0
_MOVIE_K = 18.0
_TIME_CONSTANT_S = 480.0


class Warmth:
    """Follows the temperature; tell it when the load changes.

    Args:
        clock: camera time.
        too_hot: called when the sensor reaches its limit.
    """

    def __init__(self, clock: Clock, too_hot: Callable[[], None] | None = None) -> None:
        self._clock = clock
        self._too_hot = too_hot
        self._since = clock.monotonic()
        self._excess_k = 0.0
        self._target_k = 0.0
        self._ambient_c = AMBIENT_C
        self._limit: Handle | None = None

    def load(self, *, running: bool, recording: bool) -> None:
        """Take note of what the sensor does from now on."""
        self._excess_k = self._excess()
        self._since = self._clock.monotonic()
        self._target_k = (_MOVIE_K if recording else _LIVE_K) if running else 0.0
        self._look_ahead()

    @property
    def ambient_c(self) -> float:
        """Of the air around the camera."""
        return self._ambient_c

    @ambient_c.setter
    def ambient_c(self, celsius: float) -> None:
        self._ambient_c = celsius
        self._look_ahead()

    @property
    def celsius(self) -> float:
        """The sensor's temperature."""
        return self._ambient_c + self._excess()

    @celsius.setter
    def celsius(self, celsius: float) -> None:
        self._excess_k = celsius - self._ambient_c
        self._since = self._clock.monotonic()
        self._look_ahead()

    def close(self) -> None:
        """Look ahead no longer."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _excess(self) -> float:
        elapsed_s = self._clock.monotonic() - self._since
        share = math.exp(-elapsed_s / _TIME_CONSTANT_S)
        return self._target_k + (self._excess_k - self._target_k) * share

    def _look_ahead(self) -> None:
        """Arrange to be called at the moment the limit is reached, if it will be."""
        self.close()
        room_k = TOO_HOT_C - self._ambient_c
        if self._too_hot is None or not self._target_k or self._target_k <= room_k:
            return
        left_k = (self._target_k - self._excess()) / (self._target_k - room_k)
        reached_s = max(_TIME_CONSTANT_S * math.log(left_k), 0.0) if left_k > 0 else 0.0
        self._limit = self._clock.call_later(reached_s, self._too_hot)
