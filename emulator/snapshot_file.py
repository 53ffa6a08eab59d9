"""A snapshot as a file, to be put back in another emulator, today or next year.

It is compressed MessagePack of the snapshot's own fields: nothing in it is ever run. It holds the networks'
keys and every picture that can be fetched, so it is as secret as the cameras.
"""

from __future__ import annotations

import zlib
from datetime import timedelta, timezone, tzinfo
from fractions import Fraction
from typing import Any

import msgspec

from emulator.snapshot import RackSnapshot
from emulator.world.scene import LayeredScene, Scene
from remotelens.errors import InvalidValue

LARGEST_BYTES = 64 * 1024 * 1024
_UNPACKED_BYTES = 512 * 1024 * 1024
_KIND = b"remotelens snapshot "
_HEAD = _KIND + b"3\n"


def pack(snapshot: RackSnapshot) -> bytes:
    """Return a snapshot as the content of a file."""
    return _HEAD + zlib.compress(msgspec.msgpack.encode(snapshot, enc_hook=_plain))


def unpack(data: bytes) -> RackSnapshot:
    """Return the snapshot that a file holds.

    Raises:
        InvalidValue: it is no such file, or one of another version.
    """
    if not data.startswith(_HEAD):
        if data.startswith(_KIND):
            raise InvalidValue(
                "the snapshot was made by another version of the emulator",
                remedy="take it anew with this one",
            )
        raise InvalidValue("this is no snapshot", remedy="give a file of 'ctl snapshot NAME --save FILE'")
    unpacking = zlib.decompressobj()
    scenes: dict[bytes, LayeredScene] = {}

    def restored(kind: type, value: Any) -> Any:
        if kind is Fraction:
            return Fraction(value)
        if kind is tzinfo:
            return timezone(timedelta(seconds=value))
        if kind is Scene:  # those that were one must be one again: pictures are kept under their scene
            return scenes.setdefault(
                msgspec.msgpack.encode(value), msgspec.convert(value, LayeredScene, strict=False)
            )
        raise NotImplementedError(kind)

    try:
        plain = unpacking.decompress(data[len(_HEAD) :], _UNPACKED_BYTES)
        if not unpacking.eof:
            raise InvalidValue("the snapshot is cut short, or larger than any")
        return msgspec.msgpack.decode(plain, type=RackSnapshot, dec_hook=restored)
    except (zlib.error, msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise InvalidValue(f"the snapshot is damaged: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, tzinfo):
        offset = value.utcoffset(None)
        return 0.0 if offset is None else offset.total_seconds()
    raise NotImplementedError(type(value))
