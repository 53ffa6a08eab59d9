"""Scenes: what there is, and what of it is true at one time. Loads them by name or from a file."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol, runtime_checkable
from weakref import WeakValueDictionary

from emulator.world.layers import Layer
from emulator.world.lighting import Lighting, LightNow
from emulator.world.scenefile import SceneFile, read_scene, read_text
from emulator.world.shapes.raster import Picture
from remotelens.errors import InvalidValue

SCENES = ("bench", "chart", "flat", "room", "street", "macro", "stars", "sunset")
"""The scenes that come with the emulator; the first is the default."""


@runtime_checkable
class Scene(Protocol):
    """What can be photographed. Never changes; its frames are kept under the scene itself."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def seed(self) -> int:
        """Another seed, another scene of the same kind."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What stands in it, far to near."""

    def __hash__(self) -> int: ...

    def light_at(self, time_s: float) -> LightNow:
        """The light at this scene time."""

    def moment(self, time_s: float) -> float:
        """The time that everything which moves is looked at for a frame that starts at this time."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class LayeredScene:
    """A scene read from a file; loaded once, and equal to nothing but itself.

    Attributes:
        name: what it is called.
        summary: what it is for.
        seed: for everything random in it.
        light: what lights it.
        layers: what stands in it, far to near.
        step_s: what moves is looked at in steps of this; 0 for every instant.
        dim_stops: by how many stops its light is dimmed.
    """

    name: str
    summary: str
    seed: int
    light: Lighting
    layers: tuple[Layer, ...]
    step_s: float = 0.0
    dim_stops: float = 0.0

    def light_at(self, time_s: float) -> LightNow:
        """The light at this scene time."""
        light = self.light.at(time_s, self.seed)
        if not self.dim_stops:
            return light
        share = 2.0**-self.dim_stops
        return replace(light, lux=light.lux * share, sun_luminance=light.sun_luminance * share)

    def moment(self, time_s: float) -> float:
        """The time that everything which moves is looked at for a frame that starts at this time."""
        if not any(layer.moves for layer in self.layers):
            return 0.0
        return time_s // self.step_s * self.step_s if self.step_s else time_s


def load_scene(name: str, seed: int = 0) -> Scene:
    """A scene that comes with the emulator, or one of the user's own from a `.toml` file.

    The same scene, as long as neither its file nor its pictures change.

    Raises:
        InvalidValue: there is no scene of that name.
        ConfigError: the file cannot be read or says something impossible; tells file, line and a remedy.
    """
    if name in SCENES:
        return _built_in(name, seed)
    if not name.endswith(".toml"):
        raise InvalidValue(
            f"there is no scene called {name!r}",
            remedy=f"take one of {', '.join(SCENES)}, or the path of a .toml file",
        )
    text = read_text(name)
    found = read_scene(text, origin=name, folder=Path(name).parent)
    shapes = (shape for layer in found.layer for shape in layer.shape)
    version = text, tuple(shape.version for shape in shapes if isinstance(shape, Picture))
    return _own.setdefault((name, seed, version), _layered(name, seed, found))


@lru_cache(maxsize=16)
def _built_in(name: str, seed: int) -> Scene:
    text = (files("emulator.world") / "scenes" / f"{name}.toml").read_text(encoding="utf-8")
    return _layered(name, seed, read_scene(text, origin=f"{name}.toml", folder=None))


_own: WeakValueDictionary[tuple[str, int, Hashable], LayeredScene] = WeakValueDictionary()


def _layered(name: str, seed: int, found: SceneFile) -> LayeredScene:
    return LayeredScene(
        name=Path(name).stem,
        summary=found.summary,
        seed=seed,
        light=found.light,
        layers=found.layer,
        step_s=found.step_s,
    )
