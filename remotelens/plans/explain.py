"""A plan told and costed on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remotelens.plans.schema import frames_of
from remotelens.plans.steps import Capture, Interval, Plan, Set, Step, Wait

TYPICAL_CAPTURE_S = 2.5
TYPICAL_ORIGINAL_BYTES = 6_000_000
TYPICAL_POSTVIEW_BYTES = 500_000
TYPICAL_RAW_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan will cost: pictures, seconds, bytes on this host. Figures are typical, not promises."""

    frames: int
    seconds: float
    size_bytes: int
    warnings: tuple[str, ...]


def estimate(plan: Plan) -> Estimate:
    """Cost a plan with typical figures of a capture and its download."""
    warnings: list[str] = []
    seconds = sum(_seconds(step, warnings) for step in plan.steps)
    raws = sum(_raws(step) for step in plan.steps) if any(map(_sets_raw, plan.steps)) else 0
    if raws:
        warnings.append(f"raw files come at the end, about {size(raws * TYPICAL_RAW_BYTES)} more")
    return Estimate(
        frames=sum(frames_of(step) for step in plan.steps),
        seconds=seconds,
        size_bytes=sum(_bytes(step) for step in plan.steps),
        warnings=tuple(warnings),
    )


def _seconds(step: Step, warnings: list[str]) -> float:
    if isinstance(step, Capture):
        return step.count * TYPICAL_CAPTURE_S
    if isinstance(step, Wait):
        return step.seconds
    if isinstance(step, Interval):
        inside_s = sum(_seconds(inner, warnings) for inner in step.do)
        if inside_s > step.every_s:
            warnings.append(
                f"line {step.line}: one tick takes about {inside_s:g} s but is due every {step.every_s:g} s:"
                " frames whose time has passed are left out"
            )
        return (step.count - 1) * step.every_s + inside_s
    return 0.5 * len(step.values)


def _bytes(step: Step) -> int:
    if isinstance(step, Capture):
        if not step.download:
            return 0
        each = TYPICAL_ORIGINAL_BYTES if step.size == "original" else TYPICAL_POSTVIEW_BYTES
        return step.count * each
    if isinstance(step, Interval):
        return step.count * sum(_bytes(inner) for inner in step.do)
    return 0


def _sets_raw(step: Step) -> bool:
    if isinstance(step, Set):
        return any(
            name == "still_quality" and str(value).upper().startswith("RAW") for name, value in step.values
        )
    return isinstance(step, Interval) and any(map(_sets_raw, step.do))


def _raws(step: Step) -> int:
    """Return how many raw files a step makes at most that are fetched."""
    if isinstance(step, Capture):
        return step.count if step.download and step.raw else 0
    if isinstance(step, Interval):
        return step.count * sum(map(_raws, step.do))
    return 0


def explain(plan: Plan) -> Iterator[str]:
    """Yield the plan in sentences, then what it costs."""
    yield f"{plan.name}: {'camera ' + plan.camera if plan.camera else 'any camera'}"
    for step in plan.steps:
        yield from _told(step, "  ")
    cost = estimate(plan)
    yield (
        f"  {cost.frames} picture{'s' if cost.frames != 1 else ''}, about {span(cost.seconds)},"
        f" about {size(cost.size_bytes)} on this host"
    )
    for warning in cost.warnings:
        yield f"  note: {warning}"


def _told(step: Step, margin: str) -> Iterator[str]:
    if isinstance(step, Set):
        yield margin + "set " + ", ".join(f"{name} to {value}" for name, value in step.values)
    elif isinstance(step, Wait):
        yield margin + f"wait {span(step.seconds)}"
    elif isinstance(step, Capture):
        what = "a picture" if step.count == 1 else f"{step.count} pictures"
        focus = ", half-pressed first" if step.half_press else ""
        keep = f"keep the {step.size}" if step.download else "leave it on the camera"
        yield margin + f"take {what}{focus}, {keep}"
    else:
        lasts_s = (step.count - 1) * step.every_s
        yield margin + f"every {span(step.every_s)}, {step.count} times (over {span(lasts_s)}):"
        for inner in step.do:
            yield from _told(inner, margin + "  ")


def size(size_bytes: int) -> str:
    """Return an amount of bytes as people write it: 36 MB, 38.9 GB."""
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def span(seconds: float) -> str:
    """Return a time span as people write it: 2.5 s, 4 min 10 s, 18 h."""
    if seconds < 120:
        return f"{seconds:g} s"
    rounded = round(seconds)
    parts = [
        (rounded // 86400, "d"),
        (rounded // 3600 % 24, "h"),
        (rounded // 60 % 60, "min"),
        (rounded % 60, "s"),
    ]
    return " ".join(f"{value} {unit}" for value, unit in parts if value)
