"""Write docs/reference/methods.md from the method table.

``python scripts/reference.py`` writes the file; ``--check`` says whether it is as it should be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from remotelens.protocol.wifi.methods import METHODS, SERVICES, Method
from remotelens.protocol.wifi.types import Type

FILE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "methods.md"

HEAD = """\
# The methods of the Camera Remote API

Every method that these cameras, or their relatives, are known to have. This page is made from the method
table (`python scripts/reference.py`) and a test keeps it true; the same table checks the parameters of
`remotelens call` and speaks in `remotelens call --describe SERVICE.METHOD`. What *your* camera has, only the
camera says: `remotelens call camera.getAvailableApiList`. [FIDELITY.md](../../FIDELITY.md) tells which
emulated cameras have which method.

*Takes* and *gives* are in the API's own notation: `bool int double string`, `*` for an array, an object by
its members. *While*: the words of `cameraStatus` in which it may be called; empty: always. *Event*: the entry
of `getEvent` that tells of its effect. *How sure*: **recorded** with its types, **listed** by a real camera,
**specified** in Sony's reference, or **reported** by other programs.
"""


def text() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_services()]) + "\n"


def _services() -> Iterator[str]:
    for service in SERVICES:
        methods = [method for method in METHODS if method.service == service]
        yield f"## {service}\n"
        for group, members in groupby(sorted(methods, key=lambda one: one.group), key=lambda one: one.group):
            yield f"### {service}: {group}\n"
            yield "| method | versions | takes | gives | while | event | how sure |"
            yield "|---|---|---|---|---|---|---|"
            yield from (_row(method) for method in members)
            yield ""


def _row(method: Method) -> str:
    results = "35 to 66 slots, by version" if method.name == "getEvent" else _types(method.results)
    cells = (
        f"`{method.name}`",
        ", ".join(method.versions),
        _types(method.params),
        results,
        ", ".join(method.states),
        method.event or "",
        method.source,
    )
    return f"| {' | '.join(cells)} |"


def _types(kinds: tuple[Type, ...]) -> str:
    return " ".join(f"`{kind}`" for kind in kinds)


def main() -> None:
    """Write the page, or check it."""
    page = text()
    if "--check" in sys.argv[1:]:
        stands = FILE.read_text("utf-8") if FILE.exists() else ""
        sys.exit(0 if stands == page else f"{FILE.name} is out of date: run scripts/reference.py")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
