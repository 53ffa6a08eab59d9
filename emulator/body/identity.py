"""Who one camera is: addresses, names and keys that follow from the seed and its place in the rack."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass

from emulator.profiles import Profile

_KEY_CHARACTERS = string.digits + string.ascii_letters
_KEY_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Identity:
    """One camera's own constants.

    Attributes:
        camera_id: its name in this rack, such as ``qx10-1``.
        serial: seven digits.
        mac: of its Wi-Fi, ``AA:BB:CC:DD:EE:FF``; the access point has the same.
        ssid: of its access point. Source: protocol/wifi.md 1.1.
        key: its WPA2 key, eight characters.
        uuid: as in USN and UDN, without ``uuid:``. Source: protocol/wifi.md 2.2.
        noise_seed: where its throws of photons start.
        pattern_seed: what makes its sensor's fixed pattern its own.
    """

    camera_id: str
    serial: str
    mac: str
    ssid: str
    key: str
    uuid: str
    noise_seed: int
    pattern_seed: int

    @classmethod
    def of(cls, profile: Profile, seed: int, index: int) -> Identity:
        """Return the identity of the camera at that place; the same arguments, the same camera."""
        digest = hashlib.sha256(f"{seed}/{index}/{profile.model}".encode()).digest()
        tail = digest[0:3].hex()
        mac = f"{profile.network.mac_prefix}{tail}"
        letters = "".join(string.ascii_letters[byte % 52] for byte in digest[3:5])
        node = mac.upper() if profile.network.uuid_upper else mac.lower()
        short = profile.model.rpartition("-")[2].lower()
        return cls(
            camera_id=f"{short}-{index + 1}",
            serial=f"{int.from_bytes(digest[5:9], 'big') % 9_000_000 + 1_000_000}",
            mac=":".join(mac[at : at + 2] for at in range(0, 12, 2)).upper(),
            ssid=f"DIRECT-{letters}{profile.ssid_code}:{profile.friendly_name}",
            key="".join(_KEY_CHARACTERS[byte % 62] for byte in digest[9 : 9 + _KEY_LENGTH]),
            uuid=f"{profile.network.uuid_prefix}{node}",
            noise_seed=int.from_bytes(digest[17:21], "big"),
            pattern_seed=int.from_bytes(digest[21:25], "big"),
        )
