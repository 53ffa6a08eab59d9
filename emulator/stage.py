"""What the cameras of one rack look at: one scene, its weather, and what time it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from emulator.clock import Clock
from emulator.world import SCENES, Scene, load_scene
from emulator.world.lighting import Daylight, Lamps
from emulator.world.scene import LayeredScene
from remotelens.errors import InvalidValue, NotAvailableNow

LONGEST_JUMP_S = 10 * 366 * 86_400.0
COLDEST_C, HOTTEST_C = -40.0, 60.0
_DARKEST_STOPS = 20.0


@dataclass(frozen=True, slots=True)
class Weather:
    """What is set; None is as the scene has it.

    Attributes:
        clouds: how much of the sky is covered, 0 to 1.
        dim_stops: by how many stops the light is dimmed.
        temperature_c: of the air around the cameras.
    """

    clouds: float | None = None
    dim_stops: float = 0.0
    temperature_c: float | None = None


class Stage:
    """The one world of a rack.

    Args:
        name: a scene that comes with the emulator, or the path of a scene file.
        seed: for everything random in it.
        clock: the cameras' time.

    Raises:
        InvalidValue: there is no such scene.
        ConfigError: its file says something impossible.
    """

    def __init__(self, name: str, seed: int, clock: Clock) -> None:
        self._seed = seed
        self._clock = clock
        self._begin = name
        self.set_scene(name)

    def begin(self) -> None:
        """Start the scene anew, at the present moment and in its own weather."""
        self.set_scene(self._begin)

    @property
    def name(self) -> str:
        """What the scene is called."""
        return self._name

    @property
    def time_s(self) -> float:
        """Seconds since the scene began."""
        return self._clock.monotonic() - self.start_s

    def set_scene(self, name: str) -> None:
        """Look at another scene, from its beginning."""
        self._plain = load_scene(name, self._seed)
        self._name = name
        self.scene: Scene = self._plain
        self.weather = Weather()
        self.start_s = self._clock.monotonic()

    def set_weather(self, weather: Weather) -> None:
        """Change the weather.

        Raises:
            InvalidValue: there is no such weather.
            NotAvailableNow: clouds, under a roof.
        """
        if weather.clouds is not None and not 0.0 <= weather.clouds <= 1.0:
            raise InvalidValue(f"{weather.clouds:g} of the sky cannot be covered", remedy="give 0 to 1")
        if not -_DARKEST_STOPS <= weather.dim_stops <= _DARKEST_STOPS:
            raise InvalidValue(
                f"light cannot be dimmed by {weather.dim_stops:g} stops",
                remedy=f"give {-_DARKEST_STOPS:g} to {_DARKEST_STOPS:g}",
            )
        celsius = weather.temperature_c
        if celsius is not None and not COLDEST_C <= celsius <= HOTTEST_C:
            raise InvalidValue(
                f"cameras do not work at {celsius:g} °C",
                remedy=f"give {COLDEST_C:g} to {HOTTEST_C:g}",
            )
        self.scene = _under(self._plain, weather)
        self.weather = weather

    def jump(self, seconds: float) -> None:
        """Let it be so much later there at once; nothing happens in between."""
        if not abs(seconds) <= LONGEST_JUMP_S:
            raise InvalidValue(f"time cannot jump by {seconds:g} s", remedy="give at most ten years")
        self.start_s -= seconds


def known_scene(name: str) -> str:
    """Return the name if it can be one of a scene.

    Raises:
        InvalidValue: there is no such scene.
    """
    if name not in SCENES and not name.endswith(".toml"):
        raise InvalidValue(
            f"there is no scene {name!r}", remedy=f"there are {', '.join(SCENES)}, or give a .toml file"
        )
    return name


def _under(scene: Scene, weather: Weather) -> Scene:
    """Return the scene under other clouds and in other light; the same object when nothing differs."""
    if weather.clouds is None and not weather.dim_stops:
        return scene
    assert isinstance(scene, LayeredScene)
    light: Daylight | Lamps = scene.light
    if weather.clouds is not None:
        if not isinstance(light, Daylight):
            raise NotAvailableNow(f"the scene {scene.name} has no sky", remedy="take one with daylight")
        light = msgspec.structs.replace(light, clouds=weather.clouds)
    return replace(scene, light=light, dim_stops=weather.dim_stops)
