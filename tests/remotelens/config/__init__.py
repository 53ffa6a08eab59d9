"""Tests of `remotelens.config`."""
