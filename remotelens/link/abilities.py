"""Which methods a camera has, in which versions, by its own word.

Source: protocol/wifi.md 4.4, 5.5; an unknown list means that nothing is known, not that nothing is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from remotelens.protocol.wifi.events import COUNTS
from remotelens.protocol.wifi.methods import find
from remotelens.protocol.wifi.types import MethodType

FIRST_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a camera told of its services.

    Args:
        versions: by service, what getVersions said.
        methods: by service, what getMethodTypes said; a service that told nothing is absent.
    """

    versions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    methods: Mapping[str, tuple[MethodType, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def has(self, service: str, method: str) -> bool:
        """Whether the camera listed that method, in any version."""
        return any(known.name == method for known in self.methods.get(service, ()))

    def version_for(self, service: str, method: str) -> str:
        """Return the version to call a method with.

        The highest that both sides know; what the camera says where we know nothing of the method; what we
        know where the camera said nothing.
        """
        ours = _ours(service, method)
        theirs = {known.version for known in self.methods.get(service, ()) if known.name == method}
        both = ours & theirs
        return highest(both or theirs or ours) or FIRST_VERSION

    @property
    def event_versions(self) -> tuple[str, ...]:
        """The versions of getEvent to try, the highest first."""
        told = {known.version for known in self.methods.get("camera", ()) if known.name == "getEvent"}
        told = told or set(self.versions.get("camera", ()))
        known = [version for version in told if version in COUNTS]
        return tuple(sorted({*known, FIRST_VERSION}, key=_as_numbers, reverse=True))


def highest(versions: Iterable[str]) -> str | None:
    """Return the highest version, compared as numbers; None when there is none."""
    return max(versions, key=_as_numbers, default=None)


def _ours(service: str, method: str) -> set[str]:
    known = find(service, method)
    return set(known.versions) if known else set()


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isascii() and part.isdigit() else -1 for part in version.split("."))
