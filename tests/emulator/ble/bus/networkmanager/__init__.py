"""The small NetworkManager, seen by a program that speaks plain D-Bus to it."""
