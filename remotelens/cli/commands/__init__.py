"""One module a command, imported only when that command runs.

Each has a click command named ``command``; nothing in here is imported by another room.
"""
