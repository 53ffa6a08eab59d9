"""Programs of the host that some tests look over the project's shoulder with."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

SERVERS = os.pathsep.join(("/usr/local/sbin", "/usr/sbin"))  # not everybody's PATH leads to them


def need_program(name: str) -> Path:
    """Return the program's path; without it skip the test, or fail it where CI promises the program."""
    found = shutil.which(name) or shutil.which(name, path=SERVERS)
    if found is None:
        reason = f"{name} is not installed (scripts/system-parts installs it as root)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(found)
