"""Write FIDELITY.md from the marks in the code: how sure we are of each method, state and fact.

``python scripts/fidelity.py`` writes the file; ``--check`` says whether it is as it should be.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from emulator.body.machine import TRANSITIONS
from emulator.profiles import Certainty, Profile, load, names
from remotelens.protocol.wifi.methods import METHODS, SERVICES

FILE = Path(__file__).resolve().parents[1] / "FIDELITY.md"
SEEN = {"recorded": "seen", "listed": "seen", "specified": "specified", "reported": "reported"}

HEAD = """\
# Fidelity

How sure we are of what the emulated cameras do. This page is made from the marks in the code (`python
scripts/fidelity.py`) and a test keeps it complete. **Nothing here has been tried on a real camera yet**:
what is called *seen* was seen in recordings of real cameras that others have published.

*seen*: in a recording, which is named; *specified*: in a document of Sony's; *reported*: in the code of the
camera or of programs that were used with it, or told by an owner; *twin*: seen on a close relative;
*assumed*: chosen so that it fits the rest. `wifi.md`, `ble.md`, `models.md` and `imaging.md` are the
project's fact sheets, which name the documents and repositories behind each line; they and the recordings
stand beside the repository, not in it.

## Methods

One line a method, and the emulated cameras that have it. A method that a camera does not have answers with
the protocol's own "no such method", never with a success.
"""

BLUETOOTH = """
## Bluetooth LE

No QX camera has a Bluetooth radio. The stage in front of an emulated camera (`--ble`) is lent from Sony's
newer bodies (ILCE-7M4, 7CM2, 7RM5 class).

| what | how sure | source |
|---|---|---|
| advertising layout, group flags | seen | ble.md 1 |
| the advertising bytes of each state with a QX name | assumed | ble.md 10.2 |
| UUIDs, properties, frame of the vendor services | seen | ble.md 2 |
| pairing: Just Works, bonding, only on the pairing screen | reported | ble.md 3 |
| registration EE01 | seen | ble.md 3 |
| contents of EE03 and EE04 | assumed | ble.md 10.1 |
| remote control FF01 and its notifications FF02 | seen | ble.md 4 |
| Wi-Fi hand-over CC08, CC09, CC06, CC07, CC0C | seen | ble.md 5 |
| CC0D, the types on CC0E, battery thresholds | assumed | ble.md 5, 10.1 |
| location DD11 and its session | seen | ble.md 6 |
| a position that is not told again is dropped after two minutes | reported | ble.md 11, quirk 22 |
| how fast a zoom or focus jog of a given step moves the lens | assumed | ble.md 4.1 |
| how signal strength falls with distance; loss as delay | assumed | path loss exponent 2.5 |
| a camera in standby is woken by CC08 | assumed | ble.md 10.1 |
| which ATT error in which state | reported | ble.md 2.2, 10.3 |
| all times | assumed | ble.md 10.3 |

## Connections

| what | how sure | source |
|---|---|---|
| a client closes its sending side: live view, movies, files go on until a write fails | assumed | none |
| a long poll, or a wait for the turn of a file, ends then: it may have left | assumed | none |
| live view stopped before its first frame: an answer without frames | assumed | none |

## Stored pictures and movies

| what | how sure | source |
|---|---|---|
| ids of contents, the end of a list | twin | familyB_answers_and_content_urls.avc.json |
| the contents service: lists, counts, deletion, playback and its states | specified | wifi.md 9.3, 9.4 |
| that an original is the same bytes as the postview of size Original | assumed | wifi.md 9.2 |
| sizes of the large, small and thumbnail copies | assumed | models.md 3 |
| refusals: 7 out of place, 41002 without a card, 10 for an unknown content | assumed | wifi.md 4.3, 9.3 |
| a file cannot be asked for in parts; Content-Type of raw files and movies | assumed | wifi.md 9.3 |
| packets of a movie that is played | specified | wifi.md 8.2 |
| which of them comes when; a movie started again at its end begins anew | assumed | wifi.md 9.4 |
| family A: services of the media server in contents transfer | twin | sony_CdsDesc.rocc.xml |
| family A: its tree, ids, addresses and faults | assumed | wifi.md C |
| raw files: a DNG under the name and with the pixels of the camera's own | not imitated | imaging.md A4 |
| a still whose card is out, full or protected by now is not stored | assumed | as without a card |
| a card out or protected meanwhile ends a recording, which is lost | assumed | none |
| a loop has to fit whole; one without end keeps what there is room for | assumed | none |
| movies: an MP4 of the right size and length, but of JPEGs and silent | not imitated | models.md 4 |
| what moves is tracked without error until it leaves the frame | assumed | wifi.md 7.4 |

## The picture

The optics, the sensor and the development follow published models (imaging.md A names each); figures of the
sensors are plausible and consistent, not measured: see the *sensor* lines of each camera below.
"""


def text() -> str:
    """Return the page."""
    profiles = [load(name) for name in names()]
    parts = [HEAD, *_methods(profiles), BLUETOOTH, *_states(), *_facts(profiles)]
    return "\n".join(line.rstrip() for line in "\n".join(parts).splitlines()) + "\n"


def _methods(profiles: list[Profile]) -> Iterator[str]:
    yield "| method | how sure | source | " + " | ".join(profile.name for profile in profiles) + " |"
    yield "|---|---|---|" + "---|" * len(profiles)
    for service in SERVICES:
        for method in METHODS:
            if method.service != service:
                continue
            word, _, source = method.source.partition(" ")
            have = ["+" if profile.method(service, method.name) is not None else "" for profile in profiles]
            yield f"| {service}.{method.name} | {SEEN[word]} | {source} | " + " | ".join(have) + " |"


def _states() -> Iterator[str]:
    yield "\n## States of the camera\n"
    yield "| from | when | to | how sure |"
    yield "|---|---|---|---|"
    for status, moves in TRANSITIONS.items():
        for cause, move in moves.items():
            yield f"| {status} | {cause} | {move.to} | {move.source} |"


def _facts(profiles: list[Profile]) -> Iterator[str]:
    yield "\n## Facts of each camera\n"
    for profile in profiles:
        counted = Counter(fact.certainty for fact in profile.about.values())
        told = ", ".join(f"{counted[one]} {one}" for one in Certainty if counted[one])
        yield f"### {profile.name}\n\n{profile.note} {told}.\n"
        by_fact: dict[str, list[str]] = {}
        for path, fact in profile.about.items():
            by_fact.setdefault(str(fact), []).append(path)
        for certainty in Certainty:
            for fact_text, paths in by_fact.items():
                if fact_text.startswith(f"{certainty}:"):
                    yield f"- **{certainty}** {', '.join(paths)}: {fact_text.partition(': ')[2]}"
        yield ""


def main() -> None:
    """Write the page, or check it."""
    page = text()
    if "--check" in sys.argv[1:]:
        sys.exit(
            0 if FILE.read_text("utf-8") == page else "FIDELITY.md is out of date: run scripts/fidelity.py"
        )
    FILE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
