"""Tests of `remotelens.library`."""
