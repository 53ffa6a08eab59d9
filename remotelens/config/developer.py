"""The developer's registration by which a camera unlocks methods: the user's own, or the published one.

``developer.json`` in the configuration folder is one JSON object of developerName, developerID, key and
methods (one text of names joined by colons, or a list). Source: protocol/wifi.md 5.9.
"""

from __future__ import annotations

from pathlib import Path

from remotelens.config.paths import developer_file
from remotelens.errors import ConfigError
from remotelens.protocol.wifi.auth import RUBBER_DUCK, Credentials, parse_credentials


def load_developer(path: Path | None = None) -> Credentials:
    """Read the user's registration; the published one where there is no file.

    Raises:
        ConfigError: the file cannot be read or is no registration.
    """
    path = path or developer_file()
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return RUBBER_DUCK
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", remedy="mend or move the file"
        ) from error
    try:
        return parse_credentials(text)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}", remedy=error.remedy) from error
