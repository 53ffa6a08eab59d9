"""One camera's mind: state machine, settings, exposure, focus, lens, card, battery, pictures.

It knows its profile and the world it looks at, and nothing of sockets, JSON or Bluetooth: those speak for it.
"""
