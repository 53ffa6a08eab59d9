"""What a picture is made as: size, quality, scene, and which copy the camera gives out.

Source: protocol/wifi.md 5.3 and 9.2.
"""

from __future__ import annotations

from remotelens.camera.settings import Control, Settings


class Image:
    """Image settings of one camera."""

    def __init__(self, settings: Settings) -> None:
        self.size: Control = settings.control("still_size")
        self.quality: Control = settings.control("still_quality")
        self.postview_size: Control = settings.control("postview_size")
        self.scene: Control = settings.control("scene")
        self.flip: Control = settings.control("flip")
