"""One run of a command: its general options, what it found out, and how it ends.

A command's work is a coroutine that fills `Run.result`; `execute` runs it within its time limit, turns every
way of ending into the documented exit code, and has the result printed once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import click

from remotelens.cli.options import General
from remotelens.cli.output import (
    Painted,
    ReaderGone,
    error_line,
    error_object,
    print_object,
    print_text,
    print_words,
    write_bytes,
)
from remotelens.errors import DiskFull, ExitCode, RemoteLensError

Words = Callable[[dict[str, Any]], Iterable[str | Painted]]


class TimeLimit(RemoteLensError):
    """The command did not end within `--timeout`."""

    exit_code = ExitCode.TIME_LIMIT


class Interrupted(RemoteLensError):
    """The person at the keyboard, or the system, asked the command to stop."""

    exit_code = ExitCode.INTERRUPTED


@dataclass(slots=True)
class Run:
    """What a command's work may ask and tell.

    `on_interrupt`, when set, is called at the first interrupt instead of ending the work at once.

    `unheard` is set when the terminal takes nothing any more: then nothing is printed, and a thread that
    still writes to it is not waited for.

    `blocked` is set while a thread of its own writes to stdout, which is not waited for at the end.

    `unwritten` is what stdout could not take while the work went on; nothing is printed after it.

    `result` is what `--json` prints; `item_words` renders one of `result["items"]` as text when it is added.
    """

    general: General
    result: dict[str, Any] = field(default_factory=dict)
    item_words: Words | None = None
    lines: bool = False
    silent: bool = False
    unheard: bool = False
    blocked: bool = False
    unwritten: RemoteLensError | None = None
    interrupted: bool = False
    on_interrupt: Callable[[], None] | None = None
    exit_code: int = 0

    def say(self, text: str) -> None:
        """Tell the person watching; nothing with `-q`."""
        if not self.general.quiet:
            print_words(text)

    def show(self, text: str) -> None:
        """Show a line of the result as it comes, where text is wanted.

        Raises:
            ReaderGone, DiskFull: stdout takes no more.
        """
        if not (self.general.json or self.lines):
            print_text(text)

    def add(self, item: dict[str, Any]) -> None:
        """Add to the result's items, and show it at once where text is wanted, as long as stdout takes it."""
        self.result.setdefault("items", []).append(item)
        if self.lines:
            self.note(item)
        elif not self.general.json and self.item_words is not None:
            for line in self.item_words(item):
                self._try(print_text, line)

    def note(self, value: dict[str, Any]) -> None:
        """Print one object of work that goes on though nobody reads of it (`--jsonl`)."""
        self._try(print_object, value)

    def line(self, value: dict[str, Any]) -> None:
        """Print one object of a stream of them that is there to be read (`--jsonl`).

        Raises:
            ReaderGone, DiskFull: stdout takes no more.
        """
        print_object(value)

    async def write(self, data: bytes) -> None:
        """Write a part of a result that is no text; the reader's pace is ours, and need not be waited for.

        Raises:
            ReaderGone, DiskFull: stdout takes no more.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()

        def settle(error: RemoteLensError | None) -> None:
            self.blocked = False
            if written.cancelled():
                return
            if error is None:
                written.set_result(None)
            else:
                written.set_exception(error)

        def work() -> None:
            error = None
            try:
                write_bytes(data)
            except (ReaderGone, DiskFull) as caught:
                error = caught
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits
                loop.call_soon_threadsafe(settle, error)

        self.blocked = True
        threading.Thread(target=work, name="stdout", daemon=True).start()
        await written

    def _try(self, printing: Callable[[Any], None], value: Any) -> None:
        if self.unwritten is None:
            try:
                printing(value)
            except (ReaderGone, DiskFull) as error:
                self.unwritten = error


def new_run(*, lines: bool = False, item_words: Words | None = None) -> Run:
    """Return a run with the general options of the command that is being run.

    Args:
        lines: whether each item is printed as one JSON object a line (`--jsonl`).
        item_words: renders an item as text when it is added.
    """
    return Run(click.get_current_context().ensure_object(General), item_words=item_words, lines=lines)


def execute(
    work: Callable[[Run], Awaitable[None]],
    *,
    words: Words | None = None,
    run: Run | None = None,
    virtual: bool = False,
    first: Callable[[Run], None] | None = None,
) -> NoReturn:
    """Run a command's work and leave with its exit code.

    Args:
        work: fills the run's result; may raise any `RemoteLensError`.
        words: renders the result as lines of text.
        run: the run to use; by default one with the general options of the present command.
        virtual: whether the work's time is virtual; `--timeout` is the person's all the same.
        first: what the person has to be asked before. It may block: there is no loop yet, and an interrupt
            ends it, as it could end no thread that reads.
    """
    run = run or new_run()
    error = _ending_of(work, run, virtual=virtual, first=first) or run.unwritten
    code = run.exit_code if error is None else _code_of(error) or run.exit_code
    if run.unheard:
        os._exit(int(code))
    try:
        _tell(run, error, code, words)
    except ReaderGone:
        pass  # an ordinary end
    except DiskFull as full:
        print_words(error_line(full))
        code = code or _code_of(full)
    if run.blocked:
        os._exit(int(code))
    sys.exit(int(code))


def _ending_of(
    work: Callable[[Run], Awaitable[None]],
    run: Run,
    *,
    virtual: bool,
    first: Callable[[Run], None] | None,
) -> BaseException | None:
    """Return what the work ended with; every kind of exception ends here, since this is the way out."""
    try:
        if first is not None:
            first(run)
        if virtual:
            _in_virtual_time(work, run)
        else:
            asyncio.run(_bounded(work, run))
    except KeyboardInterrupt:
        return Interrupted("interrupted")
    except BaseExceptionGroup as group:
        return _first_of(group)
    except Exception as error:  # noqa: BLE001 - the way out: told in one line, with -v whole
        return error
    return None


def _in_virtual_time(work: Callable[[Run], Awaitable[None]], run: Run) -> None:
    """Run the work on a loop whose time jumps, within a limit that does not."""
    from remotelens.virtual_loop import VirtualLoop

    limit_s, run.general = run.general.timeout_s, replace(run.general, timeout_s=None)
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(threads=False)) as runner:
        loop = runner.get_loop()
        expired = threading.Event()
        main = runner.get_loop().create_task(_bounded(work, run))

        def expire() -> None:
            expired.set()
            loop.call_soon_threadsafe(main.cancel)

        timer = None if limit_s is None else threading.Timer(limit_s, expire)
        try:
            if timer is not None:
                timer.start()
            loop.run_until_complete(main)
        except asyncio.CancelledError:
            if not expired.is_set():
                raise
            raise TimeLimit(f"not done within {limit_s:g} s", remedy="allow more with --timeout") from None
        finally:
            if timer is not None:
                timer.cancel()


async def _bounded(work: Callable[[Run], Awaitable[None]], run: Run) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        again, run.interrupted = run.interrupted, True
        if run.on_interrupt is not None and not again:
            run.on_interrupt()
        else:
            task.cancel()

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, interrupt)
    limit_s = run.general.timeout_s
    try:
        async with asyncio.timeout(limit_s) as limit:
            await work(run)
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise TimeLimit(f"not done within {limit_s:g} s", remedy="allow more with --timeout") from error
    except asyncio.CancelledError:
        if run.interrupted:
            raise Interrupted("interrupted") from None
        raise


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one that says most: an error of ours before a foreign one."""
    flat: list[BaseException] = []
    stack: list[BaseException] = [group]
    while stack:
        error = stack.pop(0)
        if isinstance(error, BaseExceptionGroup):
            stack.extend(error.exceptions)
        else:
            flat.append(error)
    ours = [error for error in flat if isinstance(error, RemoteLensError)]
    return (ours or flat)[0]


def _code_of(error: BaseException) -> int:
    return int(error.exit_code) if isinstance(error, RemoteLensError) else int(ExitCode.FAILURE)


def _tell(run: Run, error: BaseException | None, code: int, words: Words | None) -> None:
    if isinstance(error, ReaderGone):
        return
    if error is not None:
        if run.general.verbose:
            print_words("".join(traceback.format_exception(error)).rstrip())
        print_words(error_line(error))
    if run.silent or run.unwritten is not None:
        return
    if run.lines:
        if error is not None:
            print_object({"error": error_object(error, code)})
    elif run.general.json:
        print_object(run.result if error is None else {**run.result, "error": error_object(error, code)})
    elif words is not None and error is None:
        for line in words(run.result):
            print_text(line)
