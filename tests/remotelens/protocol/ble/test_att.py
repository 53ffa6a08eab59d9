"""ATT errors, as recorded."""

from __future__ import annotations

from remotelens.protocol.ble.att import AttCode
from tests.remotelens.protocol.ble.dumps import rows


def test_the_recorded_refusal_of_the_network_name_is_not_available_now() -> None:
    (row,) = (row for row in rows("ilce-7cm2_reads.tsv") if row["uuid"] == "CC06")

    assert row["value"] == f"ATT error 0x{AttCode.NOT_AVAILABLE_NOW:02X} ({AttCode.NOT_AVAILABLE_NOW:d})"
