"""How a movie was taken, and its frames: rendered when somebody looks at them, the same at any time.

Source: models.md 4; imaging.md A5.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from emulator.body.eye import fitting_jpeg
from emulator.body.still import thumbnail
from emulator.world import Scene, View, encode_jpeg, render

_QUALITY = 70
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Take:
    """How the camera stood from one moment of a movie on.

    Attributes:
        at_s: seconds since the movie began.
        scene: what was in front of the lens.
        view: how it was seen then, at the size of the movie.
    """

    at_s: float
    scene: Scene
    view: View


@dataclass(frozen=True, slots=True)
class MovieRecipe:
    """All that a movie's frames depend on.

    Attributes:
        takes: how the camera stood, the first from the beginning on.
        duration_s: how long it runs.
        frames_s: how many frames a second it has.
        frame_bytes: what each frame takes in the file.
    """

    takes: tuple[Take, ...]
    duration_s: float
    frames_s: int
    frame_bytes: int

    @property
    def frames(self) -> int:
        """How many frames it has; at least one."""
        return max(1, round(self.duration_s * self.frames_s))

    @property
    def duration_ms(self) -> int:
        """How long it runs, counted in frames."""
        return round(self.frames * 1000 / self.frames_s)

    @property
    def size(self) -> tuple[int, int]:
        """Its pixels."""
        view = self.takes[0].view
        return view.width, view.height

    def scene(self, frame: int) -> Scene:
        """Return what was in front of the lens in a frame, counted from 0."""
        return self._take(frame).scene

    def view(self, frame: int, size: tuple[int, int] | None = None) -> View:
        """Return what was seen in a frame, counted from 0."""
        at_s, take = frame / self.frames_s, self._take(frame)
        width, height = size or self.size
        return replace(
            take.view,
            width=width,
            height=height,
            time_s=take.view.time_s + (at_s - take.at_s),
            noise_seed=(take.view.noise_seed + frame) & 0x7FFF_FFFF,
        )

    def _take(self, frame: int) -> Take:
        at_s = frame / self.frames_s
        return self.takes[bisect_right(self.takes, at_s, key=lambda one: one.at_s) - 1]


def frame_jpeg(recipe: MovieRecipe, frame: int, size: tuple[int, int], limits: tuple[int, int]) -> bytes:
    """Return one frame as a JPEG of that size, its bytes within those limits where the picture allows it."""
    return fitting_jpeg(recipe.scene(frame), recipe.view(frame, size), limits, _QUALITY)


def stored_frame(recipe: MovieRecipe, frame: int) -> bytes:
    """Return one frame as it stands in the file: a JPEG, filled up to the length that every frame has.

    A picture too rich for that length even at the lowest quality shows its mean colour only.
    """
    limit = recipe.frame_bytes
    limits = round(limit * _LEAST_SHARE), limit
    jpeg = frame_jpeg(recipe, frame, recipe.size, limits)
    if len(jpeg) > limit:
        jpeg = _flat(recipe, frame)
    return jpeg.ljust(limit, b"\0")


def first_thumbnail(recipe: MovieRecipe) -> bytes:
    """Return the first frame at 160×120."""
    return thumbnail(render(recipe.scene(0), recipe.view(0)))


def _flat(recipe: MovieRecipe, frame: int) -> bytes:
    """Return a frame in its mean colour, whose JPEG is a few bits a block."""
    import numpy as np
    from PIL import Image

    width, height = recipe.size
    picture = Image.fromarray(render(recipe.scene(frame), recipe.view(frame)))
    mean = picture.resize((1, 1), Image.Resampling.BOX).resize((width, height))
    return encode_jpeg(np.asarray(mean), quality=_QUALITY, subsampling="420", strip_app0=True)
