"""A plan and its steps: frozen values that YAML and Python build alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

SettingValue: TypeAlias = str | int | float

VERSION = 1
SIZES = ("original", "postview")


@dataclass(frozen=True, slots=True)
class Set:
    """Change settings, in the order given, and wait until the camera shows them."""

    values: tuple[tuple[str, SettingValue], ...]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Take pictures one after the other.

    `size` is what is fetched: the original, or the camera's 2-megapixel postview. `download` false leaves the
    pictures on the camera, `raw` false the raw files that there may be beside them.
    """

    count: int = 1
    size: str = "original"
    half_press: bool = False
    download: bool = True
    raw: bool = True
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for a while."""

    seconds: float
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """Do steps again and again at a fixed rate: tick k is due at the start plus k times `every_s`."""

    every_s: float
    count: int
    do: tuple[Step, ...] = (Capture(),)
    line: int | None = None


Step: TypeAlias = Set | Capture | Wait | Interval


@dataclass(frozen=True, slots=True)
class Plan:
    """What to shoot. `camera` names a configured camera; it can be given when the plan is run instead."""

    name: str
    steps: tuple[Step, ...]
    camera: str | None = None
    version: int = VERSION
