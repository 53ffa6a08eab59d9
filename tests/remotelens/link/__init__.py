"""Tests of `remotelens.link`."""
