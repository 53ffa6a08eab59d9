"""Tests of the camera's mind."""
