"""Bluetooth LE behind one seam: bleak's API, with an HCI controller of one's own as a choice of backend.

The adapter, scanning, GATT with time limits and our errors, and the pairing agent live here; what the bytes
of a camera mean does not.
"""

from __future__ import annotations

import logging

_backends = logging.getLogger("bleak.backends")
if _backends.level == logging.NOTSET:
    # At DEBUG bleak writes down every value read and written, the Wi-Fi's key among them. Whoever
    # wants that sets a level: logging.getLogger("bleak.backends").setLevel("DEBUG").
    _backends.setLevel(logging.INFO)
