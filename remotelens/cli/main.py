"""The `remotelens` command: general options, and commands found by name when they run.

`--help`, `--version` and shell completion import none of the rooms below.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from remotelens.cli.options import General, general_options
from remotelens.cli.output import (
    ReaderGone,
    error_line,
    print_text,
    print_words,
    report_usage_error,
    soften,
    writing,
)
from remotelens.cli.table import COMMANDS
from remotelens.errors import DiskFull, ExitCode, RemoteLensError
from remotelens.version import __version__


class CommandTable(click.Group):
    """A group whose commands are imported when they are run, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its click command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"remotelens.cli.commands.{entry.module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which name was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " See 'remotelens --help'."
            ctx.fail(f"There is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names from the table, options as usual."""
        named = [
            CompletionItem(name, help=entry.summary)
            for name, entry in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        print_text(f"remotelens {__version__}")
        ctx.exit()


@click.group(
    cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version.",
)
@general_options
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Use a Sony QX10, QX100, QX30 or QX1 from a terminal.

    CAMERA is a configured name, a URL, HOST:PORT, a host or ble:ADDRESS; it may be left out when exactly one
    camera is known or found.
    """
    ctx.ensure_object(General)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with a documented exit code."""
    soften()
    words = sys.argv[1:] if arguments is None else arguments
    try:
        with writing():  # click prints the help itself
            code = _run(words)
    except RemoteLensError as error:
        if not isinstance(error, ReaderGone):
            print_words(error_line(error))
        code = error.exit_code
    sys.exit(code or 0)


def _run(words: list[str]) -> int | None:
    options: dict[str, Any] = {"auto_envvar_prefix": "REMOTELENS", "obj": General()}
    stdout = sys.stdout
    try:
        code: int | None = cli.main(words, prog_name="remotelens", standalone_mode=False, **options)
    except click.ClickException as error:
        as_json = "--json" in words or _is_on(os.environ.get("REMOTELENS_JSON", ""))
        with contextlib.suppress(ReaderGone, DiskFull):
            report_usage_error(error, as_json=as_json)
        return ExitCode.USAGE
    except click.Abort:
        return ExitCode.INTERRUPTED
    except SystemExit as left:
        if sys.stdout is not stdout:  # click puts another one there, and fails, where nobody reads its help
            raise ReaderGone("nobody reads stdout any more") from left
        raise
    return code


def _is_on(text: str) -> bool:
    """Return what click makes of a flag's environment variable; nonsense is told by click itself."""
    return text.strip().lower() in {"1", "true", "t", "yes", "y", "on"}
