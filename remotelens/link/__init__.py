"""From nothing to a live camera, and back after a loss: find, pair, wake, join, search, reach; the JSON-RPC.

What a camera can do for people is `camera`'s; what moves bytes is `transport`'s.
"""
