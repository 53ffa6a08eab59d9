"""Where the user's files lie.

``REMOTELENS_CONFIG_DIR`` and ``REMOTELENS_STATE_DIR`` win over the platform's own places.
"""

from __future__ import annotations

import os
from pathlib import Path

CONFIG_VARIABLE = "REMOTELENS_CONFIG_DIR"
STATE_VARIABLE = "REMOTELENS_STATE_DIR"
_APPLICATION = "remotelens"


def config_dir() -> Path:
    """Return the folder of what the user decides: settings and known cameras; it may not be there yet."""
    chosen = os.environ.get(CONFIG_VARIABLE)
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_config_path(_APPLICATION, appauthor=False)


def state_dir() -> Path:
    """Return the folder of what the program remembers: bonds and identities; it may not be there yet."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_state_path(_APPLICATION, appauthor=False)


def cameras_file() -> Path:
    """Return the file of known cameras."""
    return config_dir() / "cameras.toml"


def developer_file() -> Path:
    """Return the file of the developer's registration, which need not be there."""
    return config_dir() / "developer.json"


def bonds_dir() -> Path:
    """Return the folder of BLE bonds."""
    return state_dir() / "bonds"
