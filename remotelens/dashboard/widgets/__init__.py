"""What the eye sees on a screen, each with its looks beside it.

Belongs here: widgets that draw a `View` or a picture and post what a person wants as messages. Does not:
talking to a camera, or choosing what to do.
"""
