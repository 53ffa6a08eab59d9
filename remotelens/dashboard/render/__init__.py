"""Pictures into what a terminal shows: pure functions from arrays to text.

Belongs here: decoding, resizing, drawing on pixels, and laying them out as cells or as image sequences. Does
not: widgets, or anything that knows a camera or a clock.
"""
