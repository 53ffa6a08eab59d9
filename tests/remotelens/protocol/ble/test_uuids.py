"""Names of services and characteristics, against those that were seen."""

from __future__ import annotations

from remotelens.protocol.ble import uuids
from tests.remotelens.protocol.ble.dumps import rows


def constants() -> set[str]:
    return {value for name, value in vars(uuids).items() if name.isupper()}


def test_services_have_their_own_base_and_characteristics_the_sigs() -> None:
    assert uuids.CONTROL_SERVICE == "8000cc00-cc00-ffff-ffff-ffffffffffff"
    assert uuids.REMOTE_COMMAND == "0000ff01-0000-1000-8000-00805f9b34fb"


def test_every_vendor_name_was_seen_on_a_camera_or_is_documented() -> None:
    seen = rows("gatt_properties.tsv")
    services = {row["service"].lower() for row in seen}
    characteristics = {uuids.sig(int(row["uuid"], 16)) for row in seen if "-" not in row["uuid"]}
    generic = {uuids.sig(code) for code in (0x1800, 0x1801, 0x2A00, 0x2A05, 0x2902)}
    documented = {uuids.CLOCK}  # protocol/ble.md 2.1; the scans that the table merges did not list it

    for value in constants() - generic - documented:
        if value.startswith("8000"):
            assert value[:8] in services
        else:
            assert value in characteristics
