"""What all tests stand on."""

from __future__ import annotations

import gc
import signal


def pytest_configure() -> None:
    """Let programs that tests start be interrupted, though a shell began the run in the background.

    Such a shell has its jobs ignore the interrupt, and a program inherits what is ignored, unlike what is
    handled.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking again and again at thousands of tests that stay."""
    gc.collect()
    gc.freeze()
