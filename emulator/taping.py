"""The commands `record`, `replay` and `validate` of `remotelens-emulator`, and what runs them."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from remotelens.errors import ConfigError, DiskFull, RemoteLensError, RemoteProtocolError

if TYPE_CHECKING:
    from emulator.tape.found import Found

_PORT = click.IntRange(0, 65535)
_host = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
_port = click.option("--port", type=_PORT, default=0, help="The port of the description; 0: any.")
_ssdp = click.option("--ssdp/--no-ssdp", default=True, show_default=True, help="Answer multicast searches.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
Tell = Callable[[dict[str, Any]], None]


@click.command()
@click.option("--upstream", required=True, metavar="URL", help="The camera's device description.")
@click.option(
    "-o", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Where the tape goes."
)
@_host
@_port
@click.option(
    "--live-view", "stream_s", default=20.0, show_default=True, help="Seconds of live view to keep."
)
@click.option("--keep-secrets", is_flag=True, help="Take nothing out of the tape.")
@_ssdp
@_json
def record(
    upstream: str,
    file: Path,
    host: str,
    port: int,
    stream_s: float,
    keep_secrets: bool,
    ssdp: bool,
    as_json: bool,
) -> None:
    """Sit between any client and a camera, and write down what they say, until stopped.

    Give clients the address that is printed in place of the camera's. Serial numbers, radio addresses,
    network names, keys and positions are taken out, and what was taken out is told.
    """
    from emulator.tape.recorder import TapeRecorder

    async def work(tell: Tell) -> None:
        with _new_tape(file) as tape:
            recorder = TapeRecorder(
                upstream, tape.write, host=host, port=port, scrub=not keep_secrets, stream_s=stream_s
            )
            try:
                await _until_signal(host, recorder.start, recorder.close, ssdp, tell, recorder)
            except OSError as error:
                raise DiskFull(f"{file} cannot be written: {error.strerror or error}") from error
        told = {"path": str(file), "exchanges": recorder.exchanges, "removed": recorder.removed}
        tell({**told, "troubles": recorder.troubles})

    import asyncio

    asyncio.run(work(_teller(as_json)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--strict/--lenient", default=False, help="Only what is on the tape, commands in its order.")
@click.option("--fast", is_flag=True, help="Answer at once, not as slowly as on the tape.")
@_host
@_port
@_ssdp
@_json
def replay(file: Path, strict: bool, fast: bool, host: str, port: int, ssdp: bool, as_json: bool) -> None:
    """Answer from a tape, or from what `remotelens dump` made, until stopped.

    At the end it tells what was asked and is not on the tape; with --strict that is an error.
    """
    from emulator.tape.form import decode_tape
    from emulator.tape.player import TapePlayer

    tape = decode_tape(_read(file))

    async def work(tell: Tell) -> None:
        player = TapePlayer(tape, host=host, port=port, strict=strict, as_fast=fast)
        await _until_signal(host, player.start, player.close, ssdp, tell, player)
        tell({"misses": player.misses, "unasked": player.unasked})
        if strict and player.misses:
            raise RemoteLensError(
                f"{len(player.misses)} requests were not on the tape, the first: {player.misses[0]}",
                remedy="replay it --lenient, or record a new tape",
            )

    import asyncio

    asyncio.run(work(_teller(as_json)))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_json
def validate(file: Path, as_json: bool) -> None:
    """Check a tape, a dump, a profile or a scene file; mistakes are told with their line."""
    _teller(as_json)(_validated(file))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "-o",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the profile goes.",
)
@_json
def profile(file: Path, target: Path, as_json: bool) -> None:
    """Make a profile of what `remotelens dump` read of a real camera; `run --model FILE` runs it.

    What the dump does not tell is taken from the nearest camera that there is a profile of.
    """
    from emulator.profiles import ProfileError
    from emulator.profiles.from_dump import profile_text
    from remotelens.protocol.recording import decode_recording

    try:
        text, left_out = profile_text(decode_recording(_read(file)), file.name)
    except (RemoteProtocolError, ProfileError) as error:
        raise ConfigError(f"{file}: {error}", remedy="make it with 'remotelens dump'") from error
    with os.fdopen(_new_file(target), "w", encoding="utf-8") as written:
        written.write(text)
    _teller(as_json)({**_validated(target), "left_out": left_out})


def _validated(file: Path) -> dict[str, Any]:
    data = _read(file)
    if file.suffix != ".toml":
        from emulator.tape.form import decode_tape

        try:
            tape = decode_tape(data)
        except RemoteProtocolError as error:
            raise ConfigError(f"{file}: {error.message}", remedy="record or dump it anew") from error
        kind = "tape" if b'"line":"tape"' in data[:1000] else "dump"
        return {"path": str(file), "kind": kind, "exchanges": len(tape.exchanges), "removed": tape.removed}
    if b"[[layer]]" in data:
        from emulator.world import load_scene

        scene = load_scene(str(file))
        return {"path": str(file), "kind": "scene", "name": scene.name, "layers": len(scene.layers)}
    from emulator.profiles import ProfileError, load

    try:
        profile = load(str(file))
    except ProfileError as error:
        raise ConfigError(str(error), remedy="mend that line") from error
    methods = len(profile.method_table)
    return {"path": str(file), "kind": "profile", "name": profile.name, "methods": methods}


async def _until_signal(
    host: str,
    start: Callable[[], Any],
    close: Callable[[], Any],
    ssdp: bool,
    tell: Tell,
    camera: Any,
) -> None:
    """Listen, say where, and stop on SIGINT or SIGTERM."""
    import asyncio

    from emulator.serve import on_signals

    stopped = asyncio.Event()
    with on_signals(stopped.set):
        try:
            await start()
        except OSError as error:
            raise RemoteLensError(
                f"cannot listen on {host}: {error.strerror or error}",
                remedy="choose another --port",
            ) from error
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(close)
            found = None
            if ssdp:
                found = await _findable(camera.description_url, host, stack)
            tell({"description_url": camera.description_url, "ssdp": found})
            await stopped.wait()


async def _findable(url: str, host: str, stack: contextlib.AsyncExitStack) -> str | None:
    """Answer searches; returns why not, where that cannot be."""
    from emulator.journal import Journal
    from emulator.wifi.ssdp import SsdpResponder

    responder = SsdpResponder(host, Journal())
    stack.push_async_callback(responder.close)
    await responder.start()
    responder.add(await _found(url))
    return responder.why


async def _found(url: str) -> Found:
    from urllib.parse import urlsplit

    from emulator.tape.found import Found
    from emulator.tape.upstream import ask
    from emulator.wifi.request import HttpRequest

    parts = urlsplit(url)
    async with ask(
        parts.hostname or "", parts.port or 80, HttpRequest("GET", parts.path, "1.1", (), b"")
    ) as answer:
        body, cut = await answer.whole()
        if cut is not None:
            raise cut
        return Found.of(url, body.decode("utf-8", "replace"), answer.header("server"))


@contextlib.contextmanager
def _new_tape(file: Path) -> Iterator[BinaryIO]:
    """Make the file of a tape; where nothing is recorded, none stands in the way of the next try."""
    descriptor = _new_file(file)
    try:
        with os.fdopen(descriptor, "wb") as tape:
            yield tape
    finally:
        with contextlib.suppress(FileNotFoundError):
            if not file.stat().st_size:
                file.unlink()


def _new_file(file: Path) -> int:
    """Make a file that was not there; nobody else may read it."""
    try:
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigError(f"{file} is there already", remedy="name another file with -o") from error
    except OSError as error:
        raise DiskFull(f"{file} cannot be written: {error.strerror}", remedy="name another file") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}", remedy="is the name right?") from error


def _teller(as_json: bool) -> Tell:
    def tell(told: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps({"schema": 1, **told}, ensure_ascii=False))
            return
        for name, value in told.items():
            for one in value if isinstance(value, list) else [value]:
                click.echo(f"{name}: {one}")

    return tell
