"""Reaches one camera, however long that takes, and hands it over; from then on it is held through every loss.

The first meeting is tried for ever, too: a bridge is started when the host boots, a camera when somebody
takes it out of the bag. Source: design section 4.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from remotelens.camera.camera import Camera
from remotelens.camera.opening import at_camera
from remotelens.clock import Clock
from remotelens.errors import InputError, LinkLost, MissingComponent, RemoteLensError
from remotelens.link.reach import Reached
from remotelens.link.road import Road
from remotelens.link.stages import Route, Stage
from remotelens.link.status import STATE_DURING, BackOff, LinkState, LinkStatus

STEADY_S = 30.0
"""How long a camera has to be held before the failures until then count no more."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A camera that is held, and what was found when it was met."""

    camera: Camera
    reached: Reached


class Keeper:
    """Keeps one camera.

    Args:
        route: which camera, and by which way.
        serve: works with the camera for as long as it is held.
        tell: told how the link stands until there is a camera.
        clock: measures everything.
        back_off: the pauses between attempts.
        chance: what the pauses' jitter comes from.
    """

    def __init__(
        self,
        route: Route,
        *,
        serve: Callable[[Held], Awaitable[None]],
        tell: Callable[[LinkStatus], None],
        clock: Clock,
        back_off: BackOff | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._route = route
        self._serve = serve
        self._tell = tell
        self._clock = clock
        self._back_off = back_off or BackOff()
        self._chance = chance or random.Random()  # noqa: S311 - spreads attempts, keeps no secret
        self._failures = 0
        self._why: str | None = None

    async def run(self) -> NoReturn:
        """Keep the camera until cancelled.

        Raises:
            InputError: what was asked for can never be reached.
            MissingComponent: this host lacks what the way needs.
        """
        async with Road(self._route, begun=self._begin, clock=self._clock) as road:
            while True:
                try:
                    reached = await road.walk()
                    async with at_camera(road, clock=self._clock) as camera:
                        await self._hold(Held(camera, reached))
                    raise LinkLost("it was let go of", camera=camera.name)
                except (InputError, MissingComponent):
                    raise
                except RemoteLensError as error:
                    await self._after(error)

    async def _hold(self, held: Held) -> None:
        """Work with the camera; one that was held for a while begins to count its failures anew."""
        since_s = self._clock.monotonic()
        try:
            await self._serve(held)
        finally:
            if self._clock.monotonic() - since_s >= STEADY_S:
                self._failures, self._why = 0, None

    async def _after(self, error: RemoteLensError) -> None:
        """Tell of a failure, and wait."""
        self._failures += 1
        self._why = error.message
        level = logging.WARNING if self._failures == 1 else logging.DEBUG
        _log.log(level, "%s", error)
        pause_s = self._back_off.pause_s(self._failures, self._chance)
        now = self._clock.now()
        next_try = now + timedelta(seconds=pause_s)
        self._tell(LinkStatus(LinkState.ABSENT, error.message, now, next_try, self._failures))
        await self._clock.sleep(pause_s)

    def _begin(self, stage: Stage) -> None:
        """Tell of the stage that begins."""
        state = STATE_DURING.get(stage, LinkState.ABSENT)
        reason = self._why or f"{stage.value} is under way"
        self._tell(LinkStatus(state, reason, self._clock.now(), attempt=self._failures))
