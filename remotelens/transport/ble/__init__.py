"""Bluetooth LE behind one seam: bleak's API, with an HCI controller of one's own as a choice of backend.

The adapter, scanning, GATT with time limits and our errors, and the pairing agent live here; what the bytes
of a camera mean does not.
"""
