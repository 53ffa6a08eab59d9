"""The cameras' Bluetooth LE: a virtual air that hosts attach to over HCI, and the peripherals on it.

Real HCI, L2CAP, SMP and ATT bytes. Not here: what a camera does (that is `emulator.body`, seen through
`body_port`), and Wi-Fi. Bumble is imported in this folder and nowhere else in the emulator.
"""
