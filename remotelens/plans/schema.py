"""YAML -> `Plan`: version 1 of the form.

version: 1
name: dusk
camera: qx                       # optional
steps:
  - set: {exposure_mode: Program Auto, ev: -0.3}
  - interval: {every: 10s, count: 6480, do: [{capture: {}}]}
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from remotelens.errors import PlanError
from remotelens.plans.nodes import Place, compose
from remotelens.plans.steps import SIZES, VERSION, Capture, Interval, Plan, Set, Step, Wait

MOST_FRAMES = 10_000_000
LONGEST_S = 366 * 86400.0

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def read_plan(path: Path) -> Plan:
    """Read a plan from a file.

    Raises:
        PlanError: the file cannot be read, or its text is no plan.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise PlanError("there is no such file", file=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"cannot be read: {error}", file=str(path)) from error
    return parse_plan(text, file=path.name)


def parse_plan(text: str, *, file: str | None = None) -> Plan:
    """Read a plan from YAML text.

    Raises:
        PlanError: with file, line, path and, for an unknown key, what was perhaps meant.
    """
    root = compose(text, file)
    fields = root.mapping(("version", "name", "camera", "steps"), required=("version", "name", "steps"))
    version = fields["version"].text()
    if version != str(VERSION):
        raise fields["version"].error(
            f"version {version} of the form is not known here", "this reads version 1"
        )
    name = fields["name"].text()
    if not _NAME.fullmatch(name):
        raise fields["name"].error(
            f"'{name}' cannot name a plan", "letters, digits, dot, dash and underscore, at most 64"
        )
    steps = tuple(_step(place) for place in fields["steps"].items())
    plan = Plan(name, steps, fields["camera"].text() if "camera" in fields else None)
    _bounded(plan, root)
    return plan


_KINDS = ("set", "capture", "interval", "wait")


def _step(place: Place, *, inside_interval: bool = False) -> Step:
    entries = list(place.entries())
    if len(entries) != 1:
        raise place.error("a step is exactly one of: " + ", ".join(_KINDS))
    kind, inner = entries[0]
    if kind == "set":
        return _set(inner)
    if kind == "capture":
        return _capture(inner)
    if kind == "interval":
        if inside_interval:
            raise inner.error("an interval cannot stand inside an interval")
        return _interval(inner)
    if kind == "wait":
        return Wait(inner.duration_s(highest_s=LONGEST_S), inner.line)
    near = get_close_matches(kind, _KINDS, n=1)
    raise inner.error(
        f"unknown step '{kind}'", f"did you mean '{near[0]}'?" if near else f"known: {', '.join(_KINDS)}"
    )


def _set(place: Place) -> Set:
    values = tuple((name, value.text()) for name, value in place.entries())
    if not values:
        raise place.error("no setting is named")
    return Set(values, place.line)


def _capture(place: Place) -> Capture:
    fields = place.mapping(("count", "size", "half_press", "download", "raw"))
    return Capture(
        count=fields["count"].count(highest=MOST_FRAMES) if "count" in fields else 1,
        size=fields["size"].choice(SIZES) if "size" in fields else "original",
        half_press=fields["half_press"].flag() if "half_press" in fields else False,
        download=fields["download"].flag() if "download" in fields else True,
        raw=fields["raw"].flag() if "raw" in fields else True,
        line=place.line,
    )


def _interval(place: Place) -> Interval:
    fields = place.mapping(("every", "count", "for", "do"), required=("every",))
    every_s = fields["every"].duration_s(highest_s=LONGEST_S)
    if ("count" in fields) == ("for" in fields):
        raise place.error("an interval has either 'count' or 'for'")
    if "count" in fields:
        count = fields["count"].count(highest=MOST_FRAMES)
    else:
        count = max(1, int(fields["for"].duration_s(highest_s=LONGEST_S) / every_s + 1e-9))
    do: tuple[Step, ...] = (Capture(line=place.line),)
    if "do" in fields:
        do = tuple(_step(item, inside_interval=True) for item in fields["do"].items())
    return Interval(every_s, count, do, place.line)


def _bounded(plan: Plan, root: Place) -> None:
    frames = sum(frames_of(step) for step in plan.steps)
    if frames == 0:
        raise root.error("the plan takes no picture", "add a step such as - capture: {}")
    if frames > MOST_FRAMES:
        raise root.error(f"the plan takes {frames} pictures; the most is {MOST_FRAMES}")


def frames_of(step: Step) -> int:
    """Return how many pictures a step takes."""
    if isinstance(step, Capture):
        return step.count
    if isinstance(step, Interval):
        return step.count * sum(frames_of(inner) for inner in step.do)
    return 0
