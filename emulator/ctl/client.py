"""A small client of the control API, with nothing but the standard library."""

from __future__ import annotations

import http.client
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from remotelens.errors import (
    CameraNotFound,
    ConfigError,
    ConnectFailed,
    InvalidValue,
    NotAvailableNow,
    RemoteLensError,
    WifiJoinFailed,
)

READY_VARIABLE = "REMOTELENS_EMULATOR_READY"
_TIMEOUT_S = 600.0
"""Advancing time by days may take a while."""
_ERRORS: dict[int, type[RemoteLensError]] = {
    400: InvalidValue,
    401: ConfigError,
    403: WifiJoinFailed,
    404: CameraNotFound,
    409: NotAvailableNow,
}


class ControlClient:
    """Speaks to one running emulator.

    Args:
        url: where its control API is.
        token: what it wants to see.
    """

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url)
        self._token = token

    @classmethod
    def found(cls, ready_file: Path | None = None) -> ControlClient:
        """Return a client of the emulator whose ready file is given, or named by the environment.

        Raises:
            ConfigError: there is no such file, or it is no ready file.
        """
        path = ready_file or (Path(os.environ[READY_VARIABLE]) if READY_VARIABLE in os.environ else None)
        if path is None:
            raise ConfigError(
                "which emulator is not known",
                remedy=f"give --ready-file, or name it in {READY_VARIABLE}; run writes it with --ready-file",
            )
        try:
            control = json.loads(path.read_text(encoding="utf-8"))["control"]
            return cls(control["url"], control["token"])
        except OSError as error:
            raise ConfigError(
                f"the ready file {path} cannot be read: {error.strerror}", remedy="is the emulator running?"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path} is no ready file of an emulator") from error

    def call(self, verb: str, path: str, body: dict[str, Any] | bytes | None = None) -> dict[str, Any]:
        """Send one request and return its answer.

        Raises:
            ConnectFailed: the emulator does not answer.
            RemoteLensError: it refused; the message is its own.
        """
        return dict(json.loads(self.fetch(verb, path, body)))

    def fetch(self, verb: str, path: str, body: dict[str, Any] | bytes | None = None) -> bytes:
        """Send one request, with an object as JSON or with a file, and return its answer as it came.

        Raises:
            ConnectFailed: the emulator does not answer.
            RemoteLensError: it refused; the message is its own.
        """
        connection = http.client.HTTPConnection(
            self._address.hostname or "", self._address.port, timeout=_TIMEOUT_S
        )
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
        try:
            sent = json.dumps(body) if isinstance(body, dict) else body
            connection.request(verb, path, sent, headers)
            response = connection.getresponse()
            status, data = response.status, response.read()
            answer = json.loads(data) if status >= http.client.BAD_REQUEST else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ConnectFailed(
                f"the emulator at {self._address.geturl()} does not answer: {error}",
                remedy="is it still running?",
            ) from error
        finally:
            connection.close()
        if status >= http.client.BAD_REQUEST:
            message = answer.get("error", {}).get("message", "refused")
            raise _ERRORS.get(status, RemoteLensError)(message)
        return data
