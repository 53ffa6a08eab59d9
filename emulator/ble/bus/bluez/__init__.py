"""A small BlueZ: org.bluez's objects on the bus, each call an act of a Bumble central on the air.

It behaves as bluetoothd does, also where that is unkind. Not here: the bus, and anything that knows of
cameras.
"""
