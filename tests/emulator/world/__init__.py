"""Tests of light, lens, sensor and scenes: by figures wherever there is a formula."""
