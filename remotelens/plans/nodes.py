"""YAML nodes with their places: a refusal names file, line and path, and the key that was perhaps meant."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import yaml

from remotelens.errors import PlanError

SIZE_LIMIT_BYTES = 1_000_000
DEPTH_LIMIT = 32

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|d)?")
_UNITS_S = {"ms": 0.001, None: 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Place:
    """One YAML node and how it was reached."""

    node: yaml.Node
    file: str | None
    path: str
    depth: int = 0

    @property
    def line(self) -> int:
        """The node's first line, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, message: str, remedy: str | None = None) -> PlanError:
        """Return an error at this place."""
        return PlanError(message, file=self.file, line=self.line, path=self.path or None, remedy=remedy)

    def mapping(self, allowed: Sequence[str], required: Sequence[str] = ()) -> dict[str, Place]:
        """Read a mapping with known keys.

        Raises:
            PlanError: it is not one, a key is unknown, doubled or missing.
        """
        found: dict[str, Place] = {}
        for key, value in self.entries():
            if key not in allowed:
                near = get_close_matches(key, allowed, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(allowed)}"
                raise value.error(f"unknown key '{key}'", hint)
            found[key] = value
        for key in required:
            if key not in found:
                raise self.error(f"'{key}' is missing")
        return found

    def entries(self) -> Iterator[tuple[str, Place]]:
        """Yield the keys and values of a mapping whose keys are free.

        Raises:
            PlanError: it is not a mapping, a key is no text or stands twice.
        """
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error(f"a mapping is wanted here, not {_kind(self.node)}")
        seen: set[str] = set()
        for key_node, value_node in self.node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error("a key must be a word")
            key = str(key_node.value)
            inner = self._inside(value_node, f"{self.path}.{key}" if self.path else key)
            if key in seen:
                raise inner.error(f"'{key}' stands here twice")
            seen.add(key)
            yield key, inner

    def items(self) -> list[Place]:
        """Read a list.

        Raises:
            PlanError: it is not one, or is empty.
        """
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"a list is wanted here, not {_kind(self.node)}")
        if not self.node.value:
            raise self.error("the list is empty")
        return [self._inside(node, f"{self.path}[{index}]") for index, node in enumerate(self.node.value)]

    def text(self) -> str:
        """Read a scalar as text, whatever YAML would have made of it (1/250, 5.6, off)."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(f"one value is wanted here, not {_kind(self.node)}")
        value = str(self.node.value).strip()
        if not value:
            raise self.error("a value is missing here")
        return value

    def flag(self) -> bool:
        """Read true or false."""
        word = self.text().lower()
        if word not in {"true", "false", "yes", "no"}:
            raise self.error(f"'{word}' is neither true nor false")
        return word in {"true", "yes"}

    def count(self, *, highest: int) -> int:
        """Read a whole number from 1 to `highest`."""
        word = self.text()
        if not word.isascii() or not word.isdigit() or len(word) > 12 or not 1 <= int(word) <= highest:
            raise self.error(f"'{word}' is not a whole number from 1 to {highest}")
        return int(word)

    def duration_s(self, *, highest_s: float) -> float:
        """Read a time span such as 10s, 2.5s, 5min, 12h, in seconds."""
        word = self.text()
        match = _DURATION.fullmatch(word)
        if match is None:
            raise self.error(f"'{word}' is not a time span", "write for example 10s, 2.5s, 5min or 12h")
        value = float(match[1]) * _UNITS_S[match[2]]
        if not math.isfinite(value) or not 0 < value <= highest_s:
            raise self.error(f"{word} is not between 0 and {highest_s:g} s")
        return value

    def choice(self, allowed: Sequence[str]) -> str:
        """Read one of some words."""
        word = self.text()
        if word not in allowed:
            near = get_close_matches(word, allowed, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(allowed)}"
            raise self.error(f"'{word}' is not known here", hint)
        return word

    def _inside(self, node: yaml.Node, path: str) -> Place:
        inner = Place(node, self.file, path, self.depth + 1)
        if inner.depth > DEPTH_LIMIT:
            raise inner.error("nested too deeply")
        return inner


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else "one value"


def compose(text: str, file: str | None = None) -> Place:
    """Read YAML text into places.

    Raises:
        PlanError: not YAML, more than one document, empty, too large, or with anchors (which could unfold
            without bound).
    """
    if len(text) > SIZE_LIMIT_BYTES:
        raise PlanError(f"larger than {SIZE_LIMIT_BYTES} characters", file=file)
    try:
        alias = next(
            (e for e in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(e, yaml.AliasEvent)), None
        )
        node = None if alias else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise PlanError(f"not YAML: {error.problem or error.context}", file=file, line=line) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise PlanError(f"not YAML: {' '.join(str(error).split())[:200]}", file=file) from error
    if alias is not None:
        line = None if alias.start_mark is None else alias.start_mark.line + 1
        raise PlanError("anchors and aliases are not read here", file=file, line=line)
    if node is None:
        raise PlanError("the plan is empty", file=file)
    return Place(node, file, "")
