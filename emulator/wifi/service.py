"""What the services have in common: how a handler answers, and what every service tells of itself.

Source: protocol/wifi.md 4.4, 5.5 (getVersions, getMethodTypes).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from emulator.profiles import Profile
from emulator.profiles.model import Method
from emulator.wifi.refusal_codes import UNSUPPORTED_VERSION, CallFailed


@dataclass(frozen=True, slots=True)
class Call:
    """One call that may be answered.

    Attributes:
        params: of the right number and types.
        version: one that the method has.
    """

    params: list[Any]
    version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers.

    Attributes:
        values: the result.
        plural: it goes into ``results``.
        receipt: called once the answer was written to its last byte.
    """

    values: list[Any]
    plural: bool = False
    receipt: Callable[[], None] | None = None


Handler = Callable[[Call], Awaitable[Answer]]


class Service(Protocol):
    """What answers the calls of one service of one camera, besides what every service tells of itself."""

    @property
    def names(self) -> Iterable[str]:
        """The methods that it answers."""
        ...

    def find(self, name: str) -> Handler | None:
        """Return what answers a method; None where nothing does.

        It is made when it is asked for: a rack has many cameras, and each has hundreds of methods.
        """
        ...


class Urls(Protocol):
    """The addresses that the server gives this camera."""

    @property
    def action_list(self) -> str:
        """The base of the services."""
        ...

    @property
    def liveview(self) -> str:
        """The live view stream."""
        ...

    @property
    def playback(self) -> str:
        """The stream of a movie that is played."""
        ...

    def picture(self, name: str) -> str:
        """The address of a fetchable picture."""
        ...

    def content(self, form: str, content_id: str) -> str:
        """The address of a file of a stored picture."""
        ...


async def get_versions(profile: Profile, service: str, _call: Call) -> Answer:
    """Answer getVersions of a service."""
    return Answer([list(profile.services[service].versions)])


async def get_method_types(profile: Profile, service: str, call: Call) -> Answer:
    """Answer getMethodTypes of a service."""
    (wanted,) = call.params
    versions = profile.services[service].versions
    if wanted and wanted not in versions:
        raise CallFailed(UNSUPPORTED_VERSION)
    rows = [
        _row(profile, method, version)
        for version in ([wanted] if wanted else versions)
        for method in profile.methods(service)
        if version in method.versions
    ]
    return Answer(rows, plural=True)


INTROSPECTION: Mapping[str, Callable[[Profile, str, Call], Awaitable[Answer]]] = MappingProxyType(
    {"getVersions": get_versions, "getMethodTypes": get_method_types}
)
"""What every service tells of itself."""


def _row(profile: Profile, method: Method, version: str) -> list[Any]:
    results = method.results
    if (method.service, method.name) == ("camera", "getEvent"):
        results = profile.event_types[: profile.event_counts[version]]
    return [method.name, list(method.params), list(results), version]
