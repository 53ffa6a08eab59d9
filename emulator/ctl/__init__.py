"""The control API from the shell: a small client, and the commands of `remotelens-emulator ctl`.

Nothing of the emulator itself is loaded for it.
"""

from emulator.ctl.client import READY_VARIABLE, ControlClient
from emulator.ctl.commands import ctl

__all__ = ["READY_VARIABLE", "ControlClient", "ctl"]
