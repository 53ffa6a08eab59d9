"""Tables of a TOML file that are changed where they stand, so that what a person wrote around them stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Tables = Mapping[str, Mapping[str, str | datetime]]


def with_tables(text: str, parent: str, tables: Tables) -> str | None:
    """Return a TOML text in which a table holds these tables and no others; its comments are kept.

    What comes out is read again, because a comment is worth less than a table: None where it is not what was
    meant, or the text is not TOML.
    """
    try:
        changed = _changed(text, parent, tables)
        holds = tomllib.loads(changed).get(parent, {})
    except Exception:  # noqa: BLE001 - whatever the library trips over in a text of anybody's, there is a way without it
        return None
    return changed if holds == tables else None


def _changed(text: str, parent: str, tables: Tables) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    if parent not in document:
        document[parent] = tomlkit.table(is_super_table=True)
    there = document[parent]
    assert isinstance(there, dict)
    for name in [name for name in there if name not in tables]:
        del there[name]
    for name, wanted in tables.items():
        if name not in there:
            there[name] = tomlkit.table()
        _change(there[name], wanted)
    return tomlkit.dumps(document)


def _change(table: dict[str, Any], wanted: Mapping[str, str | datetime]) -> None:
    """Give a table these values; a line that was there keeps its place and its comment."""
    from tomlkit.items import Table

    for key in [key for key in table if key not in wanted]:
        del table[key]
    lines = table.value.body if isinstance(table, Table) else []
    behind = []
    while lines and lines[-1][0] is None:  # what stands above the next table is the end of this one
        behind.append(lines.pop())
    for key, value in wanted.items():
        if table.get(key) != value:
            table[key] = value
    lines.extend(reversed(behind))
