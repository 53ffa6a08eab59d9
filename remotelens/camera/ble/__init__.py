"""What a bonded camera does over Bluetooth LE alone, one module an ability; no Wi-Fi is needed for any of it.

Belongs here: buttons, their confirmations, readings and settings, and the position feed. Does not: finding,
bonding and the connection (`link`, `transport.ble`), bytes (`protocol.ble`); `remotelens.camera.remote` puts
the abilities together.
"""
