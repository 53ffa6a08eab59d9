"""Tests of remotelens and its emulator; the folders mirror the source."""
