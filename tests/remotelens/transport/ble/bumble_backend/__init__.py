"""Tests of `remotelens.transport.ble.bumble_backend`, all by bleak's own classes."""
