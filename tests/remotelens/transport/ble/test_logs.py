"""What of the libraries' logs is seen."""

from __future__ import annotations

import logging

import pytest

import remotelens.transport.ble


@pytest.mark.parametrize("name", ["bluezdbus.client", "corebluetooth.client", "winrt.client"])
def test_no_value_read_or_written_comes_into_a_programs_debug_log(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert remotelens.transport.ble.__name__
    with caplog.at_level(logging.DEBUG):
        logging.getLogger(f"bleak.backends.{name}").debug("Read Characteristic: topSecretKey")
        logging.getLogger(f"bleak.backends.{name}").info("connected")
    assert caplog.messages == ["connected"]
