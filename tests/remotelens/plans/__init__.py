"""Tests of plans on paper."""
