"""Tests of capture sessions."""
