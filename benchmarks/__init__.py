"""Figures as ratios against a peer or a floor of the same run; nothing in here is a test."""
