"""Tapes: what a client and a camera said to each other, recorded in between, played back without a camera.

No camera is emulated here; what a tape does not hold is not made up.
"""
