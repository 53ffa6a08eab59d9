"""Tests of the bridge: the parts alone, then against a real broker."""
