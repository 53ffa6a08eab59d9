"""The Camera Remote API as it crosses the network: discovery, description, calls, events, live view.

Belongs here: codecs that client and camera share, each naming its source in protocol/wifi.md. Does not:
sending anything, remembering a camera's state. Only `values` knows the numbers behind exposure strings.
"""
