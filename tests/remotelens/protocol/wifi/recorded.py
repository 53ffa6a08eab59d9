"""Reads the recordings of real cameras for the tests of the codecs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.recordings import need

TRANSCRIPTS = "transcripts"


def recording(name: str) -> bytes:
    """Return the bytes of a recording, or skip the test."""
    return need(TRANSCRIPTS, name).read_bytes()


def wire(name: str) -> bytes:
    """Return an SSDP message as it crossed the network: the recordings have LF where the wire has CR LF."""
    return recording(name).strip().replace(b"\n", b"\r\n") + b"\r\n\r\n"


@dataclass(frozen=True)
class Exchange:
    """One recorded HTTP exchange of an HDR-AS30V."""

    method: str
    url: str
    body: bytes
    status: int
    headers: dict[str, str]
    answer: bytes


def exchanges() -> list[tuple[str, Exchange]]:
    """Return all recorded HTTP exchanges, each with the name of its file."""
    folder = need(TRANSCRIPTS, "as30v_http_vcr.nerab")
    return [
        (path.name, each) for path in sorted(folder.glob("*.yml")) for each in _exchanges(path.read_text())
    ]


def _exchanges(text: str) -> Iterator[Exchange]:
    for item in yaml.safe_load(text)["http_interactions"]:
        request, response = item["request"], item["response"]
        yield Exchange(
            method=request["method"],
            url=request["uri"],
            body=request["body"]["string"].encode(),
            status=response["status"]["code"],
            headers={name: values[0] for name, values in response["headers"].items()},
            answer=response["body"]["string"].encode(),
        )


@dataclass(frozen=True)
class Dumped:
    """One answer of a console dump: what was asked, and the answer as JSON again."""

    method: str
    answer: bytes


def dumped_answers(name: str) -> list[Dumped]:
    r"""Return the answers of a console dump, which shows decoded JSON as Python text.

    Its `\\/` is an artefact of how it was made: on the wire it was `\/`.
    """
    text = recording(name).decode()
    found = re.findall(r"^(?:trying ')?(get\w+)(?:\(\)':| :)\n(\{.*)$", text, re.MULTILINE)
    return [Dumped(method, _json(block)) for method, block in found]


def dumped_names(name: str) -> list[str]:
    """Return the methods that a console dump lists as available."""
    text = recording(name).decode()
    listed = text.partition("Available calls:")[2].partition("--")[0]
    return re.findall(r"^(\w+)$", listed, re.MULTILINE)


def dumped_method_types(name: str) -> list[bytes]:
    """Return the getMethodTypes answers of a console dump that goes over many lines."""
    parts = recording(name).decode().split("Checking Methods")[1:]
    return [_json(_unwrapped(part[part.index("{") :].strip())) for part in parts]


def _unwrapped(block: str) -> str:
    """Undo the line breaks that the console put inside quoted texts."""
    return re.sub(r"(?<=[\"'])\n", "", block)


def _json(block: str) -> bytes:
    value: Any = ast.literal_eval(block)
    return json.dumps(value).replace("\\\\/", "/").encode()
