"""How sure we are of a fact, and where it comes from.

A profile says it beside the facts, in a table's ``about``. Either one line for the whole table, or a table
of lines by key, with ``"*"`` for the rest; an inner table without one takes its parent's. A line reads
``certainty: source``::

    [liveview]
    width = 640
    gaps_ms = [125, 45]
    about = { "*" = "assumed: wifi.md 8.3", gaps_ms = "recorded: qx100_liveview_headers.tsar.json" }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ABOUT = "about"


class ProfileError(ValueError):
    """A profile that cannot be read, says something impossible, or does not name its sources."""


class Certainty(StrEnum):
    """How sure we are, surest first."""

    RECORDED = "recorded"
    """A real camera of this model is recorded doing it."""
    TWIN = "twin"
    """A close relative (named in the source) is recorded doing it."""
    SPECIFIED = "specified"
    """A document of the maker says so."""
    REPORTED = "reported"
    """Somebody who had the camera says so, or a program that was used with it depends on it."""
    ASSUMED = "assumed"
    """Chosen so that it fits the rest."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Where one fact comes from.

    Attributes:
        certainty: how sure we are.
        source: recording, section or document.
    """

    certainty: Certainty
    source: str

    def __str__(self) -> str:
        return f"{self.certainty}: {self.source}"

    def seen_on(self, name: str, *, real: bool = True) -> Fact:
        """Return the same fact as it counts for another camera that inherits it.

        Args:
            name: of the camera it is inherited from.
            real: whether the heir exists; of one that does not, everything is assumed.
        """
        certainty = Certainty.TWIN if self.certainty is Certainty.RECORDED else self.certainty
        if not real:
            certainty = Certainty.ASSUMED
        inherited_before = self.source.endswith(")") and " (of " in self.source
        return Fact(certainty, self.source if inherited_before else f"{self.source} (of {name})")


def parse_fact(line: object, where: str) -> Fact:
    """Read one ``certainty: source`` line."""
    if not isinstance(line, str):
        raise ProfileError(f"{where}: about wants a line 'certainty: source', not {line!r}")
    certainty, _, source = line.partition(":")
    try:
        known = Certainty(certainty.strip())
    except ValueError:
        raise ProfileError(
            f"{where}: {certainty.strip()!r} is no certainty; use one of {', '.join(Certainty)}"
        ) from None
    if not source.strip():
        raise ProfileError(f"{where}: {known} by which source?")
    return Fact(known, source.strip())


def separate(table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Fact]]:
    """Take a file's ``about`` lines out: the bare facts, and for each its origin by dotted path.

    Raises:
        ProfileError: a fact without origin, or an origin without its fact.
    """
    facts: dict[str, Fact] = {}
    bare = _strip(table, "", None, facts)
    return bare, facts


def _strip(
    table: Mapping[str, Any], path: str, inherited: Fact | None, facts: dict[str, Fact]
) -> dict[str, Any]:
    lines = _lines(table.get(ABOUT), path)
    default = lines.pop("*", inherited)
    bare: dict[str, Any] = {}
    for key, value in table.items():
        if key == ABOUT:
            continue
        where = f"{path}.{key}" if path else key
        own = lines.pop(key, default)
        if isinstance(value, Mapping):
            bare[key] = _strip(value, where, own, facts)
        else:
            if own is None:
                raise ProfileError(
                    f"{where}: no certainty and source are given for it;"
                    f' say {ABOUT} = "assumed: …" above it, or where it is known from'
                )
            facts[where] = own
            bare[key] = value
    if lines:
        raise ProfileError(f"{path or 'top'}: about names {', '.join(sorted(lines))}, which is not there")
    return bare


def _lines(about: object, path: str) -> dict[str, Fact]:
    where = f"{path or 'top'}.{ABOUT}"
    if about is None:
        return {}
    if isinstance(about, Mapping):
        return {str(key): parse_fact(line, f"{where}.{key}") for key, line in about.items()}
    return {"*": parse_fact(about, where)}


def leaves(table: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield the dotted path of every fact in a bare table."""
    for key, value in table.items():
        where = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            yield from leaves(value, where)
        else:
            yield where
