"""Reads profiles: TOML, what one inherits from another, checks, types of methods."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec

from emulator.profiles.facts import Fact, ProfileError, leaves, parse_fact, separate
from emulator.profiles.model import Lens, Method, Profile

_PACKAGE = "emulator.profiles"
_EVENT = ("camera", "getEvent")
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
    """Return a profile by ``MODEL@FIRMWARE``, or the newest firmware of a ``MODEL``.

    Raises:
        ProfileError: there is no such profile, or its file is not right.
    """
    known = names()
    if name in known:
        return _build(name)
    of_model = [other for other in known if other.partition("@")[0].casefold() == name.casefold()]
    if not of_model:
        raise ProfileError(f"there is no profile {name!r}; there are {', '.join(known)}")
    return load(of_model[-1])


@cache
def load_lens(name: str) -> Lens:
    """Return a lens for cameras with a mount.

    Raises:
        ProfileError: there is no such lens.
    """
    bare, _ = separate(_read("lenses.toml"))
    if name not in bare:
        raise ProfileError(f"there is no lens {name!r}; there are {', '.join(sorted(bare))}")
    return _convert(bare[name], Lens, f"lenses.toml, {name}")


def _build(name: str) -> Profile:
    bare, about = _tables(name)
    if isinstance(bare.get("lens"), str):
        mounted: str = bare["lens"]
        bare["lens"] = msgspec.to_builtins(load_lens(mounted))
    profile = _convert(bare, Profile, name)
    if profile.name != name:
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
    return profile


def _tables(name: str) -> tuple[dict[str, Any], dict[str, Fact]]:
    """Return a profile's bare tables with what it inherits, and the origin of each fact."""
    raw = _read(f"{name}.toml")
    extends = raw.pop("extends", None)
    absent = raw.pop("absent", [])
    own, own_about = separate(raw)
    if extends is None:
        return own, own_about
    base, base_about = _tables(extends)
    for path in absent:
        _remove(base, path, name)
    merged = _merge(base, own)
    remaining = set(leaves(merged))
    about = {path: fact.seen_on(extends) for path, fact in base_about.items() if path in remaining}
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
    text = resources.files(_PACKAGE).joinpath(file_name).read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file_name}: {error}") from error


def _convert(table: Mapping[str, Any], kind: type[_Kind], where: str) -> _Kind:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise ProfileError(f"{where}: {error}") from error


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


def _order(name: str) -> tuple[str, tuple[int, ...]]:
    model, _, firmware = name.partition("@")
    return model, tuple(int(part) for part in firmware.split("."))
