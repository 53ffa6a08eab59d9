"""A bleak backend over a Bumble host: any HCI controller (TCP, USB, serial) with no Bluetooth of the system.

``backend.bind("tcp-client:127.0.0.1:9001")`` gives the classes for the ``backend=`` argument of bleak's own.
Nothing here knows what is at the other end of the link.
"""

from __future__ import annotations

import logging

_bumble = logging.getLogger("bumble")
if _bumble.level == logging.NOTSET:
    # Whatever Bumble complains of with tracebacks is raised here too, as an error with one clear line. A
    # program that wants its log sets a level: logging.getLogger("bumble").setLevel("DEBUG").
    _bumble.setLevel(logging.CRITICAL)
