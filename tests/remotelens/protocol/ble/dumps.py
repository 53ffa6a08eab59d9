"""Rows of the recordings in `ble-dumps`, as dictionaries by column."""

from __future__ import annotations

import csv

from tests.recordings import need


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table; lines that begin with # are remarks."""
    lines = need("ble-dumps", name).read_text("utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def recorded_reads(uuid: str) -> list[bytes]:
    """Return the recorded values of a characteristic of the ILCE-7CM2."""
    return [
        bytes.fromhex(row["value"])
        for row in rows("ilce-7cm2_reads.tsv")
        if row["uuid"] == uuid and set(row["value"]) <= set("0123456789abcdef")
    ]
