"""What arithmetic tells of a picture, and makes of several: pure functions of arrays.

Belongs here: measures and merges over uint8 RGB arrays. Does not: cameras, files, sockets, clocks, screens.
"""
