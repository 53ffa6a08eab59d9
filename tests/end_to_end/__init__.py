"""Whole programs against each other: what a person or a script would run, seen from outside."""
