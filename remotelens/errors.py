"""Every exception of remotelens, and the exit code of each branch.

::

    RemoteLensError                                                              exit 1
      CameraNotFound                                                                  3
      LinkError       ConnectFailed LinkLost PairingRejected WifiJoinFailed           4
      RefusedError    CameraBusy NotSupported NotAvailableNow IllegalArgument
                      AuthenticationNeeded CaptureFailed ContentGone                  5
      SupplyError     CardFull DiskFull BatteryLow                                    6
      IncompleteError the work ended with frames missing                              7
      InputError      InvalidValue ConfigError PlanError                              2
      ProtocolError   LocalProtocolError RemoteProtocolError                          1
      MissingComponent                                                                1

Every error says what happened, on which camera, and what to do about it. The parts are attributes, so
that faces (command line, MQTT, HTTP) show the same sentence in their own form.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command of the project ends with; scripts depend on these numbers."""

    DONE = 0
    FAILURE = 1
    USAGE = 2
    NO_CAMERA = 3
    LINK = 4
    REFUSED = 5
    SUPPLY = 6
    INCOMPLETE = 7
    TIME_LIMIT = 124
    INTERRUPTED = 130


class RemoteLensError(Exception):
    """Anything that goes wrong in the project's own terms.

    Args:
        message: what happened, one line, no full stop needed.
        camera: name or address of the camera it happened on, where known.
        remedy: what the reader can do about it, one line.
        code: the camera's own error number, where it gave one.
    """

    exit_code: ExitCode = ExitCode.FAILURE

    def __init__(
        self, message: str, *, camera: str | None = None, remedy: str | None = None, code: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.camera = camera
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        where = f"{self.camera}: " if self.camera else ""
        what_to_do = f" ({self.remedy})" if self.remedy else ""
        return f"{where}{self.message}{what_to_do}"


class CameraNotFound(RemoteLensError):
    """No camera answers where one was looked for."""

    exit_code = ExitCode.NO_CAMERA


class LinkError(RemoteLensError):
    """The way to the camera is broken; trying again may help."""

    exit_code = ExitCode.LINK


class ConnectFailed(LinkError):
    """The camera's address does not accept a connection, or answers as no camera does."""


class LinkLost(LinkError):
    """The camera was there and has stopped answering."""


class LinkTimeout(LinkLost, TimeoutError):
    """The camera did not answer within its time limit."""


class PairingRejected(LinkError):
    """The camera did not accept the bond."""


class WifiJoinFailed(LinkError):
    """The host did not get onto the camera's network."""


class RefusedError(RemoteLensError):
    """The camera understood and said no; `code` is its number for that."""

    exit_code = ExitCode.REFUSED


class CameraBusy(RefusedError):
    """The camera is starting, saving or changing mode; it will be able to later."""


class NotSupported(RefusedError):
    """This camera does not have that ability or method."""


class NotAvailableNow(RefusedError):
    """The camera has it, but not in its present mode or state."""


class IllegalArgument(RefusedError, ValueError):
    """The camera rejected a parameter."""


class AuthenticationNeeded(RefusedError):
    """The camera wants `actEnableMethods` before this method."""


class CaptureFailed(RefusedError):
    """The camera tried to take a picture and could not."""


class ContentGone(RefusedError):
    """A picture's address no longer answers."""


class SupplyError(RemoteLensError):
    """Something has run out: storage on either side, or power."""

    exit_code = ExitCode.SUPPLY


class CardFull(SupplyError):
    """The camera has no room for another picture."""


class DiskFull(SupplyError, OSError):
    """This host has no room, or may not write there; nothing under a final name was left half written."""


class BatteryLow(SupplyError):
    """The camera's battery is about to end."""


class IncompleteError(RemoteLensError):
    """The work ended in order, but frames are missing."""

    exit_code = ExitCode.INCOMPLETE


class InputError(RemoteLensError, ValueError):
    """Bad input, refused by us before anything was sent."""

    exit_code = ExitCode.USAGE


class InvalidValue(InputError):
    """A value that the camera does not offer, or that is no value of its kind."""


class ConfigError(InputError):
    """A file of the user's that cannot be read or says something impossible."""


class PlanError(InputError):
    """A plan that cannot be meant; `line` is where, counted from 1, and `path` names the place in words."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        path: str | None = None,
        remedy: str | None = None,
    ) -> None:
        place = ":".join(str(part) for part in (file, line) if part is not None)
        where = ", ".join(part for part in (place, path) if part)
        super().__init__(f"{where}: {message}" if where else message, remedy=remedy)
        self.file = file
        self.line = line
        self.path = path


class ProtocolError(RemoteLensError):
    """Bytes that are not what the protocol says."""


class LocalProtocolError(ProtocolError):
    """We were about to send nonsense."""


class RemoteProtocolError(ProtocolError):
    """The other side sent nonsense."""


class MissingComponent(RemoteLensError):
    """An optional part of the installation or of the host is not there."""
