"""Tests of `remotelens.transport.ble`."""
