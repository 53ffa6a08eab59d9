"""A private D-Bus with a small org.bluez and a small org.freedesktop.NetworkManager over the virtual air.

For programs that know no other Bluetooth and Wi-Fi than a Linux host's own: with ``DBUS_SYSTEM_BUS_ADDRESS``
set they find, pair with, drive and join the emulated cameras with no radio and no root. Not here: what a
camera does, and the air itself. dbus-fast is imported in this folder and nowhere else in the emulator.
"""
