"""How the live view runs: its rate, what was left out, how old the picture on the screen is."""

from __future__ import annotations

from collections import deque

from remotelens.camera.frame import Frame

WINDOW_S = 2.0
_SEQUENCES = 65536
_MOST_FRAMES = 1000


class Figures:
    """Counts frames over the last two seconds; times are on the clock's monotonic scale.

    Attributes:
        shown_total: all frames that reached the screen.
        arrived_s: when the one that was shown last had arrived; None before the first.
        latency_s: how old it was when it was shown.
    """

    def __init__(self) -> None:
        self._arrivals: deque[tuple[float, int]] = deque(maxlen=_MOST_FRAMES)
        self._shown: deque[float] = deque(maxlen=_MOST_FRAMES)
        self._last: Frame | None = None
        self.shown_total = 0
        self.arrived_s: float | None = None
        self.latency_s = 0.0

    def take(self, frame: Frame) -> None:
        """Count a frame that has come, with those before it that were replaced on the way."""
        step = 1 if self._last is None else (frame.sequence - self._last.sequence) % _SEQUENCES
        missed = step if 0 < step < _MOST_FRAMES else 1
        self._last = frame
        self._arrivals.append((frame.arrived_s, missed))

    def show(self, frame: Frame, now_s: float) -> None:
        """Count a frame that is on the screen now."""
        self._shown.append(now_s)
        self.shown_total += 1
        self.arrived_s = frame.arrived_s
        self.latency_s = max(0.0, now_s - frame.arrived_s)

    def age_s(self, now_s: float) -> float | None:
        """Return how old the picture on the screen is; None before the first.

        While pictures come it is how old the last one was when it was shown, which can be read; from then on
        it grows.
        """
        if self.arrived_s is None:
            return None
        since_s = now_s - self.arrived_s
        return since_s if since_s > max(0.5, 2 * self.latency_s) else self.latency_s

    def rate(self, now_s: float) -> float:
        """Return the frames a second that the camera sends."""
        while self._arrivals and now_s - self._arrivals[0][0] > WINDOW_S:
            self._arrivals.popleft()
        if len(self._arrivals) < 2:
            return 0.0
        span_s = self._arrivals[-1][0] - self._arrivals[0][0]
        return sum(missed for _, missed in list(self._arrivals)[1:]) / span_s if span_s > 0 else 0.0

    def shown_rate(self, now_s: float) -> float:
        """Return the frames a second that reach the screen."""
        while self._shown and now_s - self._shown[0] > WINDOW_S:
            self._shown.popleft()
        if len(self._shown) < 2:
            return 0.0
        span_s = self._shown[-1] - self._shown[0]
        return (len(self._shown) - 1) / span_s if span_s > 0 else 0.0
