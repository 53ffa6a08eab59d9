"""Tests of `remotelens.transport.join`."""
