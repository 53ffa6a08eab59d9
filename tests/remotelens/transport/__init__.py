"""Tests of `remotelens.transport`."""
