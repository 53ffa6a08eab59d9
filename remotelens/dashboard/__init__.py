"""The terminal dashboard: what a photographer sees and presses.

Belongs here: the application, its screens, widgets, dialogs, and how a picture becomes lines of a terminal.
Does not: the protocol or sockets; one module, `operator`, talks to the camera, and only through its facade.
"""
