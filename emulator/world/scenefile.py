"""Reading a scene's TOML file: every mistake is told with its line and what to write instead."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from emulator.tomllines import line_of, nearest, steps_of
from emulator.world.layers import Layer
from emulator.world.lighting import Lighting
from emulator.world.shapes import Shape
from emulator.world.shapes.raster import Picture
from remotelens.errors import ConfigError

_LARGEST_BYTES = 1 << 20
_LARGEST, _SMALLEST = 1e10, 1e-9


class SceneFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scene as its file says it."""

    summary: str
    light: Lighting
    layer: tuple[Layer, ...]
    step_s: float = 0.0


class _Checked(Protocol):
    def problem(self) -> tuple[str, str] | None: ...


def read_scene(text: str, *, origin: str, folder: Path | None) -> SceneFile:
    """The scene of a file.

    Args:
        text: what the file holds.
        origin: how the file is called in messages.
        folder: where its pictures lie; None when it may have none.

    Raises:
        ConfigError: it is no TOML, has unknown keys, or says something impossible.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{origin}: {error}", remedy="this is not TOML; mend that line") from error
    for place, number in _numbers(data, []):
        problem = _unusable(str(place[-1]), number)
        if problem:
            raise _mistake(origin, text, place, problem)
    if folder is not None:
        _resolve_pictures(data, folder)
    try:
        scene = msgspec.convert(data, SceneFile)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        raise _mistake(origin, text, steps_of(path.rstrip("`")), message) from error
    _check(scene, origin, text)
    return scene


def read_text(path: str) -> str:
    """What a scene's file holds.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        size = Path(path).stat().st_size
        if size > _LARGEST_BYTES:
            raise ConfigError(f"{path}: {size} bytes are no scene", remedy="give the path of a scene file")
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {error}", remedy="give the path of a scene file"
        ) from error


def _numbers(value: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], float]]:
    """Every number of the file, with where it stands; those of a list stand where the list does."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _numbers(inner, [*path, key])
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _numbers(inner, [*path, index] if isinstance(inner, dict) else path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _unusable(key: str, number: float) -> str | None:
    """Why a number cannot be reckoned with, if so."""
    if number == math.inf and key == "distance_m":
        return None
    if not math.isfinite(number):
        return f"{number} is no number to reckon with"
    if abs(number) > _LARGEST or 0 < abs(number) < _SMALLEST:
        return f"{number:g} is out of range (up to {_LARGEST:g}, and no finer than {_SMALLEST:g})"
    return None


def _resolve_pictures(data: dict[str, Any], folder: Path) -> None:
    """Make the names of pictures paths: they lie beside the scene's file."""
    layers = data.get("layer")
    for layer in layers if isinstance(layers, list) else ():
        shapes = layer.get("shape") if isinstance(layer, dict) else None
        for shape in shapes if isinstance(shapes, list) else ():
            if isinstance(shape, dict) and isinstance(shape.get("file"), str):
                shape["file"] = str(folder / shape["file"])


def _check(scene: SceneFile, origin: str, text: str) -> None:
    """Ask every part whether its values are possible."""
    if not 0 <= scene.step_s <= 60:
        raise _mistake(origin, text, ["step_s"], "a step lies between 0 and 60 s")
    parts: list[tuple[list[str | int], _Checked]] = [(["light"], scene.light)]
    for index, layer in enumerate(scene.layer):
        parts.append((["layer", index], layer))
        for number, shape in enumerate(layer.shape):
            if isinstance(shape, Picture) and not Path(shape.file).exists():
                raise _mistake(
                    origin, text, ["layer", index, "shape", number, "file"], f"there is no file {shape.file}"
                )
            parts.append((["layer", index, "shape", number], shape))
    for path, part in parts:
        problem = part.problem()
        if problem:
            raise _mistake(origin, text, [*path, *problem[0].split(".")], problem[1])


def _mistake(origin: str, text: str, path: list[str | int], message: str) -> ConfigError:
    unknown = re.search(r"unknown field `([^`]+)`", message)
    wrong_kind = re.search(r"Invalid value '([^']+)'", message)
    remedy = None
    if unknown:
        path = [*path, unknown[1]]
        message = f"there is no key {unknown[1]!r} here"
        remedy = nearest(unknown[1], _known_keys())
    elif wrong_kind:
        path = [*path, "kind"] if not path or path[-1] != "kind" else path
        message = f"there is no kind {wrong_kind[1]!r} here"
        remedy = nearest(wrong_kind[1], _kinds())
    where = ".".join(str(part) for part in path if isinstance(part, str))
    return ConfigError(f"{origin}, line {line_of(text, path)}: {where}: {message}", remedy=remedy)


def _kinds() -> list[str]:
    return [str(kind.__struct_config__.tag) for kind in (*Shape.__args__, *Lighting.__args__)]


def _known_keys() -> list[str]:
    kinds = (SceneFile, Layer, *Shape.__args__, *Lighting.__args__)
    return sorted({name for kind in kinds for name in kind.__struct_fields__} | {"kind"})
