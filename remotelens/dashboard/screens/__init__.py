"""What fills the terminal: the live view, and the review of pictures taken.

Belongs here: which widgets stand where, and what their messages and the keys lead to. Does not: drawing
(`widgets`, `render`), or talking to a camera.
"""
