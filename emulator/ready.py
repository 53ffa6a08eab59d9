"""The ready file: how programs in other processes find what an emulator serves, and its token."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from remotelens.errors import RemoteLensError


def write_ready(path: Path, ready: dict[str, Any]) -> None:
    """Write the ready file in one go; nobody else may read it, since it holds keys.

    Raises:
        RemoteLensError: it cannot be written there.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(ready, file)
            file.write("\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise RemoteLensError(f"the ready file {path} cannot be written: {error.strerror}") from error
