from __future__ import annotations

import hashlib

from remotelens.protocol.wifi.auth_names import RUBBER_DUCK_METHODS
from tests.remotelens.protocol.wifi.recorded import recording

# protocol/wifi.md 5.9.
SHA256 = "e700a8dd3499d86359666df554c3a4e5239d24ed0cd4c898126867be03a46ed2"


def test_the_shipped_names_are_the_published_ones_in_their_order() -> None:
    text = ":".join(RUBBER_DUCK_METHODS)

    assert len(RUBBER_DUCK_METHODS) == 186
    assert len(text) == 5037
    assert hashlib.sha256(text.encode()).hexdigest() == SHA256


def test_the_shipped_names_are_the_recorded_ones() -> None:
    assert ":".join(RUBBER_DUCK_METHODS).encode() == recording("auth_methods_set2.bloodevil.txt")
