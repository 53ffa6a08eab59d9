"""Many cameras in one world: the rack, how a camera of it is made, and what is served beside them.

What a camera is, does or suffers is in rooms of its own.
"""

from emulator.rack.emulator import DEFAULT_MODEL, Emulator

__all__ = ["DEFAULT_MODEL", "Emulator"]
