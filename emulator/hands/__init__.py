"""What people, the weather and time can do to cameras; control API, `ctl` and fixtures are faces of it.

Nothing here speaks a protocol, and nothing here decides what a camera makes of it.
"""

from emulator.hands.on_camera import LARGEST_CARD_BYTES, LONGEST_PRESS_S, NoSuchFile
from emulator.hands.on_rack import Cameras, Hands

__all__ = ["LARGEST_CARD_BYTES", "LONGEST_PRESS_S", "Cameras", "Hands", "NoSuchFile"]
