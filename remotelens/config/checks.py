"""What may hinder on this host, as far as this room touches it: the folders, and the shape of a check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remotelens.config.cameras import load_cameras
from remotelens.config.paths import cameras_file, config_dir, state_dir
from remotelens.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    `ok` is None where it hinders nothing but something would not work; `remedy` says what to do.
    """

    name: str
    ok: bool | None
    detail: str
    remedy: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as one of `doctor`'s items."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "remedy": self.remedy}


def checks() -> Iterator[Check]:
    """Look at the user's folders and files."""
    yield _folder("configuration folder", config_dir())
    yield _folder("state folder", state_dir())
    yield _cameras()


def _folder(name: str, folder: Path) -> Check:
    nearest = folder
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        return Check(
            name,
            False,
            f"{nearest} cannot be written",
            "choose others with REMOTELENS_CONFIG_DIR and _STATE_DIR",
        )
    return Check(name, True, str(folder) if folder.exists() else f"{folder} (made when it is needed)")


def _cameras() -> Check:
    try:
        known = load_cameras()
    except ConfigError as error:
        return Check("known cameras", False, error.message, error.remedy)
    if not known:
        return Check("known cameras", True, "none yet; 'remotelens setup' adds one")
    file = cameras_file()
    if os.name == "posix" and file.stat().st_mode & 0o077:
        return Check("known cameras", False, f"{file} holds keys and others may read it", f"chmod 600 {file}")
    return Check("known cameras", True, ", ".join(known))
