"""What is on the air: bytes and documents to values and back.

Belongs here: codecs and tables of facts. Does not: sockets, clocks, event loops, decisions about a camera.
"""
