"""Resizing by the mean over each pixel's box, which is also what keeps noise from moving every cell."""

from __future__ import annotations

import numpy as np

from remotelens.dashboard.render.decode import Pixels


def box_resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Return the picture with that many pixels.

    Source: performance.md 4: the box mean and the threshold of `delta` work together. Pillow's box filter
    takes a third of the time of numpy's `reduceat`.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))
