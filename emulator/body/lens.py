"""The lens: how its zoom, its focus and its rings stand at this moment, and what follows for the picture.

Source: models.md 1 (geometric zoom, f-number linear in the logarithm of the focal length), 8 and 9 (lenses
for cameras with a mount), protocol/wifi.md 7.2 (zoom events, boxes), quirk 34 (overrun).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from emulator.body.bell import Bell
from emulator.body.refusals import Reason, Refused
from emulator.body.work import Work
from emulator.clock import Clock
from emulator.profiles import Profile, with_lens
from emulator.profiles.model import Lens as LensFacts
from emulator.world import Optics
from emulator.world.facts import Polynomial

Direction = Literal["in", "out"]
DIRECTIONS: tuple[Direction, ...] = ("in", "out")
_SIGN = {"in": 1.0, "out": -1.0}
_DIGITAL_FACTOR = 2.0
_TRAVEL_DEFOCUS_PX = 3.0
_HYPERFOCAL_CIRCLE = 1500
_NO_LENS_DEFOCUS_PX = 2000.0
_UNMEASURED_VIGNETTING = 0.7
_MOST_SHAKE = 3.0
_NEVER = math.inf


@dataclass(frozen=True, slots=True)
class ZoomReading:
    """The zoom as the camera tells it; every number is -1 without a power zoom."""

    position: int
    boxes: int
    box: int
    position_in_box: int


@dataclass(frozen=True, slots=True)
class _Travel:
    """A movement: from there, since then, that fast, not beyond."""

    start: float
    since_s: float
    per_s: float
    until_s: float
    end: float


@dataclass(frozen=True, slots=True)
class LensState:
    """All that makes one lens differ from another, to be kept and put back.

    Attributes:
        facts: which it is.
        zoom: where the zoom stands.
        focus_m: where the focus stands.
        ring: where the aperture ring stands.
        shake: how the hand trembles.
    """

    facts: LensFacts
    zoom: float
    focus_m: float
    ring: float
    shake: float


class Lens:
    """Zoom, focus and rings of one camera.

    Args:
        profile: the lens and the sensor behind it.
        clock: camera time.
        bell: rung while the zoom moves.
        work: where the movement is watched.
    """

    def __init__(self, profile: Profile, clock: Clock, bell: Bell, work: Work) -> None:
        self._profile = profile
        self._clock = clock
        self._bell = bell
        self._work = work
        self.facts = profile.lens
        self._boxes = 1
        self._travel = _Travel(0.0, 0.0, 0.0, _NEVER, 0.0)
        self._direction: Direction | None = None
        self._run = 0
        self._ring = self.facts.f_wide
        self.handled = 0
        """Another one after each change of the lens or its aperture by hand."""
        self.shake = 0.0
        """How the hand trembles that holds the camera: 0 on a tripod, 1 ordinarily, at most 3."""
        self.focus_m = self.hyperfocal_m

    # what is on the mount, and what a hand does to it

    @property
    def mounted(self) -> bool:
        """Whether there is a lens at all."""
        return self.facts.mounted

    @property
    def ring(self) -> float | None:
        """Where the aperture ring stands; None where the camera sets the aperture."""
        return None if self.facts.electronic else self._ring

    def mount(self, name: str) -> None:
        """Put another lens on, or none; it comes out of the bag wide and open.

        Raises:
            ProfileError: there is no such lens, or it does not fit this camera.
        """
        self.facts = with_lens(self._profile, name).lens
        self._ring = self.facts.f_wide
        self._direction = None
        self._rest_at(0.0)
        self.focus_m = self.hyperfocal_m
        self._changed()

    def aperture_at(self, f_number: float) -> None:
        """Turn the aperture ring, which stays where it is put.

        Raises:
            ValueError: there is no ring, or it does not go there.
        """
        facts = self.facts
        if facts.electronic or not facts.mounted:
            raise ValueError("there is no aperture ring: the camera sets the aperture, if there is one")
        if not facts.f_wide <= f_number <= facts.f_min:
            raise ValueError(
                f"the aperture ring goes from f/{facts.f_wide:g} to f/{facts.f_min:g}, not to f/{f_number:g}"
            )
        self._ring = f_number
        self._changed()

    def hold(self, shake: float) -> None:
        """Hold the camera as still as that: 0 on a tripod, 1 in an ordinary hand.

        Raises:
            ValueError: no hand trembles like that.
        """
        if not 0.0 <= shake <= _MOST_SHAKE:
            raise ValueError(f"no hand trembles by {shake:g}: 0 on a tripod, 1 ordinarily, at most 3")
        self.shake = shake

    # zoom

    @property
    def can_zoom(self) -> bool:
        """Whether the camera can move the zoom."""
        return self.facts.power_zoom and self._zooms

    @property
    def _zooms(self) -> bool:
        return self.facts.tele_mm > self.facts.wide_mm

    @property
    def position(self) -> float:
        """Where the zoom stands: 0 wide, 1 tele, beyond 1 in the digital box."""
        travel = self._travel
        if not travel.per_s:
            return travel.start
        elapsed_s = min(self._clock.monotonic(), travel.until_s) - travel.since_s
        moved = travel.start + travel.per_s * elapsed_s
        low, high = (travel.start, travel.end) if travel.per_s >= 0 else (travel.end, travel.start)
        return min(max(moved, low), high)

    @property
    def moving(self) -> bool:
        """Whether the zoom is on its way."""
        return self.position != self._travel.end and self._clock.monotonic() < self._travel.until_s

    @property
    def reading(self) -> ZoomReading:
        """The zoom as the camera tells it."""
        if not self.can_zoom:
            return ZoomReading(-1, -1, -1, -1)
        position = self.position
        box = min(int(position), self._boxes - 1)
        return ZoomReading(
            position=round(100 * position / self._boxes),
            boxes=self._boxes,
            box=box,
            position_in_box=round(100 * (position - box)),
        )

    def set_boxes(self, boxes: int) -> None:
        """Allow the digital zoom (2), or the optical one only (1)."""
        self._boxes = boxes
        if self.position > boxes:
            self._rest_at(float(boxes))
            self._bell.ring("zoom")

    def start(self, direction: Direction, pace: float = 1.0) -> None:
        """Let the zoom run until it is stopped or at its end, at a share of its full speed."""
        self._require_zoom()
        end = float(self._boxes) if direction == "in" else 0.0
        self._direction = direction
        self._move(end, _NEVER, pace)

    def stop(self, direction: Direction | None = None) -> None:
        """Stop the zoom; it runs on for a moment.

        Raises:
            Refused: it was not started, or in the other direction.
        """
        self._require_zoom()
        if self._direction is None or (direction is not None and direction != self._direction):
            raise Refused(Reason.ILLEGAL_ARGUMENT, "the zoom does not run in that direction")
        self._direction = None
        if self.moving:
            self._move(self._travel.end, self._clock.monotonic() + self._profile.timings.zoom_coast)

    def shot(self, direction: Direction) -> None:
        """Move the zoom by one small step."""
        self._require_zoom()
        self._direction = None
        step = self._profile.timings.zoom_shot * _SIGN[direction]
        self._move(min(max(self.position + step, 0.0), float(self._boxes)), _NEVER)

    def place(self, position: float) -> None:
        """Turn the zoom ring: the zoom is there at once, 0 wide to 1 tele.

        Raises:
            ValueError: there is no such position.
        """
        if not 0.0 <= position <= 1.0:
            raise ValueError(f"the zoom has no position {position:g}")
        if position and not self._zooms:
            raise ValueError("the lens has no zoom")
        self._direction = None
        self._rest_at(position)
        self._bell.ring("zoom")

    def focus_at(self, distance_m: float) -> None:
        """Turn the focus ring to a distance; nearer than the lens can focus is the nearest.

        Raises:
            ValueError: there is no such distance.
        """
        if not distance_m > 0.0:
            raise ValueError(f"nothing is at a distance of {distance_m:g} m")
        self.focus_m = max(distance_m, self.near_m)
        self._bell.ring("focus")

    @property
    def state(self) -> LensState:
        """How it stands, digital zoom included."""
        return LensState(self.facts, self.position, self.focus_m, self._ring, self.shake)

    @state.setter
    def state(self, state: LensState) -> None:
        self._direction = None
        self.facts = state.facts
        self._rest_at(state.zoom)
        self.focus_m, self._ring, self.shake = state.focus_m, state.ring, state.shake
        self._changed()

    def retract(self) -> None:
        """Fold the lens, which comes out again at its wide end; one without a motor stays as it is."""
        self._direction = None
        if self.facts.power_zoom:
            self._rest_at(0.0)
        if self.facts.autofocus:
            self.focus_m = self.hyperfocal_m

    def _changed(self) -> None:
        self.handled += 1
        self._bell.ring("settings", "zoom", "focus")

    def _require_zoom(self) -> None:
        if not self.can_zoom:
            raise Refused(Reason.NOT_NOW, f"{self.facts.name or 'an empty mount'} has no power zoom")

    def _rest_at(self, position: float) -> None:
        self._run += 1
        self._travel = _Travel(position, self._clock.monotonic(), 0.0, _NEVER, position)

    def _move(self, end: float, until_s: float, pace: float = 1.0) -> None:
        start = self.position
        per_s = math.copysign(pace / self.facts.travel_s, end - start) if end != start else 0.0
        self._run += 1
        self._travel = _Travel(start, self._clock.monotonic(), per_s, until_s, end)
        self._work.start(self._watch(self._run), "zoom")

    async def _watch(self, run: int) -> None:
        """Tell where the zoom is, several times a second, until it rests."""
        moving = True
        while moving and run == self._run:
            await self._clock.sleep(self._profile.timings.zoom_event)
            if run != self._run:
                return
            moving = self.moving
            if not moving:
                self._rest_at(self.position)
            self._bell.ring("zoom")

    # focus

    @property
    def near_m(self) -> float:
        """The nearest distance in focus at this zoom position."""
        return self._between(self.facts.near_wide_m, self.facts.near_tele_m)

    @property
    def hyperfocal_m(self) -> float:
        """The distance that keeps most of the world sharp."""
        diagonal_mm = math.hypot(self._profile.sensor.width_mm, self._profile.sensor.height_mm)
        circle_mm = diagonal_mm / _HYPERFOCAL_CIRCLE
        distance = self.focal_mm**2 / (self.widest_f_number * circle_mm) + self.focal_mm
        return max(distance / 1000, self.near_m)

    def focus_step(self, direction: Direction, share: float) -> None:
        """Turn the focus by a share of the whole dioptre scale; ``in`` is nearer. It takes a motor."""
        if not self.facts.autofocus:
            return
        nearest = 1 / self.near_m
        dioptres = 1 / self.focus_m + _SIGN[direction] * share * nearest
        dioptres = min(max(dioptres, 0.0), nearest)
        self.focus_m = 1 / dioptres if dioptres > 0 else math.inf
        self._bell.ring("focus")

    # optics

    @property
    def focal_mm(self) -> float:
        """The real focal length."""
        return self._between(self.facts.wide_mm, self.facts.tele_mm)

    @property
    def equivalent_mm(self) -> float:
        """The focal length in 35 mm terms, digital zoom included."""
        return self.focal_mm * self._profile.crop_factor * self.digital_zoom

    @property
    def digital_zoom(self) -> float:
        """How much the picture is enlarged beyond the lens."""
        return float(_DIGITAL_FACTOR ** max(0.0, self.position - 1.0))

    @property
    def widest_f_number(self) -> float:
        """Full aperture at this zoom position."""
        facts = self.facts
        if facts.tele_mm == facts.wide_mm:
            return facts.f_wide
        share = math.log(self.focal_mm / facts.wide_mm) / math.log(facts.tele_mm / facts.wide_mm)
        return facts.f_wide + (facts.f_tele - facts.f_wide) * share

    def optics(self, focus_m: float | None = None) -> Optics:
        """Return the lens as the world's physics needs it."""
        sensor, crop, facts = self._profile.sensor, self.digital_zoom, self.facts
        distance = max(self.focus_m if focus_m is None else focus_m, self.near_m)
        blur = _TRAVEL_DEFOCUS_PX if self.moving else 0.0
        return Optics(
            focal_mm=self.focal_mm,
            focus_m=distance,
            sensor_width_mm=sensor.width_mm / crop,
            sensor_height_mm=sensor.height_mm / crop,
            blades=facts.blades,
            widest_f_number=self.widest_f_number,
            corner_ev=facts.corner_ev,
            defocus_px_640=blur if facts.mounted else _NO_LENS_DEFOCUS_PX,
            shake=self.shake,
            stabilised=facts.stabilised,
            breathing=facts.macro,
            corrected=facts.corrected,
            distortion=self._distortion(),
            vignetting=self._vignetting(),
        )

    def _distortion(self) -> Polynomial:
        """The figures at this focal length, between the two that are nearest."""
        measured = sorted((float(focal), figures) for focal, figures in self.facts.distortion.items())
        if not measured:
            return 0.0, 0.0, 0.0
        at, along = math.log(self.focal_mm), [math.log(focal) for focal, _ in measured]
        a, b, c = (
            float(np.interp(at, along, [figures[index] for _, figures in measured])) for index in range(3)
        )
        return a, b, c

    def _vignetting(self) -> tuple[tuple[float, Polynomial], ...]:
        """The figures of the wide end, which fade toward the tele end, where none were measured."""
        kept = 1 - _UNMEASURED_VIGNETTING * min(1.0, self.position) if self._zooms else 1.0
        measured = sorted((float(wide), figures) for wide, figures in self.facts.vignetting.items())
        return tuple((wide, (k1 * kept, k2 * kept, k3 * kept)) for wide, (k1, k2, k3) in measured)

    def _between(self, wide: float, tele: float) -> float:
        """Return a value along the zoom: equal steps of the zoom are equal ratios."""
        return float(wide * (tele / wide) ** min(1.0, max(0.0, self.position)))
