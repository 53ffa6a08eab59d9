"""Reads profiles: TOML, what one inherits from another, checks, types of methods."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from emulator.profiles import model
from emulator.profiles.facts import Fact, ProfileError, leaves, parse_fact, separate
from emulator.profiles.limits import contradictory, impossible
from emulator.profiles.model import Lens, Method, Profile
from emulator.tomllines import line_of, nearest, steps_of

_PACKAGE = "emulator.profiles"
_EVENT = ("camera", "getEvent")
_SUFFIX = ".toml"
_LENSES = "lenses.toml"
_LARGEST_BYTES = 1 << 20
_KINDS = [
    kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
]
_Kind = TypeVar("_Kind")


def names() -> tuple[str, ...]:
    """Return the MODEL@FIRMWARE of every profile, by model and then by firmware."""
    found = (
        entry.name.removesuffix(".toml")
        for entry in resources.files(_PACKAGE).iterdir()
        if entry.name.endswith(".toml") and "@" in entry.name
    )
    return tuple(sorted(found, key=_order))


@cache
def load(name: str) -> Profile:
    """Return a profile by ``MODEL@FIRMWARE``, the newest of a ``MODEL``, or of one's own ``.toml`` file.

    ``+LENS`` after any of these mounts that lens.

    Raises:
        ProfileError: there is no such profile, its file is not right, or the lens does not fit.
    """
    camera, plus, lens = name.rpartition("+")
    if plus and not lens.endswith(_SUFFIX):
        return with_lens(load(camera), lens)
    if name.endswith(_SUFFIX):
        return _build(name)
    known = names()
    if name in known:
        return _build(name)
    of_model = [other for other in known if other.partition("@")[0].casefold() == name.casefold()]
    if not of_model:
        raise ProfileError(f"there is no profile {name!r}; there are {', '.join(known)}")
    return load(of_model[-1])


@cache
def load_lens(name: str) -> Lens:
    """Return a lens for cameras with a mount; ``none`` leaves the mount empty.

    Raises:
        ProfileError: there is no such lens.
    """
    bare, _ = separate(_read(_LENSES))
    found = next((known for known in bare if known.casefold() == name.casefold()), None)
    if found is None:
        raise ProfileError(f"there is no lens {name!r}; {nearest(name.upper(), bare)}")
    return _convert(bare[found], Lens, f"{_LENSES}, {found}")


def lens_names() -> tuple[str, ...]:
    """Return the name of every lens for cameras with a mount."""
    return tuple(separate(_read(_LENSES))[0])


def with_lens(profile: Profile, name: str) -> Profile:
    """Return a camera with that lens on its mount.

    Raises:
        ProfileError: there is no such lens, or it does not fit.
    """
    lens = load_lens(name)
    if not profile.takes(lens):
        reason = f"{lens.name or name} does not fit it" if profile.mount else "its lens is built in"
        raise ProfileError(f"{profile.name} cannot take the lens {name!r}: {reason}")
    return msgspec.structs.replace(profile, lens=lens)


def known_methods() -> frozenset[tuple[str, str]]:
    """Return each (service, method) whose types are known."""
    types, _, _ = _types()
    services = {service for service, _ in types} - {"*"}
    everywhere = {method for service, method in types if service == "*"}
    return frozenset(types) | {(service, method) for service in services for method in everywhere} | {_EVENT}


def _build(name: str) -> Profile:
    bare, about = _tables(name)
    if isinstance(bare.get("lens"), str):
        try:
            mounted = load_lens(bare["lens"])
        except ProfileError as error:
            raise ProfileError(f"{_place(name, ['lens'])}: {error}") from error
        bare["lens"] = msgspec.to_builtins(mounted)
    profile = _convert(bare, Profile, name)
    wrong = impossible(bare)
    if wrong is not None:
        raise ProfileError(f"{_place(name, wrong[0].split('.'))}: {wrong[1]}")
    if profile.name != name and not name.endswith(_SUFFIX):
        raise ProfileError(f"{name}.toml says it is {profile.name}")
    types, event_types, event_counts = _types()
    table: dict[tuple[str, str], Method] = {}
    for service, facts in profile.services.items():
        for method in facts.methods:
            typed = types.get((service, method)) or types.get(("*", method))
            if typed is None and (service, method) != _EVENT:
                raise ProfileError(f"{name}: types.toml does not know {service}.{method}")
            versions = facts.method_versions.get(method, ("1.0",))
            params, results = typed or (("bool",), event_types[: event_counts[versions[-1]]])
            locked = method in facts.locked
            table[service, method] = Method(service, method, versions, params, results, locked)
    profile = msgspec.structs.replace(
        profile, about=about, method_table=table, event_types=event_types, event_counts=event_counts
    )
    _check(profile)
    wrong = contradictory(profile)
    if wrong is not None:
        raise ProfileError(f"{_place(name, wrong[0].split('.'))}: {wrong[0]}: {wrong[1]}")
    return profile


def _tables(name: str) -> tuple[dict[str, Any], dict[str, Fact]]:
    """Return a profile's bare tables with what it inherits, and the origin of each fact."""
    raw = _read(name if name.endswith(_SUFFIX) else f"{name}{_SUFFIX}")
    extends = raw.pop("extends", None)
    absent = raw.pop("absent", [])
    lacks = raw.pop("lacks", [])
    try:
        own, own_about = separate(raw)
    except ProfileError as error:
        raise ProfileError(f"{_place(name, str(error).partition(':')[0].split('.'))}: {error}") from error
    if extends is None:
        return own, own_about
    base, base_about = _tables(extends)
    for path in absent:
        _remove(base, path, name)
    _take_away(base, lacks, name)
    merged = _merge(base, own)
    remaining = set(leaves(merged))
    real = merged.get("product", True)
    about = {path: fact.seen_on(extends, real=real) for path, fact in base_about.items() if path in remaining}
    return merged, about | own_about


@cache
def _types() -> tuple[
    dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]], tuple[str, ...], dict[str, int]
]:
    """Return the types of each (service, method), of each event slot, and the slots of each version."""
    raw = _read("types.toml")
    types: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for group in raw["group"]:
        parse_fact(group["about"], f"types.toml, {group['service']}")
        for method, (params, results) in group["methods"].items():
            types[group["service"], method] = (tuple(params), tuple(results))
    event = raw["event"]
    return types, tuple(event["types"]), dict(event["slots_by_version"])


def _check(profile: Profile) -> None:
    """Look for what cannot be true of any camera."""
    known = {method for service, method in profile.method_table if service == "camera"}
    strangers = [method for method in profile.available if method not in known]
    if strangers:
        raise ProfileError(f"{profile.name}: available but no method of it: {', '.join(strangers)}")
    for service, facts in profile.services.items():
        odd = [method for method in (*facts.locked, *facts.method_versions) if method not in facts.methods]
        if odd:
            raise ProfileError(f"{profile.name}: {service} has no {', '.join(odd)}")
    if profile.events.version not in profile.event_counts:
        raise ProfileError(f"{profile.name}: nobody knows getEvent {profile.events.version}")


def _read(file_name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file_name))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file_name}: {error}") from error


def _text(file_name: str) -> str:
    """Return the text of a file of ours, or of one's own by its path."""
    ours = resources.files(_PACKAGE).joinpath(file_name)
    if ours.is_file():
        return ours.read_text(encoding="utf-8")
    try:
        path = Path(file_name)
        if path.stat().st_size > _LARGEST_BYTES:
            raise ProfileError(f"{file_name}: too large for a profile")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file_name}: cannot be read: {error}") from error


def _place(name: str, path: Sequence[str | int]) -> str:
    """Return file and line of a fact, as far as it can be told."""
    file_name = name if name.endswith(_SUFFIX) else f"{name}{_SUFFIX}"
    return f"{file_name}, line {line_of(_text(file_name), list(path))}"


def _convert(table: Mapping[str, Any], kind: type[_Kind], where: str) -> _Kind:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ProfileError(_mistake(where, str(error))) from error


def _mistake(where: str, words: str) -> str:
    """Return what is wrong in a file, with its line and what may have been meant."""
    if "," in where:
        return f"{where}: {words}"
    message, _, path = words.partition(" - at `$")
    steps = steps_of(path.rstrip("`"))
    strange = re.search(r"unknown field `([^`]+)`", message)
    if strange is None:
        return f"{_place(where, steps)}: {'.'.join(map(str, steps))}: {message}"
    known = sorted({name for kind in _KINDS for name in kind.__struct_fields__})
    place = _place(where, [*steps, strange[1]])
    return f"{place}: there is no fact {strange[1]!r} here; {nearest(strange[1], known)}"


def _merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        inherited = merged.get(key)
        if isinstance(value, Mapping) and isinstance(inherited, Mapping):
            merged[key] = _merge(inherited, value)
        else:
            merged[key] = value
    return merged


def _remove(table: dict[str, Any], path: str, name: str) -> None:
    *parents, last = path.split(".")
    inner: Any = table
    for key in parents:
        inner = inner.get(key, {}) if isinstance(inner, dict) else {}
    if last not in inner:
        raise ProfileError(f"{name}: {path} is not in what it extends, so it cannot be absent")
    del inner[last]


def _take_away(table: Mapping[str, Any], patterns: Sequence[str], name: str) -> None:
    """Take methods away from every service and from the list of what can be available."""
    services: Mapping[str, Any] = table.get("services", {})
    known = {method for service in services.values() for method in service["methods"]}
    for pattern in patterns:
        if not any(fnmatchcase(method, pattern) for method in known):
            raise ProfileError(f"{_place(name, ['lacks'])}: {pattern!r} is no method of what it extends")

    def left(methods: Sequence[str]) -> list[str]:
        return [one for one in methods if not any(fnmatchcase(one, pattern) for pattern in patterns)]

    for service in (table, *services.values()):
        for key in {"available", "methods", "locked"} & service.keys():
            service[key] = left(service[key])


def _order(name: str) -> tuple[str, tuple[int, ...]]:
    model, _, firmware = name.partition("@")
    return model, tuple(int(part) for part in firmware.split("."))
