"""How much picture a terminal can bear: fewer colours, then a smaller picture, when it is slow.

Source: performance.md 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from remotelens.clock import Clock
from remotelens.dashboard.render.cells import Colours

SLOWEST_PICTURE_S = 1.0
COMFORTABLE_PICTURE_S = 0.4
FIRST_TRIAL_S = 5.0
LONGEST_TRIAL_S = 80.0


@dataclass(frozen=True, slots=True)
class Quality:
    """How the picture is drawn.

    Attributes:
        colours: how colours are told.
        scale: the part of the sides it takes.
    """

    colours: Colours
    scale: float

    @property
    def cost(self) -> float:
        """What a picture of it costs, in comparison to others."""
        return self.colours.bytes_a_cell * self.scale**2


BEST = Quality(Colours.TRUE, 1.0)
LADDER = (
    BEST,
    Quality(Colours.INDEXED, 1.0),
    Quality(Colours.INDEXED, 0.6),
    Quality(Colours.INDEXED, 0.35),
)


class Pace:
    """Chooses the quality by how long pictures take to get out.

    Args:
        clock: measures that.
        true_colour: whether the terminal shows all colours at all.
    """

    def __init__(self, clock: Clock, *, true_colour: bool) -> None:
        self._clock = clock
        self._ladder = LADDER if true_colour else LADDER[1:]
        self._step = 0
        self._started_s: float | None = None
        self._trial_s = FIRST_TRIAL_S
        self._rose = False
        self._settled_s = clock.monotonic()

    @property
    def quality(self) -> Quality:
        """The quality to draw with now."""
        return self._ladder[self._step]

    @property
    def reduced(self) -> bool:
        """Whether it is less than this terminal can show."""
        return self._step > 0

    @property
    def under_way(self) -> bool:
        """Whether a picture is on its way."""
        return self._started_s is not None

    def begin(self) -> None:
        """Say that a picture starts on its way."""
        self._started_s = self._clock.monotonic()

    def end(self, answer_s: float = 0.0) -> bool:
        """Say that it has arrived; returns whether the quality has changed.

        Args:
            answer_s: how long the terminal's last sign took, which counts if it is longer.
        """
        started_s, self._started_s = self._started_s, None
        if started_s is None:
            return False
        took_s = max(answer_s, self._clock.monotonic() - started_s)
        if took_s > SLOWEST_PICTURE_S:
            return self._go_down(took_s)
        return self._try_up(took_s)

    def overdue(self) -> bool:
        """Whether the picture on its way takes so long that it should be given up; then `end` it."""
        return (
            self._started_s is not None
            and self._step < len(self._ladder) - 1
            and self._clock.monotonic() - self._started_s > SLOWEST_PICTURE_S
        )

    def _go_down(self, took_s: float) -> bool:
        wanted = self.quality.cost * COMFORTABLE_PICTURE_S / took_s
        before = self._step
        while self._step < len(self._ladder) - 1:
            self._step += 1
            if self.quality.cost <= wanted:
                break
        if self._rose and self._clock.monotonic() - self._settled_s < 2 * self._trial_s:
            self._trial_s = min(2 * self._trial_s, LONGEST_TRIAL_S)
        self._rose = False
        self._settled_s = self._clock.monotonic()
        return self._step != before

    def _try_up(self, took_s: float) -> bool:
        """Go up a step when that would still be comfortable and the last fall is some time ago."""
        now_s = self._clock.monotonic()
        if self._step == 0 or now_s - self._settled_s < self._trial_s:
            return False
        better = self._ladder[self._step - 1]
        if took_s * better.cost / self.quality.cost > COMFORTABLE_PICTURE_S:
            return False
        self._step -= 1
        self._rose = True
        self._settled_s = now_s
        return True
