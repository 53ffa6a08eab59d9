"""Cameras in network namespaces of their own; only as root on Linux."""
