"""A profile of a real camera, made from what `remotelens dump` read of it.

What the dump tells is marked recorded; all else is taken from the nearest camera that there is a profile of.
"""

from __future__ import annotations

from typing import Any

import tomli_w

from emulator.profiles.facts import ProfileError
from emulator.profiles.loader import known_methods, load, names
from emulator.profiles.model import Profile
from remotelens.errors import RemoteProtocolError
from remotelens.protocol.recording import Exchange, Recording
from remotelens.protocol.wifi.rpc import RpcResult, decode_answer

_NEAREST = {"/DmsRmtDesc.xml": "DSC-QX10@3.00"}
_ELSE = "ILCE-QX1@1.10"


def profile_text(recording: Recording, source: str) -> tuple[str, list[str]]:
    """Return the profile as TOML, and what the dump tells that a profile cannot hold.

    Args:
        recording: the dump.
        source: what its facts are marked with: the dump's file name.

    Raises:
        ProfileError: it names no method.
    """
    twin = load(_nearest(recording))
    services, left_out = _services(recording)
    if not services:
        raise ProfileError("the dump names no method of any service")
    table: dict[str, Any] = {
        "extends": twin.name,
        "model": recording.model,
        "firmware": "0.0",
        "friendly_name": recording.model,
        "note": f"Methods and lists read from a real camera; the rest is {twin.name}'s.",
        "available": _available(recording, services, twin),
        "about": {"*": f"recorded: {source}", "note": "assumed: says what this file is"},
    }
    table["about"]["firmware"] = "assumed: a camera does not tell it; change it if you know it"
    if recording.application is not None:
        table["application"] = list(recording.application)
    table["absent"] = [f"services.{name}" for name in twin.services if name not in services]
    table["services"] = {name: {**facts, "about": f"recorded: {source}"} for name, facts in services.items()}
    settings = _settings(recording, twin)
    if settings:
        table["settings"] = {
            name: {"supported": told, "about": f"recorded: {source}"} for name, told in settings.items()
        }
    return tomli_w.dumps(table), left_out


def _nearest(recording: Recording) -> str:
    """Return the name of the profile that is most like the camera."""
    of_model = [name for name in names() if name.partition("@")[0] == recording.model]
    if of_model:
        return of_model[-1]
    paths = [document.path for document in recording.documents]
    return next((_NEAREST[path] for path in paths if path in _NEAREST), _ELSE)


def _results(exchange: Exchange) -> list[Any] | None:
    try:
        answer = decode_answer(exchange.body.encode())
    except RemoteProtocolError:
        return None
    return answer.values if isinstance(answer, RpcResult) else None


def _services(recording: Recording) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return what each service has; methods whose types nobody knows are left out and told."""
    services: dict[str, dict[str, Any]] = {}
    left_out: list[str] = []
    for exchange in recording.exchanges:
        if exchange.method != "getMethodTypes" or exchange.params != [""]:
            continue
        versions: dict[str, list[str]] = {}
        for row in _results(exchange) or []:
            match row:
                case [str(name), list(), list(), str(version)] if (exchange.service, name) in known_methods():
                    versions.setdefault(name, []).append(version)
                case [str(name), *_]:
                    left_out.append(f"{exchange.service}.{name}")
        if versions:
            services[exchange.service] = {
                "versions": sorted({one for each in versions.values() for one in each}),
                "methods": list(versions),
                "method_versions": {name: sorted(each) for name, each in versions.items() if each != ["1.0"]},
            }
    return services, left_out


def _available(recording: Recording, services: dict[str, dict[str, Any]], twin: Profile) -> list[str]:
    """Return the names that getAvailableApiList gave, or the twin's as far as they exist."""
    known = set(services.get("camera", {}).get("methods", ()))
    for exchange in recording.exchanges:
        if exchange.method == "getAvailableApiList":
            match _results(exchange):
                case [[*listed]]:
                    return [name for name in listed if name in known]
    return [name for name in twin.available if name in known]


def _settings(recording: Recording, twin: Profile) -> dict[str, list[str]]:
    """Return what getSupported told, for settings of one text that the twin has, too."""
    told: dict[str, list[str]] = {}
    for exchange in recording.exchanges:
        name = exchange.method.removeprefix("getSupported")
        known = twin.settings.get(name) if name != exchange.method else None
        if known is None or not all(isinstance(value, str) for value in known.supported):
            continue
        match _results(exchange):
            case [[*values]] if values and all(isinstance(value, str) for value in values):
                if known.default in values:
                    told[name] = values
    return told
