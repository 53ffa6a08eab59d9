"""Battery and media: the recorded bytes of the ILCE-7CM2, byte for byte."""

from __future__ import annotations

from emulator.ble.supply_values import battery_value, media_value
from remotelens.protocol.ble.supply import decode_battery, decode_media
from tests.remotelens.protocol.ble.dumps import recorded_reads


def test_the_recorded_batteries_are_laid_out_byte_for_byte() -> None:
    assert [battery_value(0.86), battery_value(0.77)] == recorded_reads("CC10")


def test_the_recorded_media_are_laid_out_byte_for_byte() -> None:
    assert [media_value(present=True, shots=2173, slots=2)] == recorded_reads("CC0F")


def test_the_level_falls_with_the_charge() -> None:
    levels = [
        decode_battery(battery_value(ratio)).packs[0].state for ratio in (1.0, 0.8, 0.6, 0.3, 0.1, 0.01)
    ]

    assert levels == [5, 5, 4, 3, 2, 1]
    assert decode_battery(battery_value(1.7)).packs[0].percent == 100
    assert decode_battery(battery_value(-1.0)).packs[0].percent == 0


def test_a_slot_without_a_card_has_no_shots() -> None:
    (slot, second) = decode_media(media_value(present=False, shots=17)).slots

    assert (slot.state, slot.shots_left) == (0, None)
    assert second.flags == 0
