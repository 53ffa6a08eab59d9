"""Tests of `remotelens.camera`."""
