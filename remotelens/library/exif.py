"""What a picture says about how it was taken, read from its EXIF block.

Source: CIPA DC-008 (Exif 2.3); which tags the cameras write: models.md, "EXIF strings".
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

_MODEL, _EXIF_BLOCK = 0x0110, 0x8769
_EXPOSURE_TIME, _F_NUMBER, _ISO, _TAKEN, _BIAS = 0x829A, 0x829D, 0x8827, 0x9003, 0x9204
_FLASH, _FOCAL_LENGTH, _WIDTH, _HEIGHT = 0x9209, 0x920A, 0xA002, 0xA003
_WHITE_BALANCE, _FOCAL_LENGTH_35MM = 0xA403, 0xA405

# The warning filters are the process's own: one thread at a time changes them.
_QUIET = threading.Lock()


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """The exposure of one picture; None where the picture does not say."""

    model: str | None = None
    exposure_s: Fraction | None = None
    f_number: float | None = None
    iso: int | None = None
    bias_ev: float | None = None
    flash_fired: bool | None = None
    focal_length_mm: float | None = None
    focal_length_35mm_mm: int | None = None
    white_balance_auto: bool | None = None
    taken_local: str | None = None
    width: int | None = None
    height: int | None = None


def read_exif(path: Path) -> ExifFacts:
    """Return what the picture says of itself; nothing filled in where it has no readable EXIF block.

    Blocking: call it in a thread.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged tags; they are left out below
            with Image.open(path) as image:
                exif = image.getexif()
                return _facts(dict(exif), dict(exif.get_ifd(_EXIF_BLOCK)))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        # An EXIF block is a courtesy of the camera: a damaged one costs its facts, never the picture.
        return ExifFacts()


def _facts(base: Mapping[int, Any], block: Mapping[int, Any]) -> ExifFacts:
    flash = _integer(block.get(_FLASH))
    balance = _integer(block.get(_WHITE_BALANCE))
    return ExifFacts(
        model=_text(base.get(_MODEL)),
        exposure_s=_fraction(block.get(_EXPOSURE_TIME)),
        f_number=_number(block.get(_F_NUMBER)),
        iso=_integer(block.get(_ISO)),
        bias_ev=_number(block.get(_BIAS)),
        flash_fired=None if flash is None else bool(flash & 1),
        focal_length_mm=_number(block.get(_FOCAL_LENGTH)),
        focal_length_35mm_mm=_integer(block.get(_FOCAL_LENGTH_35MM)),
        white_balance_auto=None if balance is None else balance == 0,
        taken_local=_text(block.get(_TAKEN)),
        width=_integer(block.get(_WIDTH)),
        height=_integer(block.get(_HEIGHT)),
    )


def _text(value: object) -> str | None:
    return value.strip(" \0") or None if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    if isinstance(value, tuple) and value:
        value = value[0]
    return value if isinstance(value, int) else None


def _fraction(value: object) -> Fraction | None:
    """Return a rational tag as written, so that 1/250 stays 1/250; None when it says nothing."""
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if not isinstance(numerator, int) or not isinstance(denominator, int) or denominator == 0:
        return None
    return Fraction(numerator, denominator) if numerator > 0 and denominator > 0 else None


def _number(value: object) -> float | None:
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if not isinstance(numerator, int) or not isinstance(denominator, int) or denominator == 0:
        return None
    return numerator / denominator
