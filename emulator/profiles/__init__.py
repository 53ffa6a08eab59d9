"""What each camera is and says, as facts: one TOML file a (model, firmware), each with its source.

No behaviour belongs here: the body acts on these facts, the Wi-Fi and BLE faces speak from them.
"""

from emulator.profiles.facts import Certainty, Fact, ProfileError
from emulator.profiles.loader import lens_names, load, load_lens, names, with_lens
from emulator.profiles.model import Profile

__all__ = [
    "Certainty",
    "Fact",
    "Profile",
    "ProfileError",
    "lens_names",
    "load",
    "load_lens",
    "names",
    "with_lens",
]
