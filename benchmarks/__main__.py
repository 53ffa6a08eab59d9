"""``python -m benchmarks [NAME ...]``: run all measurements, or the named ones."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "startup",
    "liveview_ingest",
    "demo_steps",
    "session_lateness",
    "world_frames",
    "world_cameras",
    "dashboard",
    "bridge",
    "ble",
    "rehearsal",
    "rpc",
    "instrument",
)


def main() -> None:
    """Run them one after the other."""
    for name in sys.argv[1:] or NAMES:
        if name not in NAMES:
            sys.exit(f"no benchmark '{name}'; there are: {', '.join(NAMES)}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
