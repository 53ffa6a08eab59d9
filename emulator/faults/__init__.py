"""Misbehaviour on request: rules, and wrappers that put them around the healthy parts.

The healthy parts do not know of it; no condition about faults belongs anywhere else.
"""
