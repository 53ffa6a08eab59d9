"""The private bus, seen by a program that speaks plain D-Bus to it."""
