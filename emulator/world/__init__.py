"""What is there to be photographed, and how a lens and a sensor see it: photons to JPEG.

Pure functions of (scene, settings, time, seed). Belongs here: scenes, light, optics, sensor, development.
Does not: a clock, a socket, a camera's name, or what a camera decides (that is `emulator.body`).

    scene = load_scene("bench", seed=1)
    view = View(optics, exposure, sensor, width=640, height=480, time_s=12.5, noise_seed=7, live=True)
    jpeg = encode_jpeg(render(scene, view), quality=70)

`meter` gives the luminance to expose for, `neutral_kelvin` the automatic white balance, `focus_score` the
contrast an autofocus sees, `depth_at` the true distance, `subject_at` and `place_of` what moves and where it
is, `expose_raw` a raw frame and `encode_dng` its file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.world.develop import encode_jpeg, with_exif
    from emulator.world.dng import encode_dng
    from emulator.world.facts import Exposure, Optics, SensorFacts, View
    from emulator.world.metering import depth_at, focus_score, meter, neutral_kelvin
    from emulator.world.rendering import expose_raw, footprint, render, stands_still
    from emulator.world.scene import SCENES, Scene, load_scene
    from emulator.world.sensor import RawFrame
    from emulator.world.subject import Subject, place_of, subject_at

_HOME = {
    "Exposure": "facts",
    "Optics": "facts",
    "RawFrame": "sensor",
    "SCENES": "scene",
    "Scene": "scene",
    "SensorFacts": "facts",
    "Subject": "subject",
    "View": "facts",
    "depth_at": "metering",
    "encode_dng": "dng",
    "encode_jpeg": "develop",
    "expose_raw": "rendering",
    "focus_score": "metering",
    "footprint": "rendering",
    "load_scene": "scene",
    "meter": "metering",
    "neutral_kelvin": "metering",
    "place_of": "subject",
    "render": "rendering",
    "stands_still": "rendering",
    "subject_at": "subject",
    "with_exif": "develop",
}

__all__ = [
    "SCENES",
    "Exposure",
    "Optics",
    "RawFrame",
    "Scene",
    "SensorFacts",
    "Subject",
    "View",
    "depth_at",
    "encode_dng",
    "encode_jpeg",
    "expose_raw",
    "focus_score",
    "footprint",
    "load_scene",
    "meter",
    "neutral_kelvin",
    "place_of",
    "render",
    "stands_still",
    "subject_at",
    "with_exif",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
