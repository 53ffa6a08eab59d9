"""The known cameras: one table each in ``cameras.toml``.

The file holds Wi-Fi keys, so it is written with mode 0600 and a key is shown nowhere else: not in a repr,
not in a message, not in `KnownCamera.shown`.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from remotelens.config.paths import cameras_file
from remotelens.config.private import write_private
from remotelens.errors import ConfigError, InvalidValue

SCHEMA = 1
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}")
_SERVICE_PREFIXES = ("camera.", "system.", "avContent.", "guide.", "accessControl.")
_HEADER = "# The cameras that `remotelens setup` added. It holds Wi-Fi keys: keep it private.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCamera:
    """One camera that was set up.

    Args:
        name: what the user calls it.
        model: the model's name as the camera tells it.
        description_url: where its device description was last read.
        usn: the unique service name of its SSDP answers.
        ssid: the name of its own Wi-Fi network.
        key: that network's key; None for a network that was joined by hand.
        bssid: the radio address of its access point.
        ble_address: its Bluetooth LE address; None for a camera without that radio.
        interface: the host's network interface to reach it by; None for any.
        join: how this host gets onto its network; None where it is there already.
        added_at: when it was set up, UTC.
    """

    name: str
    model: str | None = None
    description_url: str | None = None
    usn: str | None = None
    ssid: str | None = None
    key: str | None = field(default=None, repr=False)
    bssid: str | None = None
    ble_address: str | None = None
    interface: str | None = None
    join: str | None = None
    added_at: datetime | None = None

    def shown(self) -> dict[str, Any]:
        """Return the entry as it may be printed: everything but the key, and whether there is one."""
        values = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        has_key = values.pop("key") is not None
        return {**values, "key_stored": has_key}


_FIELDS: dict[str, type] = {
    item.name: datetime if item.name == "added_at" else str
    for item in dataclasses.fields(KnownCamera)
    if item.name != "name"
}


class KnownCameras(Mapping[str, KnownCamera]):
    """The cameras by name, in the order they were added; a value, changed by making another one."""

    def __init__(self, cameras: tuple[KnownCamera, ...] = ()) -> None:
        self._by_name = {camera.name: camera for camera in cameras}

    def __getitem__(self, name: str) -> KnownCamera:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"KnownCameras({', '.join(self._by_name)})"

    def including(self, camera: KnownCamera) -> KnownCameras:
        """Return these cameras with one added, or replaced when its name is taken.

        Raises:
            InvalidValue: the name would not be understood where a CAMERA is named.
        """
        check_name(camera.name)
        return KnownCameras(tuple({**self._by_name, camera.name: camera}.values()))

    def without(self, name: str) -> KnownCameras:
        """Return these cameras without that one."""
        return KnownCameras(tuple(camera for camera in self._by_name.values() if camera.name != name))


def check_name(name: str) -> None:
    """See that a camera's name can stand where a CAMERA is named.

    Raises:
        InvalidValue: it cannot.
    """
    if not _NAME.fullmatch(name) or name.startswith(_SERVICE_PREFIXES):
        raise InvalidValue(
            f"{name!r} cannot be a camera's name",
            remedy="use letters, digits, dot, dash and underscore, and not the name of a service first",
        )


def load_cameras(path: Path | None = None) -> KnownCameras:
    """Read the known cameras; none when there is no file yet.

    Raises:
        ConfigError: the file cannot be read or says something impossible; tells the file and the line.
    """
    path = path or cameras_file()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return KnownCameras()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"{path}: cannot be read: {reason}", remedy="mend or move the file") from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, error) from error
    return KnownCameras(tuple(_Reader(path, text).cameras(document)))


def save_cameras(cameras: KnownCameras, path: Path | None = None) -> None:
    """Write the known cameras, whole or not at all, with mode 0600; comments in the file are kept.

    Raises:
        DiskFull: it cannot be written; the old file stands.
    """
    from remotelens.config.tables import with_tables

    path = path or cameras_file()
    tables = {
        camera.name: {key: value for key in _FIELDS if (value := getattr(camera, key)) is not None}
        for camera in cameras.values()
    }
    try:
        text = with_tables(path.read_text("utf-8"), "cameras", tables)
    except (OSError, UnicodeDecodeError):
        text = None
    write_private(path, (text or _fresh(tables)).encode())


def _fresh(tables: dict[str, dict[str, Any]]) -> str:
    """Return the text of a new file."""
    import tomli_w

    return _HEADER + tomli_w.dumps({"schema": SCHEMA, "cameras": tables})


def _not_toml(path: Path, error: tomllib.TOMLDecodeError) -> ConfigError:
    position = re.search(r"^(?P<what>.*?) \(at (?:line (?P<line>\d+)|(?P<end>end of document))", str(error))
    if position is None:
        return ConfigError(f"{path}: is not TOML", remedy="mend or move the file")
    where = f"{path}:{position['line']}" if position["line"] else f"{path}: at its end"
    return ConfigError(f"{where}: is not TOML: {position['what'].lower()}", remedy="mend or move the file")


class _Reader:
    """Turns one parsed file into cameras; knows where in the text a complaint belongs."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def cameras(self, document: dict[str, Any]) -> Iterator[KnownCamera]:
        if document.get("schema", SCHEMA) != SCHEMA:
            raise self._wrong(None, "schema", "is of a schema that this version does not read")
        tables = document.get("cameras", {})
        if not isinstance(tables, dict):
            raise self._wrong(None, "cameras", "must be a table of cameras")
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise self._wrong(None, name, "must be a table")
            try:
                check_name(name)
            except InvalidValue as error:
                raise self._wrong(name, None, error.message) from error
            yield self._camera(name, table)

    def _camera(self, name: str, table: dict[str, Any]) -> KnownCamera:
        for key, value in table.items():
            if key not in _FIELDS:
                near = difflib.get_close_matches(key, _FIELDS, n=1)
                hint = f"; did you mean {near[0]}" if near else ""
                raise self._wrong(name, key, f"is not known here{hint}")
            if type(value) is not _FIELDS[key]:
                kind = "a date and time" if _FIELDS[key] is datetime else "text in quotes"
                raise self._wrong(name, key, f"must be {kind}")
        added_at = table.get("added_at")
        if added_at is not None and added_at.tzinfo is None:
            table = {**table, "added_at": added_at.replace(tzinfo=UTC)}
        return KnownCamera(name=name, **table)

    def _wrong(self, camera: str | None, key: str | None, what: str) -> ConfigError:
        line = self._line_of(camera, key)
        subject = f"{key!r} " if key else ""
        return ConfigError(f"{self._path}:{line}: {subject}{what}", remedy="mend the line or remove it")

    def _line_of(self, camera: str | None, key: str | None) -> int:
        """Find the line of a key, in a camera's table or anywhere; the table's own when it is not found."""
        header = 1
        inside = camera is None
        for number, line in enumerate(self._lines, start=1):
            stripped = line.strip()
            if stripped.startswith("["):
                name = stripped.strip("[] ").removeprefix("cameras.").strip("\"'")
                if camera is not None and name == camera:
                    header = number
                inside = camera is None or name == camera
            elif inside and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*=", stripped):
                return number
        return header
