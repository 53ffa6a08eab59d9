"""The control API: the same hands over HTTP, for programs in any language, and what describes it to them.

What can be done to a camera belongs to `hands`; only its form on the wire belongs here.
"""

from emulator.control.server import ControlServer

__all__ = ["ControlServer"]
