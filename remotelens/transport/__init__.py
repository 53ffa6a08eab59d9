"""Moves bytes: sockets, HTTP, the live view stream, BLE, joining a Wi-Fi network.

Knows addresses and time limits and nothing of cameras; other people's exceptions become ours here.
"""
