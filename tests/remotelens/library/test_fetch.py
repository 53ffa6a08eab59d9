from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from remotelens.errors import ContentGone, DiskFull, LinkLost, RemoteProtocolError
from remotelens.library.fetch import BATCH_BYTES, fetch
from remotelens.library.jpeg import JpegFacts
from tests.remotelens.library.clocks import HurriedClock
from tests.remotelens.library.pictures import jpeg

URL = "http://10.0.0.1:60152/pict140202_0044410001.JPG?%211234%21"
WHOLE = jpeg(320, 240)


@dataclass
class Answer:
    """What one GET gives: these bytes, announced as that many, and perhaps a broken line at the end."""

    data: bytes
    announced: int | None = -1
    breaks: bool = False
    hang: asyncio.Event | None = None
    chunk_bytes: int = 4096

    @property
    def size_bytes(self) -> int | None:
        return len(self.data) if self.announced == -1 else self.announced

    async def chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.data), self.chunk_bytes):
            yield self.data[start : start + self.chunk_bytes]
        if self.hang is not None:
            self.hang.set()
            await asyncio.Event().wait()
        if self.breaks:
            raise LinkLost("the connection broke")


@dataclass
class Answers:
    """A source whose faults a real server cannot be made to show at will."""

    answers: list[Answer | Exception]
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Answer]:
        self.asked.append(url)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        yield answer


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_a_picture_lands_whole_with_its_hash_and_size(tmp_path: Path) -> None:
    source = Answers([Answer(WHOLE)])
    stored = await fetch(source, URL, tmp_path, "a.JPG", clock=HurriedClock())
    assert stored.path.read_bytes() == WHOLE
    assert stored.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert (stored.size_bytes, stored.width, stored.height) == (len(WHOLE), 320, 240)
    assert names(tmp_path) == ["a.JPG"]
    assert source.asked == [URL]


async def test_a_picture_larger_than_several_batches_is_written_in_order(tmp_path: Path) -> None:
    data = os.urandom(3 * BATCH_BYTES + 12345)
    source = Answers([Answer(data, chunk_bytes=100_000)])
    stored = await fetch(source, URL, tmp_path, "a.ARW", check=lambda _: None, clock=HurriedClock())
    assert stored.path.read_bytes() == data
    assert (stored.width, stored.height) == (None, None)


async def test_a_download_cut_short_is_fetched_again_from_its_beginning(tmp_path: Path) -> None:
    clock = HurriedClock()
    source = Answers(
        [Answer(WHOLE[:5000], breaks=True), Answer(WHOLE[:100], announced=len(WHOLE)), Answer(WHOLE)]
    )
    stored = await fetch(source, URL, tmp_path, "a.JPG", clock=clock)
    assert stored.path.read_bytes() == WHOLE
    assert stored.sha256 == hashlib.sha256(WHOLE).hexdigest()
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(Answer(WHOLE[:5000], breaks=True), LinkLost, id="the line breaks"),
        pytest.param(
            Answer(WHOLE[:5000], announced=len(WHOLE)), RemoteProtocolError, id="fewer than announced"
        ),
        pytest.param(Answer(WHOLE[:-40]), RemoteProtocolError, id="a JPEG without its end"),
        pytest.param(Answer(WHOLE[:-40], announced=None), RemoteProtocolError, id="no length, no end"),
        pytest.param(Answer(b""), RemoteProtocolError, id="nothing"),
        pytest.param(Answer(b"<html>404</html>"), RemoteProtocolError, id="no picture"),
    ],
)
async def test_what_stays_cut_short_leaves_no_file(
    tmp_path: Path, answer: Answer, error: type[Exception]
) -> None:
    source = Answers([answer])
    with pytest.raises(error):
        await fetch(source, URL, tmp_path, "a.JPG", clock=HurriedClock())
    assert names(tmp_path) == []
    assert len(source.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [Answer(WHOLE, announced=1 << 30), Answer(bytes(60_000), announced=None)],
    ids=["announced", "arriving"],
)
async def test_more_bytes_than_the_limit_are_refused_at_once(tmp_path: Path, answer: Answer) -> None:
    source = Answers([answer])
    with pytest.raises(RemoteProtocolError, match="limit"):
        await fetch(source, URL, tmp_path, "a.JPG", limit_bytes=50_000, clock=HurriedClock())
    assert names(tmp_path) == []
    assert len(source.asked) == 1


async def test_a_picture_that_is_gone_is_not_asked_for_again(tmp_path: Path) -> None:
    source = Answers([ContentGone("no longer there")])
    with pytest.raises(ContentGone):
        await fetch(source, URL, tmp_path, "a.JPG", clock=HurriedClock())
    assert len(source.asked) == 1
    assert names(tmp_path) == []


async def test_a_cancelled_download_leaves_nothing(tmp_path: Path) -> None:
    hang = asyncio.Event()
    data = WHOLE + bytes(BATCH_BYTES)
    source = Answers([Answer(data, announced=len(data) + 1, hang=hang)])
    task = asyncio.create_task(fetch(source, URL, tmp_path, "a.JPG", clock=HurriedClock()))
    await hang.wait()
    assert names(tmp_path) == ["a.JPG.part"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(tmp_path) == []


def fail_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)


def fail_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)


@pytest.mark.parametrize("fail", [fail_writes, fail_fsync])
async def test_a_disk_that_fills_up_leaves_nothing_and_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: Callable[[pytest.MonkeyPatch], None]
) -> None:
    source = Answers([Answer(WHOLE + bytes(3 * BATCH_BYTES))])
    fail(monkeypatch)
    with pytest.raises(DiskFull, match="no room left"):
        await fetch(source, URL, tmp_path, "a.JPG", clock=HurriedClock())
    assert names(tmp_path) == []
    assert len(source.asked) == 1


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, where this host lets one be mounted."""
    mount = shutil.which("mount")
    if sys.platform != "linux" or mount is None or os.geteuid() != 0:
        pytest.skip("a tiny file system can be mounted by root on Linux only")
    folder = tmp_path / "tiny"
    folder.mkdir()
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this host mounts no tmpfs: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("announced", [-1, None], ids=["length announced", "length unknown"])
async def test_a_really_full_disk_ends_in_one_clear_error(tiny_disk: Path, announced: int | None) -> None:
    source = Answers([Answer(jpeg(640, 480), announced=announced)])
    with pytest.raises(DiskFull, match=r"no room left in .*tiny"):
        await fetch(source, URL, tiny_disk, "a.JPG", clock=HurriedClock())
    assert names(tiny_disk) == []


async def test_the_check_sees_the_whole_file_before_it_has_its_name(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    def look(path: Path) -> JpegFacts | None:
        seen.append((path.name, path.stat().st_size))
        return None

    await fetch(Answers([Answer(WHOLE)]), URL, tmp_path, "a.JPG", check=look, clock=HurriedClock())
    assert seen == [("a.JPG.part", len(WHOLE))]
