"""JPEGs for these tests, encoded by Pillow: an encoder that shares nothing with the code under test."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image


def jpeg(width: int = 160, height: int = 120, **options: Any) -> bytes:
    """A picture with enough detail that its scan holds stuffed FF bytes."""
    image = Image.effect_noise((width, height), 120).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 95, **options})
    return out.getvalue()
