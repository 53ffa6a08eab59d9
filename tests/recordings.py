"""Where the recordings of real cameras lie, and how a test asks for one.

They are not part of the project: they stand in `shared/protocol` beside the checkout, or where
``REMOTELENS_RECORDINGS`` points. Tests that need them are skipped with a reason where they are absent.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

RECORDINGS = Path(
    os.environ.get("REMOTELENS_RECORDINGS", Path(__file__).resolve().parents[2] / "shared" / "protocol")
)


def need(*parts: str) -> Path:
    """Return the path of a recording, or skip the test with a reason."""
    path = RECORDINGS.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no recordings of real cameras at {RECORDINGS}: {'/'.join(parts)} is absent")
    return path
