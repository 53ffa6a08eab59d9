"""A small NetworkManager: one Wi-Fi device, the networks it sees, and the states a join goes through.

Not here: the bus, and how a camera's network lets a host in; that is asked through `networks`.
"""
