"""Exposure values: what a camera writes as text, as numbers that one can reason with.

Each value keeps the camera's own wire form, since that is what must be sent back, and knows two numbers: the
*nominal* one that is engraved (1/250 s, f/5.6, ISO 125) and the *exact* one that the scale means (1/256 s,
f/5.657, ISO 126), where the marking is one of the standard third-stop scale. Equality is that of nominal
values: `22` and `22.0` are one f-number.

`from_wire` reads what a camera sent, `parse` what a person wrote, in any case.

Source: protocol/wifi.md 5.3.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction

from remotelens.errors import InvalidValue, RemoteProtocolError

BULB = "BULB"
AUTO = "AUTO"

_SHUTTER_MARKS = (
    "30 25 20 15 13 10 8 6 5 4 3.2 2.5 2 1.6 1.3 1 0.8 0.6 0.5 0.4 1/3 1/4 1/5 1/6 1/8 1/10 1/13 1/15 1/20 "
    "1/25 1/30 1/40 1/50 1/60 1/80 1/100 1/125 1/160 1/200 1/250 1/320 1/400 1/500 1/640 1/800 1/1000 1/1250 "
    "1/1600 1/2000 1/2500 1/3200 1/4000 1/5000 1/6400 1/8000"
)
_F_NUMBER_MARKS = (
    "1 1.1 1.2 1.4 1.6 1.8 2 2.2 2.5 2.8 3.2 3.5 4 4.5 5 5.6 6.3 7.1 8 9 10 11 13 14 16 18 20 22 25 29 32"
)
_ISO_MARKS = (
    "50 64 80 100 125 160 200 250 320 400 500 640 800 1000 1250 1600 2000 2500 3200 4000 5000 6400 8000 "
    "10000 12800 16000 20000 25600 32000 40000 51200 64000 80000 102400"
)

_EXACT_SHUTTER_S = {
    Fraction(mark): math.exp2((15 - index) / 3) for index, mark in enumerate(_SHUTTER_MARKS.split())
}
_EXACT_F_NUMBER = {Fraction(mark): math.exp2(index / 6) for index, mark in enumerate(_F_NUMBER_MARKS.split())}
_EXACT_ISO = {int(mark): 50.0 * math.exp2(index / 3) for index, mark in enumerate(_ISO_MARKS.split())}

_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,4})?"
_SHUTTER = re.compile(
    rf"""(?P<of>[0-9]{{1,6}})/(?P<by>{_NUMBER})\s*(?:"|''|″|s|sec)?|(?P<s>{_NUMBER})\s*(?:"|''|″|s|sec)""",
    re.IGNORECASE,
)
_F_NUMBER = re.compile(rf"(?:[fƒ]\s*/?\s*)?(?P<n>{_NUMBER})", re.IGNORECASE)
_ISO = re.compile(r"(?:iso\s*)?(?P<n>[0-9]{1,7}|auto)", re.IGNORECASE)
_EV = re.compile(
    r"(?P<sign>[-+±−]?)\s*(?:(?P<whole>[0-9]{1,3})\s+)?"
    r"(?:(?P<of>[0-9]{1,3})/(?P<by>[0-9]{1,3})|(?P<n>[0-9]{1,3}(?:\.[0-9]{1,4})?))\s*(?:ev)?",
    re.IGNORECASE,
)

_STEPS_PER_EV = {1: 3, 2: 2}


@dataclass(frozen=True, slots=True)
class ShutterSpeed:
    """An exposure time; `nominal` is in seconds, None for BULB."""

    wire: str = field(compare=False)
    nominal: Fraction | None

    @classmethod
    def from_wire(cls, text: str) -> ShutterSpeed:
        """Read a camera's value.

        Raises:
            RemoteProtocolError: no shutter speed.
        """
        return cls(text, _nominal_shutter(text, from_camera=True))

    @classmethod
    def parse(cls, text: str) -> ShutterSpeed:
        """Read a person's value: `1/250`, `2.5"`, `2.5s`, `bulb`.

        Raises:
            InvalidValue: no shutter speed; a bare number is none, since it may mean either.
        """
        nominal = _nominal_shutter(text, from_camera=False)
        return cls(_shutter_text(nominal), nominal)

    @property
    def is_bulb(self) -> bool:
        """Whether the shutter stays open as long as it is held."""
        return self.nominal is None

    @property
    def nominal_s(self) -> float | None:
        """The engraved time in seconds."""
        return None if self.nominal is None else float(self.nominal)

    @property
    def exact_s(self) -> float | None:
        """The time in seconds that the scale means: 1/256 for 1/250."""
        return None if self.nominal is None else _EXACT_SHUTTER_S.get(self.nominal, float(self.nominal))

    def __str__(self) -> str:
        return _shutter_text(self.nominal)


@dataclass(frozen=True, slots=True)
class FNumber:
    """A lens opening."""

    wire: str = field(compare=False)
    nominal: Fraction

    @classmethod
    def from_wire(cls, text: str) -> FNumber:
        """Read a camera's value.

        Raises:
            RemoteProtocolError: no f-number.
        """
        return cls(text, _nominal_f_number(text, from_camera=True))

    @classmethod
    def parse(cls, text: str) -> FNumber:
        """Read a person's value: `5.6`, `f/5.6`, `F5.6`.

        Raises:
            InvalidValue: no f-number.
        """
        nominal = _nominal_f_number(text, from_camera=False)
        return cls(_decimal(nominal), nominal)

    @property
    def exact(self) -> float:
        """The number that the scale means: 5.657 for 5.6."""
        return _EXACT_F_NUMBER.get(self.nominal, float(self.nominal))

    @property
    def label(self) -> str:
        """As it stands on a lens: `f/5.6`."""
        return f"f/{self}"

    def __str__(self) -> str:
        return _decimal(self.nominal)


@dataclass(frozen=True, slots=True)
class Iso:
    """A sensitivity; `nominal` is None for AUTO."""

    wire: str = field(compare=False)
    nominal: int | None

    @classmethod
    def from_wire(cls, text: str) -> Iso:
        """Read a camera's value.

        Raises:
            RemoteProtocolError: no sensitivity.
        """
        return cls(text, _nominal_iso(text, from_camera=True))

    @classmethod
    def parse(cls, text: str) -> Iso:
        """Read a person's value: `100`, `ISO 100`, `auto`.

        Raises:
            InvalidValue: no sensitivity.
        """
        nominal = _nominal_iso(text, from_camera=False)
        return cls(AUTO if nominal is None else str(nominal), nominal)

    @property
    def is_auto(self) -> bool:
        """Whether the camera chooses."""
        return self.nominal is None

    @property
    def exact(self) -> float | None:
        """The sensitivity that the scale means: 126 for 125."""
        return None if self.nominal is None else _EXACT_ISO.get(self.nominal, float(self.nominal))

    def __str__(self) -> str:
        return AUTO if self.nominal is None else str(self.nominal)


@dataclass(frozen=True, slots=True)
class Ev:
    """An exposure compensation: an index of thirds (`step` 1) or halves (`step` 2) of an EV."""

    index: int
    step: int

    @classmethod
    def from_wire(cls, index: int, step: int) -> Ev:
        """Read a camera's index and step.

        Raises:
            RemoteProtocolError: a step that is none; 0 is what a camera says where it has no compensation.
        """
        if step not in _STEPS_PER_EV or isinstance(index, bool) or not isinstance(index, int):
            raise RemoteProtocolError(f"index {index!r} of step {step!r} is no exposure compensation")
        return cls(index, step)

    @classmethod
    def nearest(cls, ev: Fraction | float, *, step: int, minimum: int, maximum: int) -> Ev:
        """Return the step nearest to that many EV, among the indices of a camera's range.

        Raises:
            InvalidValue: it lies outside by half a step or more.
        """
        per_ev = _STEPS_PER_EV.get(step)
        if per_ev is None:
            raise InvalidValue("this camera offers no exposure compensation now")
        try:
            wanted = Fraction(ev) * per_ev
        except (ValueError, OverflowError) as error:
            raise InvalidValue(f"{ev} is no exposure compensation") from error
        index = round(wanted)
        if not minimum <= index <= maximum:
            low, high = cls(minimum, step), cls(maximum, step)
            raise InvalidValue(
                f"{float(ev):+g} EV is outside the range of this camera", remedy=f"choose {low} to {high}"
            )
        return cls(index, step)

    @staticmethod
    def parse(text: str) -> Fraction:
        """Read a person's number of EV: `+0.7`, `-1`, `1/3`, `-1 2/3 EV`; `nearest` finds its step.

        Raises:
            InvalidValue: no number of EV.
        """
        read = _EV.fullmatch(text.strip())
        if read is None or read["by"] == "0" * len(read["by"] or "x") or (read["whole"] and read["n"]):
            raise InvalidValue(
                f"{_quoted(text)} is no exposure compensation", remedy="write it as +0.7 or -1"
            )
        part = Fraction(int(read["of"]), int(read["by"])) if read["of"] else Fraction(read["n"])
        size = int(read["whole"] or 0) + part
        return -size if read["sign"] in {"-", "−"} else size

    @property
    def wire(self) -> int:
        """What is sent."""
        return self.index

    @property
    def exact(self) -> Fraction:
        """The compensation in EV."""
        return Fraction(self.index, _STEPS_PER_EV[self.step])

    @property
    def nominal(self) -> float:
        """The compensation in EV as it is written: 0.3 for a third."""
        return round(float(self.exact), 1)

    def __str__(self) -> str:
        return f"{self.nominal:+g}" if self.index else "0"


def _nominal_shutter(text: str, *, from_camera: bool) -> Fraction | None:
    if text.strip().upper() == BULB:
        return None
    read = _SHUTTER.fullmatch(text.strip())
    if read is not None:
        by = Fraction(read["by"] or 1)
        nominal = Fraction(read["of"] or read["s"]) / by if by else Fraction(0)
        if nominal:
            return nominal
    raise _refusal(text, "shutter speed", 'write it as 1/250, 2.5" or BULB', from_camera=from_camera)


def _nominal_f_number(text: str, *, from_camera: bool) -> Fraction:
    read = _F_NUMBER.fullmatch(text.strip())
    if read is not None and Fraction(read["n"]):
        return Fraction(read["n"])
    raise _refusal(text, "f-number", "write it as 5.6 or f/5.6", from_camera=from_camera)


def _nominal_iso(text: str, *, from_camera: bool) -> int | None:
    read = _ISO.fullmatch(text.strip())
    if read is not None:
        if read["n"].upper() == AUTO:
            return None
        if int(read["n"]):
            return int(read["n"])
    raise _refusal(text, "sensitivity", "write it as 100 or AUTO", from_camera=from_camera)


def _refusal(text: str, kind: str, remedy: str, *, from_camera: bool) -> RemoteProtocolError | InvalidValue:
    if from_camera:
        return RemoteProtocolError(f"the camera calls {_quoted(text)} a {kind}")
    return InvalidValue(f"{_quoted(text)} is no {kind}", remedy=remedy)


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _shutter_text(nominal: Fraction | None) -> str:
    """Write a time as the cameras do: fractions below 0.4 s, seconds with their mark from there on."""
    if nominal is None:
        return BULB
    if nominal < Fraction(2, 5):
        return f"1/{_decimal(1 / nominal)}"
    return f'{_decimal(nominal)}"'


def _decimal(number: Fraction) -> str:
    """Write a number without trailing zeros and without an exponent."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".")
