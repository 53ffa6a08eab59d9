"""Named mixes of faults, for soaks: what a bad radio and a tired camera do, in doses.

``chaos:mild`` is a crowded room, ``chaos:rough`` a camera on its last legs. Nothing in a mix is for good: a
camera that is left alone afterwards works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from emulator.faults.rules import Rule, parse_rule, split_rule
from remotelens.errors import InvalidValue

CHANNEL = "chaos"
_MILD = (
    "ssdp:silence,probability=0.1",
    "ssdp:double,probability=0.1",
    "description:delay=0.5,probability=0.05",
    "rpc:delay=0.2,probability=0.1",
    "rpc:jitter=0.05,probability=0.2",
    "rpc:busy,probability=0.01",
    "event:reset,probability=0.005",
    "event:repeat,probability=0.01",
    "liveview:jitter=0.05,probability=0.2",
    "liveview:drop,probability=0.01",
    "liveview:garble,probability=0.005",
    "contents:delay=0.5,probability=0.1",
    "contents:truncate=10000,probability=0.02",
    "body:drift,probability=0.0002",
    "ble:repeat,probability=0.02",
    "ble:unlink,probability=0.0002",
)
_ROUGH = (
    "ssdp:silence,probability=0.3",
    "ssdp:double,probability=0.2",
    "ssdp:corrupt=60,probability=0.05",
    "description:truncate=500,probability=0.05",
    "description:garbage,probability=0.02",
    "rpc:delay=1,probability=0.1",
    "rpc:slice=7,probability=0.1",
    "rpc:busy,probability=0.03",
    "rpc:long=15,probability=0.05,match=actTakePicture",
    "rpc:lost,probability=0.02",
    "rpc:reset,probability=0.01",
    "rpc:hang,probability=0.003",
    "rpc:garbage,probability=0.005",
    "rpc:length=5,probability=0.003",
    "rpc:halfclose,probability=0.003",
    "event:reset,probability=0.02",
    "event:missing,probability=0.02",
    "event:repeat,probability=0.05",
    "event:corrupt=400,probability=0.005",
    "liveview:bandwidth=200000,probability=0.1",
    "liveview:drop,probability=0.03",
    "liveview:garble,probability=0.02",
    "liveview:headless,probability=0.005",
    "liveview:stall=300000,probability=0.05",
    "liveview:reset=500000,probability=0.1",
    "contents:stall=5000,probability=0.02",
    "contents:reset=8000,probability=0.05",
    "contents:length=-100,probability=0.01",
    "contents:corrupt=5000,probability=0.02",
    "card:full=20,probability=0.0005",
    "card:out=20,probability=0.0003",
    "power:freeze=15,probability=0.0003",
    "power:off=20,probability=0.0003",
    "power:overheat=60,probability=0.0001",
    "body:drift,probability=0.001",
    "body:clock=-3600,probability=0.0002",
    "wifi:address,probability=0.0002",
    "ble:delay=0.3,probability=0.1",
    "ble:mute,probability=0.02",
    "ble:refuse,probability=0.01",
    "ble:unlink,probability=0.001",
    "ble:away=40,probability=0.0005",
)
MIXES: Mapping[str, tuple[str, ...]] = MappingProxyType({"mild": _MILD, "rough": _ROUGH})


def parse_rules(text: str) -> list[Rule]:
    """Read a rule, or a named mix of them, as written on a command line.

    A mix takes `camera` and `for`, which go to each of its rules, and `probability`, by which each rule's own
    is multiplied.

    Raises:
        InvalidValue: it is none.
    """
    if text.partition(":")[0].strip() != CHANNEL:
        return [parse_rule(text)]
    _, name, number, options = split_rule(text)
    if name not in MIXES or number is not None:
        raise InvalidValue(f"there is no mix {text!r}", remedy=f"there are {', '.join(map(_spec, MIXES))}")
    strange = sorted(set(options) - {"probability", "for_s", "camera"})
    if strange:
        raise InvalidValue(f"a mix takes no {', '.join(strange)}", remedy="it takes camera, for, probability")
    share = options.pop("probability", 1.0)
    rules = map(parse_rule, MIXES[name])
    return [replace(rule, probability=rule.probability * share, **options) for rule in rules]


def _spec(name: str) -> str:
    return f"{CHANNEL}:{name}"
